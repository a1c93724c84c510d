#include "bench/harness/repeatability.h"

namespace latcast::bench {
namespace {

std::vector<PointResult> Results(const std::map<std::string, double>& medians) {
  std::vector<PointResult> results;
  for (const auto& [id, median] : medians) {
    PointResult& result = results.emplace_back();
    result.id = id;
    result.statistics.median = median;
    if (median == 0.0) result.outcome = Outcome::kFailed;
  }
  return results;
}

// Differences are relative to the mean of the two; the shift keeps their sign.
TEST(RepeatabilityTest, ComparesMedians) {
  const auto found = CompareRuns(Results({{"a", 10}, {"b", 100}, {"c", 1}}),
                                 Results({{"a", 10}, {"b", 120}, {"c", 0.98}}));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->points, 3u);
  EXPECT_NEAR(found->median, 0.02 / 0.99, 1e-12);
  EXPECT_NEAR(found->largest, 20.0 / 110.0, 1e-12);
  EXPECT_EQ(found->worst, "b");
  EXPECT_EQ(found->shift, 0.0);
  EXPECT_EQ(found->only_in_one, 0u);
}

// Points that one run could only correct for drift are told apart.
TEST(RepeatabilityTest, SteadyPoints) {
  std::vector<PointResult> second = Results({{"a", 12}, {"b", 10}, {"c", 10}});
  second[0].slowdown = 1.3;
  const auto found = CompareRuns(Results({{"a", 10}, {"b", 10}, {"c", 10.2}}), second);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->points, 3u);
  EXPECT_EQ(found->steady_points, 2u);
  EXPECT_NEAR(found->steady_median, 0.1 / 10.1, 1e-12);
}

// Only points that are ok in both runs are compared; the others are counted.
TEST(RepeatabilityTest, PointsOfOneRun) {
  const auto found = CompareRuns(Results({{"a", 10}, {"b", 0}, {"c", 1}}),
                                 Results({{"a", 11}, {"b", 5}, {"c", 0}}));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->points, 1u);
  EXPECT_EQ(found->only_in_one, 2u);
  EXPECT_GT(found->shift, 0.0);
  EXPECT_EQ(CompareRuns(Results({{"a", 0}}), Results({{"a", 1}})), std::nullopt);
}

}  // namespace
}  // namespace latcast::bench
