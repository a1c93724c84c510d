#include "regression/transfer.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "base/csv.h"
#include "base/file.h"
#include "base/status_matchers.h"
#include "regression/fit.h"
#include "regression/predict.h"
#include "sample_model.h"
#include "sample_points.h"

namespace latcast::regression {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

double MedianError(const std::vector<Point>& points, const LatencyModel& model) {
  std::vector<double> forecast, measured;
  for (const Point& point : points) {
    forecast.push_back(Predict(point.features, model).latency_ms);
    measured.push_back(point.latency_ms);
  }
  return Measure(forecast, measured).mdre;
}

// Latencies by these coefficients of acts, inp, flops, kernels.
std::vector<Point> Device(int n, std::array<double, 4> ms, double noise, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::vector<Point> points = SamplePoints(n, 0, 0.0, seed);
  constexpr Feature kFeatures[] = {Feature::kActs, Feature::kInp, Feature::kFlops,
                                   Feature::kKernels};
  for (Point& point : points) {
    point.latency_ms = 0.0;
    for (size_t j = 0; j < 4; ++j) point.latency_ms += ms[j] * point.features[kFeatures[j]];
    point.latency_ms *= std::exp(noise * normal(random));
  }
  return points;
}

constexpr std::array<double, 4> kKnown = {1e-6, 2e-6, 1e-9, 0.01};

const LatencyModel& Known() {
  static const LatencyModel model =
      Fit(WithGeneralColumns(Device(200, kKnown, 0.03, 1), /*flops_are_macs=*/true),
          {.family = "relative", .feature_set = "general"})
          .value()
          .model;
  return model;
}

std::vector<Point> WithKnownColumns(std::vector<Point> points) {
  return WithGeneralColumns(std::move(points), /*flops_are_macs=*/true);
}

// Every forecast of the scaled model is `factor` times the model's: the interval, the domain and
// all parts of the model go along.
TEST(ScaledTest, ScalesEveryForecast) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> uniform(0.0, 6.0);
  std::vector<LatencyModel> models = {SampleModel(), Known()};
  models[1].correction = Correction{.size_length = 2.0,
                                    .inputs = {{Feature::kActs, 1e4, 3.0}},
                                    .bound = 0.5,
                                    .weights = {0.3, -0.2},
                                    .at = {0.5, 0.1, -0.5, 0.7}};
  models[1].interval_scale = IntervalScale{2.0, -0.2, 0.5, 0.3};
  for (const LatencyModel& model : models) {
    for (const double factor : {0.03, 0.5, 7.0}) {
      const LatencyModel scaled = Scaled(model, factor);
      ASSERT_OK(Validate(scaled));
      for (int i = 0; i < 300; ++i) {
        FeatureVector features;
        for (const Term& term : model.terms) {
          features.Set(term.feature, std::round(std::pow(10.0, uniform(random))));
        }
        features.Set(Feature::kKernels, 1 + static_cast<double>(random() % 20));
        const Prediction a = Predict(features, model);
        const Prediction b = Predict(features, scaled);
        ASSERT_NEAR(b.latency_ms / (factor * a.latency_ms), 1.0, 1e-11);
        ASSERT_NEAR(b.lower_ms / (factor * a.lower_ms), 1.0, 1e-9);
        ASSERT_NEAR(b.upper_ms / (factor * a.upper_ms), 1.0, 1e-9);
        ASSERT_EQ(a.out_of_domain, b.out_of_domain);
      }
    }
  }
}

