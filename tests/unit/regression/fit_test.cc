#include "regression/fit.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "base/status_matchers.h"
#include "regression/predict.h"
#include "regression/profile.h"
#include "sample_points.h"

namespace latcast::regression {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

// What was planted is found, in every part of the model.
TEST(FitTest, FillsTheWholeModel) {
  const std::vector<Point> points = WithGeneralColumns(SamplePoints(200, 5, 0.02));
  FitOptions options;
  options.mode.threads = 4;
  ASSERT_OK_AND_ASSIGN(const FitResult fit, Fit(points, options));
  const LatencyModel& model = fit.model;
  EXPECT_OK(Validate(model));
  EXPECT_EQ(model.family, "relative");
  EXPECT_EQ(model.feature_set, "general");
  EXPECT_EQ(model.mode.threads, 4);
  EXPECT_EQ(model.intercept_ms, 0.0);
  // flops is no column of the general set: acts, inp and kernels carry what they can.
  ASSERT_EQ(model.terms.size(), 3u);
  EXPECT_EQ(model.terms[0].feature, Feature::kActs);
  EXPECT_EQ(model.terms[2].feature, Feature::kKernels);
  EXPECT_TRUE(model.domain_per_kernel);
  EXPECT_EQ(model.domain.size(), 10u);  // all but kernels, with those that are zero in every point
  EXPECT_EQ(model.domain[2].feature, Feature::kMacsDense);
  EXPECT_EQ(model.domain[2].max, 0.0);
  double low = 1e9, high = 0;
  for (const Point& point : points) {
    low = std::min(low, point.latency_ms);
    high = std::max(high, point.latency_ms);
  }
  EXPECT_EQ(model.min_latency_ms, low);
  EXPECT_EQ(model.max_latency_ms, high);
  EXPECT_EQ(model.abs_log_ratios.size(), 200u);
  EXPECT_TRUE(std::is_sorted(model.abs_log_ratios.begin(), model.abs_log_ratios.end()));
  EXPECT_EQ(model.in_sample.n, 200);
  EXPECT_EQ(model.cross_validated.n, 200);
  ASSERT_TRUE(model.leave_group_out.has_value());
  EXPECT_EQ(fit.summary.n, 200);
  EXPECT_EQ(fit.summary.in_sample, model.in_sample);
  EXPECT_EQ(fit.summary.leave_group_out, model.leave_group_out);
}

// The classic family finds all four planted coefficients of its formula in data without noise.
TEST(FitTest, ClassicFindsPlantedCoefficients) {
  std::vector<Point> points = SamplePoints(60, 0, 0.0);
  for (Point& point : points) {
    point.latency_ms += 0.5 - 0.01 * point.features[Feature::kKernels];
  }
  ASSERT_OK_AND_ASSIGN(const FitResult fit, Fit(points, {.family = "classic"}));
  EXPECT_NEAR(fit.model.terms[0].coefficient, 1e-6, 1e-15);
  EXPECT_NEAR(fit.model.terms[1].coefficient, 2e-6, 1e-15);
  EXPECT_NEAR(fit.model.terms[2].coefficient, 1e-9, 1e-18);
  EXPECT_NEAR(fit.model.intercept_ms, 0.5, 1e-9);
  EXPECT_LT(fit.model.cross_validated.mdre, 1e-9);
}

// The feature set "auto" is the richest that the points hold and are enough for; the classic
// families prefer their own.
TEST(FitTest, ChoosesTheFeatureSet) {
  const auto set_of = [](const std::vector<Point>& points, const FitOptions& options) {
    const absl::StatusOr<FitResult> fit = Fit(points, options);
    return fit.ok() ? fit->model.feature_set : std::string(fit.status().message());
  };
  const std::vector<Point> classic = SamplePoints(40, 0, 0.05);
  const std::vector<Point> general = WithGeneralColumns(classic);
  std::vector<Point> cpu = general;
  for (Point& point : cpu) {
    for (const Feature f : FindFeatureSet("cpu")->predictors) {
      if (!point.features.Has(f)) point.features.Set(f, point.features[Feature::kFlops]);
    }
  }
  const FitOptions relative = {.family = "relative"};
  EXPECT_EQ(set_of(classic, relative), "classic");
  EXPECT_EQ(set_of(general, relative), "general");
  EXPECT_EQ(set_of(cpu, relative), "cpu");
  EXPECT_EQ(set_of(cpu, {.family = "relative", .feature_set = "cpu-full"}), "cpu-full");
  EXPECT_EQ(set_of(general, {.family = "classic"}), "classic");
  EXPECT_EQ(set_of(general, {.family = "classic-joined"}), "classic");
  EXPECT_EQ(set_of(cpu, {.family = "relative", .feature_set = "general"}), "general");

  cpu.resize(12);  // too few for the 13 columns of the cpu set that are not zero
  ASSERT_OK_AND_ASSIGN(const FitResult fit, Fit(cpu, relative));
  EXPECT_EQ(fit.model.feature_set, "general");
  EXPECT_THAT(fit.summary.warnings, Contains(StartsWith("too few points for the richer set cpu")));
}

// Where no point holds the classic flops, all MACs stand in their place, and the summary says so.
TEST(FitTest, MacsStandInForTheClassicFlops) {
  std::vector<Point> points = SamplePoints(40, 0, 0.05);
  for (Point& point : points) {
    FeatureVector features;
    for (const Feature f : {Feature::kActs, Feature::kInp}) features.Set(f, point.features[f]);
    features.Set(Feature::kMacsAll, point.features[Feature::kFlops]);
    point.features = features;
  }
  ASSERT_OK_AND_ASSIGN(const FitResult fit, Fit(points, {.family = "classic"}));
  ASSERT_EQ(fit.model.terms.size(), 3u);
  EXPECT_EQ(fit.model.terms[2].feature, Feature::kMacsAll);
  EXPECT_THAT(fit.summary.warnings, Contains(HasSubstr("macs_all stands in its place")));
}

// Columns of the chosen set that no point holds are left out, and the summary says so; the fit has
// an intercept, since no column counts calls.
TEST(FitTest, LeavesOutMissingColumns) {
  std::vector<Point> points = SamplePoints(40, 0, 0.05);
  for (Point& point : points) {
    FeatureVector features;
    for (const Feature f : {Feature::kActs, Feature::kFlops}) features.Set(f, point.features[f]);
    point.features = features;
  }
  ASSERT_OK_AND_ASSIGN(const FitResult fit, Fit(points));
  EXPECT_EQ(fit.model.feature_set, "classic");
  EXPECT_EQ(fit.model.terms.size(), 2u);
  EXPECT_GT(fit.model.intercept_ms, 0.0);
  EXPECT_THAT(fit.summary.warnings, Contains(HasSubstr("set classic, left out: inp")));
}

// A column that is zero in every point is left out with a note, and a forecast for something that
// has it is flagged as out of the domain.
TEST(FitTest, ZeroColumnsBoundTheDomain) {
  const std::vector<Point> points = WithGeneralColumns(SamplePoints(60, 0, 0.05));
  ASSERT_OK_AND_ASSIGN(const FitResult fit, Fit(points));
  EXPECT_THAT(fit.summary.warnings,
              Contains(HasSubstr("out of the domain: macs_dense, macs_pointwise, macs_grouped, "
                                 "macs_depthwise, macs_matmul, io_matmul, elementwise, weights")));
  FeatureVector features = points[0].features;
  EXPECT_FALSE(Predict(features, fit.model).out_of_domain);
  features.Set(Feature::kMacsGrouped, 1000);
  EXPECT_TRUE(Predict(features, fit.model).out_of_domain);
}

// The relative family goes on with columns it cannot tell apart, and names them.
TEST(FitTest, RelativeNamesCollinearColumns) {
  std::vector<Point> points = SamplePoints(60, 0, 0.05);
  for (Point& point : points) {
    point.features.Set(Feature::kInp, 3 * point.features[Feature::kActs]);
  }
  ASSERT_OK_AND_ASSIGN(const FitResult fit, Fit(points, {.family = "relative"}));
  EXPECT_THAT(fit.summary.warnings, Contains(StartsWith("inp is a multiple of acts")));
  EXPECT_TRUE(std::isinf(fit.summary.condition_number));
  EXPECT_GT(fit.model.terms[0].coefficient, 0.0);
  EXPECT_GT(fit.model.terms[1].coefficient, 0.0);
}

// Without groups the intervals come from the folds, and the summary says what that means.
TEST(FitTest, GroupsDecideWhereIntervalsComeFrom) {
  ASSERT_OK_AND_ASSIGN(const FitResult without, Fit(SamplePoints(60, 0, 0.05)));
  EXPECT_FALSE(without.model.leave_group_out.has_value());
  EXPECT_THAT(without.summary.warnings, Contains(HasSubstr("fewer than three groups")));
  ASSERT_OK_AND_ASSIGN(const FitResult with, Fit(SamplePoints(60, 4, 0.05)));
  EXPECT_TRUE(with.model.leave_group_out.has_value());
  EXPECT_THAT(with.summary.warnings, Not(Contains(HasSubstr("fewer than three groups"))));
  EXPECT_NE(with.model.abs_log_ratios, without.model.abs_log_ratios);
  ASSERT_OK_AND_ASSIGN(const FitResult two, Fit(SamplePoints(60, 2, 0.05)));
  EXPECT_FALSE(two.model.leave_group_out.has_value());
}

// Points far off the model are named, the worst first, with what was measured and what is said.
TEST(FitTest, NamesOutliers) {
  std::vector<Point> points = SamplePoints(100, 0, 0.01);
  for (const size_t i : {3u, 50u}) points[i].latency_ms *= i == 3 ? 4.0 : 30.0;
  ASSERT_OK_AND_ASSIGN(const FitResult fit, Fit(points));
  std::vector<std::string> outliers;
  for (const std::string& warning : fit.summary.warnings) {
    if (warning.starts_with("outlier: ")) outliers.push_back(warning);
  }
  ASSERT_GE(outliers.size(), 2u);
  EXPECT_THAT(outliers[0], StartsWith("outlier: 'p50' took "));
  EXPECT_THAT(outliers[1], StartsWith("outlier: 'p3' took "));
}

// The residuals stand in the order of the points, with both forecasts.
TEST(FitTest, ResidualsFollowThePoints) {
  std::vector<Point> points = SamplePoints(30, 0, 0.05);
  std::reverse(points.begin(), points.end());
  ASSERT_OK_AND_ASSIGN(const FitResult fit, Fit(points));
  ASSERT_EQ(fit.summary.residuals.size(), 30u);
  int different = 0;
  for (size_t i = 0; i < 30; ++i) {
    const Residual& residual = fit.summary.residuals[i];
    EXPECT_EQ(residual.name, points[i].name);
    EXPECT_EQ(residual.measured_ms, points[i].latency_ms);
    EXPECT_EQ(residual.predicted_ms, Predict(points[i].features, fit.model).latency_ms);
    EXPECT_NEAR(residual.cross_validated_ms / residual.predicted_ms, 1.0, 0.5);
    different += residual.cross_validated_ms != residual.predicted_ms;
  }
  EXPECT_EQ(different, 30);
}

// The same points in another order, or fitted again, give the same model to the last bit.
TEST(FitTest, DoesNotDependOnTheOrderOfThePoints) {
  for (const char* family : {"classic", "relative"}) {
    std::vector<Point> points = SamplePoints(80, 4, 0.1);
    points.push_back(points[0]);  // a point measured twice
    ASSERT_OK_AND_ASSIGN(const FitResult first, Fit(points, {.family = family}));
    ASSERT_OK_AND_ASSIGN(const FitResult again, Fit(points, {.family = family}));
    EXPECT_EQ(first.model, again.model);
    std::mt19937_64 random(1);
    for (int i = 0; i < 5; ++i) {
      std::shuffle(points.begin(), points.end(), random);
      ASSERT_OK_AND_ASSIGN(const FitResult shuffled, Fit(points, {.family = family}));
      EXPECT_EQ(ModelHash(first.model), ModelHash(shuffled.model));
      EXPECT_EQ(first.model, shuffled.model);
    }
  }
}

// Another seed deals other folds, and changes nothing but the evidence.
TEST(FitTest, SeedDealsTheFolds) {
  const std::vector<Point> points = SamplePoints(80, 0, 0.1);
  ASSERT_OK_AND_ASSIGN(const FitResult one, Fit(points, {.seed = 1}));
  ASSERT_OK_AND_ASSIGN(const FitResult two, Fit(points, {.seed = 2}));
  EXPECT_EQ(one.model.terms, two.model.terms);
  EXPECT_NE(one.model.cross_validated, two.model.cross_validated);
}

// Intervals of a model fitted on some points cover others of the same kind as often as they say.
TEST(FitTest, IntervalsCover) {
  int covered = 0, total = 0;
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    std::vector<Point> points = SamplePoints(260, 0, 0.1, seed);
    const std::vector<Point> unseen(points.begin() + 60, points.end());
    points.resize(60);
    ASSERT_OK_AND_ASSIGN(const FitResult fit, Fit(points));
    for (const Point& point : unseen) {
      const Prediction p = Predict(point.features, fit.model, {.interval_level = 0.8});
      covered += p.lower_ms <= point.latency_ms && point.latency_ms <= p.upper_ms;
      ++total;
    }
  }
  EXPECT_NEAR(static_cast<double>(covered) / total, 0.8, 0.04);
}

// A model from a fit survives its profile.
TEST(FitTest, FittedModelsGoIntoProfiles) {
  DeviceProfile profile;
  profile.device = "d";
  FitOptions options;
  for (const char* family : {"classic", "relative"}) {
    options.family = family;
    ++options.mode.threads;
    ASSERT_OK_AND_ASSIGN(FitResult fit, Fit(SamplePoints(60, 4, 0.1), options));
    profile.models.push_back(std::move(fit.model));
  }
  EXPECT_THAT(ParseProfile(FormatProfile(profile)), IsOkAndHolds(profile));
}

}  // namespace
}  // namespace latcast::regression
