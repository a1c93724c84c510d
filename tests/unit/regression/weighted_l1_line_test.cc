#include "regression/weighted_l1_line.h"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "base/status_matchers.h"

namespace latcast::regression {
namespace {

double SumOf(double slope, double offset, const std::vector<double>& x,
             const std::vector<double>& y, const std::vector<double>& w) {
  double sum = 0.0;
  for (size_t i = 0; i < x.size(); ++i) sum += w[i] * std::abs(y[i] - slope * x[i] - offset);
  return sum;
}

// The smallest sum of all lines through two points: a minimum lies at one of them.
double BruteForce(const std::vector<double>& x, const std::vector<double>& y,
                  const std::vector<double>& w) {
  double best = std::numeric_limits<double>::infinity();
  for (size_t i = 0; i < x.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (x[i] == x[j]) continue;
      const double slope = (y[i] - y[j]) / (x[i] - x[j]);
      best = std::min(best, SumOf(slope, y[i] - slope * x[i], x, y, w));
    }
  }
  return best;
}

// On random data, with and without ties, from any start, the sum is that of the best pair.
TEST(WeightedL1LineTest, AgreesWithAllPairs) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  for (int problem = 0; problem < 3000; ++problem) {
    const size_t n = 2 + random() % 25;
    const bool grid = problem % 2 == 0;  // few different values: points on top of each other
    std::vector<double> x(n), y(n), w(n);
    for (size_t i = 0; i < n; ++i) {
      x[i] = grid ? static_cast<double>(random() % 5) : uniform(random);
      y[i] = grid ? static_cast<double>(random() % 5) : 2 * x[i] + uniform(random);
      w[i] = grid ? static_cast<double>(1 + random() % 3) : 0.1 + uniform(random);
    }
    x[0] = 0.0;
    x[1] = 1.0;
    const L1Line line = FitWeightedL1Line(x, y, w, random() % n);
    const double expected = BruteForce(x, y, w);
    ASSERT_NEAR(line.sum, expected, 1e-9 * (1 + expected)) << "problem " << problem;
    ASSERT_NEAR(SumOf(line.slope, line.offset, x, y, w), line.sum, 1e-12 * (1 + expected));
    ASSERT_NEAR(line.slope * x[line.pivot] + line.offset, y[line.pivot], 1e-12);
  }
}

// Most of the weight on a line: the line is found, whatever the rest says.
TEST(WeightedL1LineTest, IgnoresOutliers) {
  std::vector<double> x, y, w;
  for (int i = 0; i < 20; ++i) {
    x.push_back(i);
    y.push_back(i % 3 == 0 ? 100.0 - 7 * i : 0.5 * i - 2);
    w.push_back(1.0);
  }
  const L1Line line = FitWeightedL1Line(x, y, w);
  EXPECT_NEAR(line.slope, 0.5, 1e-12);
  EXPECT_NEAR(line.offset, -2.0, 1e-12);
}

// Two points are met exactly.
TEST(WeightedL1LineTest, TwoPoints) {
  const std::vector<double> x = {1, 3}, y = {2, 8}, w = {1, 1};
  const L1Line line = FitWeightedL1Line(x, y, w);
  EXPECT_DOUBLE_EQ(line.slope, 3.0);
  EXPECT_DOUBLE_EQ(line.offset, -1.0);
  EXPECT_EQ(line.sum, 0.0);
}

}  // namespace
}  // namespace latcast::regression
