#include "regression/incremental.h"

#include <algorithm>

#include "base/status_matchers.h"
#include "regression/fit.h"
#include "regression/predict.h"
#include "sample_points.h"

namespace latcast::regression {
namespace {

using ::testing::HasSubstr;

std::vector<Point> Points(int n, uint64_t seed) {
  return WithGeneralColumns(SamplePoints(n, 4, 0.08, seed), /*flops_are_macs=*/true);
}

std::vector<Point> Joined(std::vector<Point> a, const std::vector<Point>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// The coefficients, domain and leverage are those of a fit of all points, to the last bit, and the
// old model's errors on the new points join the interval's.
TEST(IncrementalTest, EqualsAFitOfAllPoints) {
  const std::vector<Point> points = Points(100, 1);
  const std::vector<Point> added = Points(20, 2);
  for (const char* family : {"classic", "classic-joined", "relative", "relative-joined"}) {
    const FitOptions options = {.family = family,
                                .feature_set = family[0] == 'c' ? "classic" : "general"};
    ASSERT_OK_AND_ASSIGN(const FitResult before, Fit(points, options));
    ASSERT_OK_AND_ASSIGN(const FitResult whole, Fit(Joined(points, added), options));
    ASSERT_OK_AND_ASSIGN(const LatencyModel model, AddPoints(before.model, points, added));
    EXPECT_EQ(model.terms, whole.model.terms) << family;
    EXPECT_EQ(model.intercept_ms, whole.model.intercept_ms);
    EXPECT_EQ(model.two_piece, whole.model.two_piece);
    EXPECT_EQ(model.leverage, whole.model.leverage);
    EXPECT_EQ(model.domain, whole.model.domain);
    EXPECT_EQ(model.in_sample, whole.model.in_sample);
    EXPECT_EQ(model.max_latency_ms, whole.model.max_latency_ms);
    EXPECT_EQ(model.cross_validated, before.model.cross_validated);
    EXPECT_EQ(model.abs_log_ratios.size(), before.model.abs_log_ratios.size() + 20);
    EXPECT_TRUE(std::is_sorted(model.abs_log_ratios.begin(), model.abs_log_ratios.end()));
  }
}

// Points that the model knows nothing of widen its intervals.
TEST(IncrementalTest, SurprisesWidenTheIntervals) {
  const std::vector<Point> points = Points(60, 3);
  std::vector<Point> added = Points(40, 4);
  for (Point& point : added) point.latency_ms *= 1.5;
  ASSERT_OK_AND_ASSIGN(const FitResult before, Fit(points, {.family = "relative"}));
  ASSERT_OK_AND_ASSIGN(const LatencyModel model, AddPoints(before.model, points, added));
  const Prediction narrow = Predict(points[0].features, before.model);
  const Prediction wide = Predict(points[0].features, model);
  EXPECT_GT(wide.upper_ms / wide.latency_ms, 1.2 * narrow.upper_ms / narrow.latency_ms);
}

// Under a correction the linear part is fitted anew, and the correction stays.
TEST(IncrementalTest, KeepsACorrection) {
  const std::vector<Point> points = Points(80, 5);
  const std::vector<Point> added = Points(20, 6);
  ASSERT_OK_AND_ASSIGN(const FitResult before, Fit(points, {.family = "corrected"}));
  ASSERT_TRUE(before.model.correction.has_value());
  ASSERT_OK_AND_ASSIGN(const LatencyModel model, AddPoints(before.model, points, added));
  EXPECT_EQ(model.correction, before.model.correction);
  EXPECT_NE(model.terms, before.model.terms);
  EXPECT_EQ(model.family, "corrected");
}

// No points added leave the model as it was.
TEST(IncrementalTest, NothingAdded) {
  const std::vector<Point> points = Points(60, 7);
  ASSERT_OK_AND_ASSIGN(const FitResult fit, Fit(points, {.family = "relative"}));
  EXPECT_THAT(AddPoints(fit.model, points, {}), IsOkAndHolds(fit.model));
}

// A family nobody fits, points without the columns, no measurements.
TEST(IncrementalTest, NamesWhatIsWrong) {
  const std::vector<Point> points = Points(60, 8);
  LatencyModel model = Fit(points, {.family = "relative"}).value().model;
  std::vector<Point> added = Points(3, 9);
  added[1].features = FeatureVector();
  EXPECT_THAT(AddPoints(model, points, added).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("point 'p1'")));
  added[1].latency_ms = -1.0;
  EXPECT_THAT(AddPoints(model, points, added).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("latency_ms is -1")));
  model.family = "handwritten";
  EXPECT_THAT(AddPoints(model, points, {}).status(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("'handwritten'")));
}

}  // namespace
}  // namespace latcast::regression
