#include "bench/harness/statistics.h"

#include <numeric>

namespace latcast::bench {
namespace {

std::vector<double> OneTo(int n) {
  std::vector<double> values(static_cast<size_t>(n));
  std::iota(values.begin(), values.end(), 1.0);
  return values;
}

// Quantiles of a worked example, linear between ranks: position q * (n - 1).
TEST(StatisticsTest, QuantilesInterpolateBetweenRanks) {
  const std::vector<double> values = {1, 2, 4, 8};
  EXPECT_DOUBLE_EQ(Quantile(values, 0.0), 1);
  EXPECT_DOUBLE_EQ(Quantile(values, 0.5), 3);
  EXPECT_DOUBLE_EQ(Quantile(values, 0.75), 5);
  EXPECT_DOUBLE_EQ(Quantile(values, 1.0), 8);
  EXPECT_DOUBLE_EQ(Quantile(std::vector<double>{7}, 0.3), 7);
}

// The median takes unordered values, of odd and even count.
TEST(StatisticsTest, MedianOfOddAndEven) {
  EXPECT_DOUBLE_EQ(Median(std::vector<double>{9, 1, 5}), 5);
  EXPECT_DOUBLE_EQ(Median(std::vector<double>{9, 1, 5, 6}), 5.5);
}

// Ranks of the textbook tables for the 95 % interval of a median: (1,6), (2,9), (6,15), (40,61).
TEST(StatisticsTest, MedianIntervalMatchesTables) {
  EXPECT_EQ(MedianInterval(OneTo(5)), std::nullopt);
  EXPECT_EQ(MedianInterval(OneTo(6)), (Interval{1, 6}));
  EXPECT_EQ(MedianInterval(OneTo(10)), (Interval{2, 9}));
  EXPECT_EQ(MedianInterval(OneTo(20)), (Interval{6, 15}));
  EXPECT_EQ(MedianInterval(OneTo(100)), (Interval{40, 61}));
}

// The approximation for many samples goes on where the exact ranks end.
TEST(StatisticsTest, MedianIntervalIsContinuousAcrossTheApproximation) {
  const Interval exact = *MedianInterval(OneTo(1000));
  const Interval approximate = *MedianInterval(OneTo(1001));
  EXPECT_NEAR(exact.lower, approximate.lower, 1.0);
  EXPECT_NEAR(exact.upper, approximate.upper, 2.0);
}

// All fields of a small set with one outlier, computed by hand.
TEST(StatisticsTest, SummaryOfSixValues) {
  const Statistics s = Summarize(std::vector<double>{10, 11, 9, 10, 12, 100});
  EXPECT_EQ(s.count, 6u);
  EXPECT_DOUBLE_EQ(s.median, 10.5);
  EXPECT_DOUBLE_EQ(s.mad, 1.0);  // deviations .5 .5 .5 1.5 1.5 89.5
  EXPECT_DOUBLE_EQ(s.min, 9);
  EXPECT_DOUBLE_EQ(s.max, 100);
  EXPECT_DOUBLE_EQ(s.p10, 9.5);
  EXPECT_EQ(s.median_interval, (Interval{9, 100}));
  EXPECT_DOUBLE_EQ(*s.RelativeHalfWidth(), 91.0 / 21.0);
}

// Nothing measured is nothing, and claims no interval.
TEST(StatisticsTest, SummaryOfNothing) {
  const Statistics s = Summarize({});
  EXPECT_EQ(s.count, 0u);
  EXPECT_EQ(s.RelativeHalfWidth(), std::nullopt);
}

}  // namespace
}  // namespace latcast::bench
