#include "regression/cross_validation.h"

#include <algorithm>
#include <cmath>

#include "base/status_matchers.h"
#include "regression/relative.h"

namespace latcast::regression {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Folds are of equal size but for one point, the same for the same seed, others for another.
TEST(FoldsTest, ShuffledFoldsAreEvenAndSeeded) {
  const std::vector<int> folds = ShuffledFolds(23, 5, 1);
  for (int fold = 0; fold < 5; ++fold) {
    const auto size = std::count(folds.begin(), folds.end(), fold);
    EXPECT_EQ(size, fold < 3 ? 5 : 4);
  }
  EXPECT_EQ(ShuffledFolds(23, 5, 1), folds);
  EXPECT_NE(ShuffledFolds(23, 5, 2), folds);
  std::vector<int> each = ShuffledFolds(3, 5, 1);
  std::sort(each.begin(), each.end());
  EXPECT_THAT(each, ElementsAre(0, 1, 2));
}

std::vector<Point> PointsOfGroups(const std::vector<std::string>& groups) {
  std::vector<Point> points;
  for (const std::string& group : groups) {
    Point point;
    point.group = group;
    points.push_back(point);
  }
  return points;
}

PointRefs RefsOf(const std::vector<Point>& points) {
  PointRefs refs;
  for (const Point& point : points) refs.push_back(&point);
  return refs;
}

// One fold a group; none where a group is missing or there are only two.
TEST(FoldsTest, GroupFolds) {
  EXPECT_THAT(GroupFolds(RefsOf(PointsOfGroups({"b", "a", "c", "a"}))), ElementsAre(0, 1, 2, 1));
  EXPECT_THAT(GroupFolds(RefsOf(PointsOfGroups({"b", "a", "b", "a"}))), IsEmpty());
  EXPECT_THAT(GroupFolds(RefsOf(PointsOfGroups({"b", "a", "c", ""}))), IsEmpty());
}

// Forecasts of a group come from the other groups alone: a group that breaks their rule is forecast
// by their rule, and does not spoil the forecast of the others.
TEST(CrossValidateTest, FoldsDoNotSeeTheirOwnPoints) {
  std::vector<Point> points;
  for (int i = 0; i < 40; ++i) {
    Point point;
    point.group = std::string(1, static_cast<char>('a' + i / 10));
    point.features.Set(Feature::kKernels, 1 + i % 10);
    point.latency_ms = (i < 10 ? 50.0 : 2.0) * (1 + i % 10);
    points.push_back(point);
  }
  const PointRefs refs = RefsOf(points);
  Columns columns;
  columns.set = FindFeatureSet("general");
  columns.fitted = columns.held = {Feature::kKernels};
  const Family family = {.name = "relative", .description = "", .fit = FitRelative};
  const std::vector<double> forecasts =
      CrossValidate(refs, columns, family, GroupFolds(refs)).latency_ms;
  for (size_t i = 0; i < 40; ++i) {
    EXPECT_NEAR(forecasts[i], 2.0 * static_cast<double>(1 + i % 10), 0.01) << i;
  }
}

// Folds are dealt in turn.
TEST(FoldsTest, Deal) {
  EXPECT_THAT(Deal({0, 1, 2, 3, 4, 2}, 3), ElementsAre(0, 1, 2, 0, 1, 2));
  EXPECT_THAT(Deal({}, 3), IsEmpty());
}

}  // namespace
}  // namespace latcast::regression
