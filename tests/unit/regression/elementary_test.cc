#include "regression/elementary.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace latcast::regression {
namespace {

// Within the stated error of the standard library's, over the whole range and close to zero.
TEST(ElementaryTest, Exponential) {
  EXPECT_EQ(ExpOf(0.0), 1.0);
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  for (int i = 0; i < 100'000; ++i) {
    const double v = i % 2 == 0 ? 700.0 * uniform(random) : uniform(random);
    const double expected = std::exp(v);
    ASSERT_NEAR(ExpOf(v), expected, 4e-16 * expected) << v;
  }
}

TEST(ElementaryTest, Logarithm) {
  EXPECT_EQ(LogOf(1.0), 0.0);
  std::mt19937_64 random(2);
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  for (int i = 0; i < 100'000; ++i) {
    const double v = i % 2 == 0 ? std::exp(700.0 * uniform(random)) : 1.0 + 0.5 * uniform(random);
    const double expected = std::log(v);
    ASSERT_NEAR(LogOf(v), expected, 4e-16 * std::max(std::abs(expected), 1.0)) << v;
  }
  EXPECT_NEAR(LogOf(0x1p-1022), -1022.0 * std::log(2.0), 1e-12);
}

}  // namespace
}  // namespace latcast::regression
