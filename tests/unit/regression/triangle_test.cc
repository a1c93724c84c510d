#include "regression/triangle.h"

#include <gtest/gtest.h>

#include <random>

namespace latcast::regression {
namespace {

// The length of the product of any size, against sums written out.
TEST(TriangleTest, SquaredLengthOfProduct) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  for (size_t rows = 1; rows <= 40; ++rows) {
    std::vector<double> numbers(rows * (rows + 1) / 2), f(rows);
    for (double& value : numbers) value = uniform(random);
    for (double& value : f) value = uniform(random);
    const Triangle triangle(numbers);
    ASSERT_EQ(triangle.rows(), rows);
    ASSERT_EQ(triangle.numbers(), numbers);
    double expected = 0.0;
    size_t k = 0;
    for (size_t i = 0; i < rows; ++i) {
      double u = 0.0;
      for (size_t j = 0; j <= i; ++j) u += numbers[k++] * f[j];
      expected += u * u;
    }
    EXPECT_NEAR(triangle.SquaredLengthOfProduct(f.data()), expected, 1e-13 * expected) << rows;
  }
}

TEST(TriangleTest, OtherCountsAreNoTriangle) {
  EXPECT_EQ(Triangle().rows(), 0u);
  for (const size_t count : {2u, 4u, 5u, 7u, 9u}) {
    EXPECT_EQ(Triangle(std::vector<double>(count, 1.0)).rows(), 0u);
  }
  EXPECT_EQ(Triangle().SquaredLengthOfProduct(nullptr), 0.0);
}

}  // namespace
}  // namespace latcast::regression
