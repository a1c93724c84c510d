#include <cmath>
#include <random>

#include "base/status_matchers.h"
#include "regression/fit.h"
#include "regression/median.h"

namespace latcast::regression {
namespace {

// Every figure by hand.
TEST(MeasureTest, ByHand) {
  const std::vector<double> measured = {1, 2, 4, 10};
  const std::vector<double> predicted = {1.1, 1, 4, 15};
  const Accuracy a = Measure(predicted, measured);
  EXPECT_EQ(a.n, 4);
  EXPECT_NEAR(a.mdre, (0.1 + 0.5) / 2, 1e-15);
  EXPECT_NEAR(a.mape, (0.1 + 0.5 + 0.0 + 0.5) / 4, 1e-15);
  EXPECT_NEAR(a.in10, 0.25, 1e-15);  // 1.1 is a rounding more than 10 % off
  EXPECT_NEAR(a.tau, (5.0 - 1.0) / 6.0, 1e-15);
  EXPECT_NEAR(a.r2, 1.0 - (0.01 + 1 + 25) / 48.75, 1e-12);
}

// A perfect forecast.
TEST(MeasureTest, Perfect) {
  const std::vector<double> y = {3, 1, 2};
  const Accuracy a = Measure(y, y);
  EXPECT_EQ(a, (Accuracy{3, 0.0, 0.0, 1.0, 1.0, 1.0}));
}

// Rank correlation of what does not vary is no correlation, and never NaN.
TEST(MeasureTest, ConstantSidesHaveNoCorrelation) {
  const std::vector<double> constant = {2, 2, 2}, varying = {1, 2, 3};
  EXPECT_EQ(Measure(constant, varying).tau, 0.0);
  EXPECT_EQ(Measure(varying, constant).tau, 0.0);
  EXPECT_EQ(Measure(varying, constant).r2, 0.0);
  const Accuracy one = Measure(std::vector<double>{1.0}, std::vector<double>{2.0});
  EXPECT_EQ(one, (Accuracy{1, 0.5, 0.5, 0.0, 0.0, 0.0}));
}

double TauOfAllPairs(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0, a_pairs = 0, b_pairs = 0;
  const auto sign = [](double v) { return v > 0 ? 1 : v < 0 ? -1 : 0; };
  for (size_t i = 0; i < a.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      const int da = sign(a[i] - a[j]), db = sign(b[i] - b[j]);
      sum += da * db;
      a_pairs += da * da;
      b_pairs += db * db;
    }
  }
  return a_pairs == 0 || b_pairs == 0 ? 0.0 : sum / std::sqrt(a_pairs * b_pairs);
}

// The fast rank correlation is that of all pairs, with ties on either side and on both.
TEST(MeasureTest, TauAgreesWithAllPairs) {
  std::mt19937_64 random(11);
  for (int problem = 0; problem < 500; ++problem) {
    const size_t n = 1 + random() % 60;
    const uint64_t values = 1 + random() % 30;
    std::vector<double> a(n), b(n);
    for (size_t i = 0; i < n; ++i) {
      a[i] = static_cast<double>(1 + random() % values);
      b[i] = static_cast<double>(1 + random() % values);
    }
    ASSERT_NEAR(Measure(a, b).tau, TauOfAllPairs(a, b), 1e-12) << problem;
  }
}

// The median of an even number of values is the mean of the middle two.
TEST(MedianTest, OddAndEven) {
  EXPECT_EQ(Median({3, 1, 2}), 2.0);
  EXPECT_EQ(Median({4, 1, 3, 2}), 2.5);
  EXPECT_EQ(Median({7}), 7.0);
}

}  // namespace
}  // namespace latcast::regression
