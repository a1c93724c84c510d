#include "regression/staleness.h"

#include <cmath>
#include <random>

#include "base/status_matchers.h"
#include "regression/fit.h"
#include "sample_points.h"

namespace latcast::regression {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// Fitted on points with 8 % noise.
const LatencyModel& Model() {
  static const LatencyModel model =
      Fit(WithGeneralColumns(SamplePoints(120, 0, 0.08), /*flops_are_macs=*/true),
          {.family = "relative", .feature_set = "general"})
          .value()
          .model;
  return model;
}

std::vector<Point> Probes(int n, int groups, double factor, uint64_t seed) {
  std::vector<Point> probes =
      WithGeneralColumns(SamplePoints(n, groups, 0.08, seed), /*flops_are_macs=*/true);
  for (Point& probe : probes) probe.latency_ms *= factor;
  return probes;
}

int StaleOf(int runs, int n, int groups, double factor) {
  int stale = 0;
  for (int i = 0; i < runs; ++i) {
    stale += CheckStaleness(Model(), Probes(n, groups, factor, 100 + i)).value().stale ? 1 : 0;
  }
  return stale;
}

// Measurements like those of the calibration are fresh, however few or many; five in a thousand may
// be called stale by chance.
TEST(StalenessTest, FreshStaysFresh) {
  for (const int n : {1, 3, 10, 60}) EXPECT_LE(StaleOf(400, n, 0, 1.0), 2) << n;
}

// A device that lost a third of its speed is found by three probes nearly always, by ten always; a
// tenth by sixty; and a gain is a change too.
TEST(StalenessTest, FindsAShift) {
  EXPECT_GT(StaleOf(200, 3, 0, 1.5), 180);
  EXPECT_EQ(StaleOf(200, 10, 0, 1.5), 200);
  EXPECT_GT(StaleOf(200, 60, 0, 1.1), 190);
  EXPECT_EQ(StaleOf(200, 10, 0, 0.6), 200);
}

// Three per cent are no reason to measure again, however sure they are.
TEST(StalenessTest, SmallShiftsDoNotCount) { EXPECT_LE(StaleOf(50, 400, 0, 1.03), 1); }

// Many blocks of one family are one witness: a family that errs by fifteen per cent does not make
// the profile stale, the same shift of ten families does.
TEST(StalenessTest, FamiliesAreTheWitnesses) {
  EXPECT_EQ(StaleOf(100, 40, 1, 1.15), 0);
  EXPECT_GT(StaleOf(100, 40, 10, 1.2), 95);
  const Staleness s = CheckStaleness(Model(), Probes(40, 10, 1.0, 3)).value();
  EXPECT_EQ(s.probes, 40);
  EXPECT_EQ(s.witnesses, 10);
}

// Half the probes twice as fast, half twice as slow: the median says nothing, the intervals do.
TEST(StalenessTest, ScatterIsFoundByTheIntervals) {
  std::vector<Point> probes = Probes(20, 0, 1.0, 4);
  for (size_t i = 0; i < probes.size(); ++i) probes[i].latency_ms *= i % 2 == 0 ? 2.0 : 0.5;
  const Staleness s = CheckStaleness(Model(), probes).value();
  EXPECT_TRUE(s.stale);
  EXPECT_GT(s.outside, 15);
  EXPECT_LT(s.chance, 1e-9);
}

// By hand: a model of 1 ms a kernel and log ratios whose median is 0.12, four probes 20 % above it.
TEST(StalenessTest, NumbersByHand) {
  LatencyModel model;
  model.family = "relative";
  model.feature_set = "general";
  model.terms = {{Feature::kKernels, 1.0}};
  model.abs_log_ratios = {0.05, 0.1, 0.12, 0.14, 0.25};
  std::vector<Point> probes(4);
  for (size_t i = 0; i < probes.size(); ++i) {
    probes[i].name = "p" + std::to_string(i);
    probes[i].features.Set(Feature::kKernels, 10.0 + static_cast<double>(i));
    probes[i].latency_ms = 1.2 * (10.0 + static_cast<double>(i));
  }
  const Staleness s = CheckStaleness(model, probes).value();
  EXPECT_NEAR(s.ratio, 1.2, 1e-12);
  EXPECT_NEAR(s.sigmas, std::log(1.2) / (1.2533 * 1.4826 * 0.12 / 2.0), 1e-9);
  EXPECT_FALSE(s.stale);
  EXPECT_EQ(s.outside, 0);  // the interval is the largest log ratio, 0.25, above ln 1.2
  EXPECT_NEAR(s.chance, 1.0, 1e-12);
  EXPECT_THAT(s.Sentence(), StartsWith("fresh: 4 probes (4 independent) take 1.200 times the "
                                       "forecast, 1.6 sigma"));
  // All four outside: 0.1^4.
  for (Point& probe : probes) probe.latency_ms *= 2.0;
  const Staleness far = CheckStaleness(model, probes).value();
  EXPECT_EQ(far.outside, 4);
  EXPECT_NEAR(far.chance, 1e-4, 1e-16);
  EXPECT_TRUE(far.stale);
  EXPECT_THAT(far.Sentence(), StartsWith("stale: 4 probes"));
}

// A model without intervals counts as accurate to 20 %.
TEST(StalenessTest, WithoutKnownErrors) {
  LatencyModel model = Model();
  model.abs_log_ratios.clear();
  EXPECT_FALSE(CheckStaleness(model, Probes(10, 0, 1.1, 5)).value().stale);
  EXPECT_TRUE(CheckStaleness(model, Probes(10, 0, 2.0, 5)).value().stale);
}

// What cannot be compared is named.
TEST(StalenessTest, NamesWhatIsWrong) {
  EXPECT_THAT(CheckStaleness(Model(), {}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no probes")));
  std::vector<Point> probes = Probes(3, 0, 1.0, 6);
  probes[1].features = FeatureVector();
  EXPECT_THAT(CheckStaleness(Model(), probes).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("probe 2 'p1'")));
  probes = Probes(3, 0, 1.0, 6);
  probes[2].latency_ms = 0.0;
  EXPECT_THAT(CheckStaleness(Model(), probes).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("probe 3 'p2': measured 0")));
}

}  // namespace
}  // namespace latcast::regression