// The same device at half the speed: three probes give the factor, a fit of their own could not
// exist, and the error is about the known device's.
TEST(TransferTest, ThreeProbesScale) {
  const std::vector<Point> all = WithKnownColumns(Device(200, {2e-6, 4e-6, 2e-9, 0.02}, 0.03, 2));
  std::vector<double> errors;
  for (size_t i = 0; i + 3 <= 60; i += 3) {
    const std::vector<Point> probes(all.begin() + static_cast<std::ptrdiff_t>(i),
                                    all.begin() + static_cast<std::ptrdiff_t>(i + 3));
    ASSERT_OK_AND_ASSIGN(const Transfer t, FitFrom(probes, Known()));
    EXPECT_EQ(t.method, TransferMethod::kScale);
    EXPECT_NEAR(t.scale, 2.0, 0.25);
    EXPECT_GE(t.expected_error, Known().cross_validated.mdre);
    EXPECT_EQ(t.candidates.size(), 1u);
    errors.push_back(MedianError(all, t.fit.model));
  }
  std::sort(errors.begin(), errors.end());
  EXPECT_LT(errors[errors.size() / 2], 0.04);
  EXPECT_FALSE(Fit(std::vector<Point>(all.begin(), all.begin() + 3)).ok());
}

// A device with another balance of memory and compute: a factor alone leaves a large error, a dozen
// probes correct the coefficients, and far fewer than a fit of their own would take.
TEST(TransferTest, ShrinksTowardsTheKnownDevice) {
  const std::vector<Point> all = WithKnownColumns(Device(300, {5e-6, 9e-6, 1e-9, 0.012}, 0.03, 4));
  const std::vector<Point> probes(all.begin(), all.begin() + 12);
  const std::vector<Point> rest(all.begin() + 12, all.end());
  ASSERT_OK_AND_ASSIGN(const Transfer t, FitFrom(probes, Known()));
  EXPECT_EQ(t.method, TransferMethod::kShrink);
  const double scaled = MedianError(rest, Scaled(Known(), t.scale));
  const double shrunk = MedianError(rest, t.fit.model);
  EXPECT_GT(scaled, 0.12);
  EXPECT_LT(shrunk, 0.5 * scaled);
  EXPECT_LT(shrunk, 0.06);
  EXPECT_THAT(t.Sentence(), StartsWith("shrink: coefficients of its own, drawn towards"));
  EXPECT_THAT(t.Sentence(), HasSubstr("(12 probes)"));
}

// A device that has nothing in common, and enough probes: a fit of their own.
TEST(TransferTest, LetsGoOfAKnownDeviceThatDoesNotHelp) {
  std::vector<Point> probes = WithKnownColumns(Device(150, {0.0, 0.0, 1e-12, 0.3}, 0.02, 5));
  LatencyModel known = Known();
  // Its columns miss what counts here.
  std::erase_if(known.terms, [](const Term& t) { return t.feature == Feature::kKernels; });
  known.leverage.reset();
  ASSERT_OK_AND_ASSIGN(const Transfer t, FitFrom(probes, known));
  EXPECT_EQ(t.method, TransferMethod::kOwn);
  EXPECT_LT(MedianError(probes, t.fit.model), 0.03);
  EXPECT_THAT(t.Sentence(), StartsWith("own: a fit of the probes alone"));
}

// A two-piece model has no coefficients to shrink, but its pieces scale.
TEST(TransferTest, ScalesTwoPieces) {
  const std::vector<Point> known_points = Device(100, kKnown, 0.05, 6);
  const LatencyModel known = Fit(known_points, {.family = "classic"}).value().model;
  ASSERT_TRUE(known.two_piece.has_value());
  std::vector<Point> probes = Device(7, {3e-6, 6e-6, 3e-9, 0.03}, 0.05, 7);
  ASSERT_OK_AND_ASSIGN(const Transfer t, FitFrom(probes, known));
  EXPECT_EQ(t.method, TransferMethod::kScale);
  EXPECT_NEAR(t.fit.model.two_piece->breakpoint_ms, t.scale * known.two_piece->breakpoint_ms, 1e-9);
}

// The order of the probes does not matter, and the result is the same from run to run.
TEST(TransferTest, SameFromRunToRun) {
  std::vector<Point> probes = WithKnownColumns(Device(15, {3e-6, 3e-6, 3e-9, 0.01}, 0.05, 8));
  ASSERT_OK_AND_ASSIGN(const Transfer first, FitFrom(probes, Known()));
  std::reverse(probes.begin(), probes.end());
  ASSERT_OK_AND_ASSIGN(const Transfer second, FitFrom(probes, Known()));
  EXPECT_EQ(first.fit.model, second.fit.model);
  EXPECT_EQ(first.fit.summary.residuals.front().name, second.fit.summary.residuals.back().name);
}

