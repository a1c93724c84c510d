#include "regression/evaluate.h"

#include "base/status_matchers.h"
#include "sample_points.h"

namespace latcast::regression {
namespace {

using ::testing::HasSubstr;

// Train and test apart: the error is that of the noise, the interval covers its share.
TEST(EvaluateTest, HeldOutPoints) {
  std::vector<Point> train = SamplePoints(300, 0, 0.05);
  const std::vector<Point> test(train.begin() + 100, train.end());
  train.resize(100);
  ASSERT_OK_AND_ASSIGN(const Evaluation result, Evaluate(train, test));
  EXPECT_EQ(result.family, "auto");
  EXPECT_EQ(result.feature_set, "classic");
  EXPECT_EQ(result.n_train, 100);
  EXPECT_EQ(result.n_test, 200);
  EXPECT_EQ(result.accuracy.n, 200);
  EXPECT_LT(result.accuracy.mdre, 0.15);
  EXPECT_NEAR(result.coverage90, 0.9, 0.08);
  EXPECT_GT(result.width90, 0.05);
}

// Draws: as many forecasts as draws times points left, the same for the same seed and any order.
TEST(EvaluateTest, RandomDraws) {
  std::vector<Point> points = SamplePoints(100, 0, 0.05);
  ASSERT_OK_AND_ASSIGN(const Evaluation result, EvaluateSplits(points, 30, 4));
  EXPECT_EQ(result.n_train, 30);
  EXPECT_EQ(result.n_test, 280);
  int fits = 0;
  for (const auto& [name, count] : result.chosen) fits += count;
  EXPECT_EQ(fits, 4);  // each draw chooses for itself
  std::reverse(points.begin(), points.end());
  ASSERT_OK_AND_ASSIGN(const Evaluation again, EvaluateSplits(points, 30, 4));
  EXPECT_EQ(again.accuracy, result.accuracy);
  ASSERT_OK_AND_ASSIGN(const Evaluation other, EvaluateSplits(points, 30, 4, {.seed = 99}));
  EXPECT_NE(other.accuracy, result.accuracy);
  EXPECT_THAT(EvaluateSplits(points, 100, 1),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("100 of 100 points")));
  EXPECT_THAT(EvaluateSplits(points, 30, 0),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("0 times")));
}

// Every point is forecast once by a fit that did not see its group.
TEST(EvaluateTest, Groups) {
  ASSERT_OK_AND_ASSIGN(const Evaluation result, EvaluateGroups(SamplePoints(100, 5, 0.05)));
  EXPECT_EQ(result.n_test, 100);
  EXPECT_EQ(result.n_train, 80);
  EXPECT_THAT(EvaluateGroups(SamplePoints(100, 2, 0.05)),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("three groups")));
}

// Test points that cannot be forecast are named.
TEST(EvaluateTest, RefusesBadTestPoints) {
  const std::vector<Point> train = SamplePoints(50, 0, 0.05);
  EXPECT_THAT(Evaluate(train, {}), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("left")));
  std::vector<Point> test = SamplePoints(5, 0, 0.05);
  test[2].latency_ms = -1;
  EXPECT_THAT(Evaluate(train, test),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'p2': latency_ms is -1")));
  test[1].features = FeatureVector();
  EXPECT_THAT(Evaluate(train, test), StatusIs(absl::StatusCode::kInvalidArgument,
                                              HasSubstr("'p1': the model needs the features")));
}

}  // namespace
}  // namespace latcast::regression
