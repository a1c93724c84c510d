#include "regression/corrected.h"

#include <cmath>

#include "base/status_matchers.h"
#include "regression/correction.h"
#include "regression/fit.h"
#include "regression/predict.h"
#include "sample_points.h"

namespace latcast::regression {
namespace {

absl::StatusOr<FitResult> FitTo(const std::vector<Point>& points, const char* family) {
  return Fit(points, {.family = family, .feature_set = "general"});
}

double MedianError(const LatencyModel& model, const std::vector<Point>& points) {
  std::vector<double> predicted, measured;
  for (const Point& point : points) {
    predicted.push_back(Predict(point.features, model).latency_ms);
    measured.push_back(point.latency_ms);
  }
  return Measure(predicted, measured).mdre;
}

// A smooth departure from the linear rule is learned, on points that were not seen.
TEST(CorrectedTest, LearnsASmoothFactor) {
  const std::vector<Point> test = BentPoints(500, 0, 0.0, 77);
  ASSERT_OK_AND_ASSIGN(const FitResult linear, FitTo(BentPoints(150, 0, 0.01, 1), "relative"));
  ASSERT_OK_AND_ASSIGN(const FitResult corrected, FitTo(BentPoints(150, 0, 0.01, 1), "corrected"));
  EXPECT_EQ(corrected.model.family, "corrected");
  EXPECT_LT(MedianError(corrected.model, test), 0.5 * MedianError(linear.model, test));
}

// The factor is bounded by what was seen, and fades to one far from all points.
TEST(CorrectedTest, IsBoundedAndFades) {
  ASSERT_OK_AND_ASSIGN(const FitResult fit, FitTo(BentPoints(150, 0, 0.05, 1), "corrected"));
  ASSERT_TRUE(fit.model.correction.has_value());
  const Correction& correction = *fit.model.correction;
  EXPECT_GT(correction.bound, 0.0);
  EXPECT_LT(correction.bound, 1.0);
  std::mt19937_64 random(4);
  for (int i = 0; i < 5000; ++i) {
    FeatureVector features = GeneralPoints(1, 0, 0.0, 9)[0].features;
    for (const Term& term : fit.model.terms) {
      features.Set(term.feature, std::ldexp(1.0, static_cast<int>(random() % 60)));
    }
    const double x = FirstPiece(features, fit.model);
    EXPECT_LE(std::abs(Evaluate(correction, features, x).log_factor), correction.bound);
  }
  FeatureVector far = GeneralPoints(1, 0, 0.0, 9)[0].features;
  for (const Term& term : fit.model.terms) far.Set(term.feature, 1e30 * far[term.feature]);
  const CorrectionValue value = Evaluate(correction, far, FirstPiece(far, fit.model));
  EXPECT_NEAR(value.log_factor, 0.0, 1e-6);
  EXPECT_NEAR(value.distance, 1.0, 1e-6);
}

// Where the linear rule is the truth there is next to nothing to learn.
TEST(CorrectedTest, LeavesALinearTruthAlone) {
  const std::vector<Point> test = SamplePoints(300, 0, 0.0, 5);
  ASSERT_OK_AND_ASSIGN(const FitResult linear,
                       Fit(SamplePoints(150, 0, 0.05), {.family = "relative"}));
  ASSERT_OK_AND_ASSIGN(const FitResult corrected,
                       Fit(SamplePoints(150, 0, 0.05), {.family = "corrected"}));
  EXPECT_LT(MedianError(corrected.model, test), MedianError(linear.model, test) + 0.01);
}

// One wildly wrong point moves the forecasts of the others by less than its neighbours' noise.
TEST(CorrectedTest, OutliersPullNoHarderThanTheirBound) {
  std::vector<Point> points = BentPoints(150, 0, 0.01, 1);
  const std::vector<Point> test = BentPoints(500, 0, 0.0, 77);
  ASSERT_OK_AND_ASSIGN(const FitResult clean, FitTo(points, "corrected"));
  points[10].latency_ms *= 50.0;
  points[90].latency_ms /= 50.0;
  ASSERT_OK_AND_ASSIGN(const FitResult spoilt, FitTo(points, "corrected"));
  EXPECT_LT(MedianError(spoilt.model, test), MedianError(clean.model, test) + 0.01);
}

// More points than nodes: the subset of regressors stands in, and is no worse than a tenth of them.
TEST(CorrectedTest, ManyPointsShareFourHundredNodes) {
  const std::vector<Point> test = BentPoints(300, 0, 0.0, 78);
  ASSERT_OK_AND_ASSIGN(const FitResult many, FitTo(BentPoints(900, 0, 0.02, 2), "corrected"));
  ASSERT_OK_AND_ASSIGN(const FitResult few, FitTo(BentPoints(90, 0, 0.02, 2), "corrected"));
  EXPECT_EQ(many.model.correction->weights.size(), 400u);
  EXPECT_EQ(few.model.correction->weights.size(), 90u);
  EXPECT_LT(MedianError(many.model, test), MedianError(few.model, test));
}

// Too few points give no nodes, and a forecast that is the linear one.
TEST(CorrectedTest, FewPointsGiveNoNodes) {
  ASSERT_OK_AND_ASSIGN(const FitResult corrected,
                       Fit(SamplePoints(6, 0, 0.1), {.family = "corrected"}));
  ASSERT_OK_AND_ASSIGN(const FitResult linear,
                       Fit(SamplePoints(6, 0, 0.1), {.family = "relative"}));
  ASSERT_TRUE(corrected.model.correction.has_value());
  EXPECT_TRUE(corrected.model.correction->weights.empty());
  EXPECT_EQ(corrected.model.terms, linear.model.terms);
  const FeatureVector features = SamplePoints(1, 0, 0.0, 3)[0].features;
  EXPECT_EQ(Predict(features, corrected.model).latency_ms,
            Predict(features, linear.model).latency_ms);
}

}  // namespace
}  // namespace latcast::regression