// Intervals of a transferred model hold about what they say.
TEST(TransferTest, IntervalsCover) {
  int inside = 0;
  int all = 0;
  for (uint64_t seed = 10; seed < 40; ++seed) {
    const std::vector<Point> points =
        WithKnownColumns(Device(60, {1.5e-6, 2.5e-6, 2e-9, 0.02}, 0.06, seed));
    const std::vector<Point> probes(points.begin(), points.begin() + 8);
    ASSERT_OK_AND_ASSIGN(const Transfer t, FitFrom(probes, Known()));
    for (size_t i = 8; i < points.size(); ++i) {
      const Prediction p = Predict(points[i].features, t.fit.model);
      inside += p.lower_ms <= points[i].latency_ms && points[i].latency_ms <= p.upper_ms ? 1 : 0;
      ++all;
    }
  }
  EXPECT_GT(static_cast<double>(inside) / all, 0.85);
  EXPECT_LT(static_cast<double>(inside) / all, 0.99);
}

// Too few probes, probes without the model's features, no measurements.
TEST(TransferTest, NamesWhatIsWrong) {
  std::vector<Point> probes = WithKnownColumns(Device(5, kKnown, 0.05, 9));
  EXPECT_THAT(FitFrom(std::span(probes).first(2), Known()).status(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "a transfer needs 3 probes or more, there are 2"));
  probes[3].features = FeatureVector();
  EXPECT_THAT(FitFrom(probes, Known()).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("probe 4 'p3'")));
  probes = WithKnownColumns(Device(5, kKnown, 0.05, 9));
  probes[2].latency_ms = -1.0;
  EXPECT_THAT(FitFrom(probes, Known()).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'p2'")));
}

// Measured: the blocks of the Xeon with warm caches as the known device, with evicted ones as the
// one to be found out, where small blocks are slower and large ones are not. Three probes give a
// factor, twelve new coefficients; a fit of the twelve alone errs nearly twice as much.
TEST(TransferTest, XeonFromWarmCachesToCold) {
  constexpr char kXeon[] = "tests/data/latency/blocks-xeon-1core-fp32.csv";
  const std::vector<Point> warm = ReadPoints(kXeon).value().points;
  const CsvTable table = ParseCsv(ReadFile(kXeon).value()).value();
  const size_t column = table.Column("latency_cold_ms").value();
  std::vector<Point> cold = warm;
  for (size_t i = 0; i < cold.size(); ++i) {
    cold[i].latency_ms = std::stod(table.rows[i].fields[column]);
  }
  const FitOptions relative = {.family = "relative", .feature_set = "auto"};
  const LatencyModel known = Fit(warm, relative).value().model;
  std::mt19937_64 random(1);
  double three = 0.0;
  double twelve = 0.0;
  double alone = 0.0;
  constexpr int kDraws = 12;
  for (int draw = 0; draw < kDraws; ++draw) {
    for (size_t i = cold.size(); i > 1; --i) std::swap(cold[i - 1], cold[random() % i]);
    const std::vector<Point> rest(cold.begin() + 12, cold.end());
    const std::vector<Point> probes(cold.begin(), cold.begin() + 12);
    const std::span<const Point> few = std::span(probes).first(3);
    three += MedianError(rest, FitFrom(few, known, relative).value().fit.model) / kDraws;
    twelve += MedianError(rest, FitFrom(probes, known, relative).value().fit.model) / kDraws;
    alone += MedianError(rest, Fit(probes, relative).value().model) / kDraws;
  }
  EXPECT_LT(three, 0.2);
  EXPECT_LT(twelve, 0.12);
  EXPECT_GT(alone, 1.6 * twelve);
}

}  // namespace
}  // namespace latcast::regression
