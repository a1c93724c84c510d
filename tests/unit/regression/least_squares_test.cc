#include "regression/least_squares.h"

#include <cmath>
#include <initializer_list>

#include "base/status_matchers.h"
#include "make_design.h"

namespace latcast::regression {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Digits that `value` shares with the certified one.
double Digits(double value, double certified) {
  return -std::log10(std::abs(value - certified) / std::abs(certified) + 1e-16);
}

// NIST StRD, Longley (higher difficulty): the certified coefficients to ten digits.
TEST(LeastSquaresTest, LongleyToCertifiedDigits) {
  const std::vector<double> y = {60323, 61122, 60171, 61187, 63221, 63639, 64989, 63761,
                                 66019, 67857, 68169, 66513, 68655, 69564, 69331, 70551};
  const Design design =
      MakeDesignOf({std::vector<double>(16, 1.0),
                    {83.0, 88.5, 88.2, 89.5, 96.2, 98.1, 99.0, 100.0, 101.2, 104.6, 108.4, 110.8,
                     112.6, 114.2, 115.7, 116.9},
                    {234289, 259426, 258054, 284599, 328975, 346999, 365385, 363112, 397469, 419180,
                     442769, 444546, 482704, 502601, 518173, 554894},
                    {2356, 2325, 3682, 3351, 2099, 1932, 1870, 3578, 2904, 2822, 2936, 4681, 3813,
                     3931, 4806, 4007},
                    {1590, 1456, 1616, 1650, 3099, 3594, 3547, 3350, 3048, 2857, 2798, 2637, 2552,
                     2514, 2572, 2827},
                    {107608, 108632, 109773, 110929, 112075, 113270, 115094, 116219, 117388, 118734,
                     120445, 121950, 123366, 125368, 127852, 130081},
                    {1947, 1948, 1949, 1950, 1951, 1952, 1953, 1954, 1955, 1956, 1957, 1958, 1959,
                     1960, 1961, 1962}});
  const std::vector<double> certified = {-3482258.63459582, 15.0618722713733,  -0.0358191792925910,
                                         -2.02022980381683, -1.03322686717359, -0.0511041056535807,
                                         1829.15146461355};
  const LeastSquares fit = SolveLeastSquares(design, y);
  EXPECT_EQ(fit.rank, 7u);
  ASSERT_EQ(fit.x.size(), 7u);
  for (size_t j = 0; j < 7; ++j) EXPECT_GT(Digits(fit.x[j], certified[j]), 10) << j;
}

// NIST StRD, Wampler 1 and 2: polynomials of degree five through exact data, all coefficients one,
// or powers of a tenth.
TEST(LeastSquaresTest, WamplerToCertifiedDigits) {
  Design design;
  design.rows = 21;
  for (int power = 0; power <= 5; ++power) {
    const std::span<double> column = design.AddColumn(absl::StrCat("x^", power));
    for (int x = 0; x <= 20; ++x) column[static_cast<size_t>(x)] = std::pow(x, power);
  }
  for (const double base : {1.0, 0.1}) {
    std::vector<double> y(21, 0.0);
    for (size_t i = 0; i < 21; ++i) {
      for (size_t j = 0; j <= 5; ++j) y[i] += std::pow(base, j) * design.Column(j)[i];
    }
    const LeastSquares fit = SolveLeastSquares(design, y);
    EXPECT_EQ(fit.rank, 6u);
    for (size_t j = 0; j <= 5; ++j) EXPECT_GT(Digits(fit.x[j], std::pow(base, j)), 8) << j;
  }
}

// Columns of very different sizes are no trouble, since they are scaled.
TEST(LeastSquaresTest, ScalesColumns) {
  const Design design = MakeDesignOf({{1e-20, 2e-20, 3e-20, 5e-20}, {1e20, 0, 2e20, 1e20}});
  std::vector<double> y;
  for (size_t i = 0; i < 4; ++i)
    y.push_back(3e20 * design.Column(0)[i] + 2e-20 * design.Column(1)[i]);
  const LeastSquares fit = SolveLeastSquares(design, y);
  EXPECT_NEAR(fit.x[0] / 3e20, 1.0, 1e-14);
  EXPECT_NEAR(fit.x[1] / 2e-20, 1.0, 1e-14);
  EXPECT_LT(ConditionNumber(design), 4.0);
}

// A column that depends on others takes the rank down and leaves the fit as it was.
TEST(LeastSquaresTest, SurvivesDependentColumns) {
  const Design design = MakeDesignOf({{1, 2, 3, 4}, {1, 1, 1, 1}, {3, 5, 7, 9}, {0, 0, 0, 0}});
  const LeastSquares fit = SolveLeastSquares(design, std::vector<double>{2, 4, 6, 8});
  EXPECT_EQ(fit.rank, 2u);
  for (size_t i = 0; i < 4; ++i) {
    double y = 0.0;
    for (size_t j = 0; j < 4; ++j) y += fit.x[j] * design.Column(j)[i];
    EXPECT_NEAR(y, 2.0 * static_cast<double>(i + 1), 1e-12);
  }
  EXPECT_EQ(fit.x[3], 0.0);
}

// The condition number is the ratio of singular values: 1 for orthogonal columns of any length, and
// sqrt((1 + c) / (1 - c)) for two columns with cosine c.
TEST(ConditionNumberTest, OfKnownMatrices) {
  EXPECT_NEAR(ConditionNumber(MakeDesignOf({{5, 0, 0}, {0, 1e-9, 0}})), 1.0, 1e-12);
  const double c = 0.6;
  EXPECT_NEAR(ConditionNumber(MakeDesignOf({{1, 0, 0}, {0.6, 0.8, 0}})),
              std::sqrt((1 + c) / (1 - c)), 1e-12);
  EXPECT_TRUE(std::isinf(ConditionNumber(MakeDesignOf({{1, 2}, {2, 4}}))));
  EXPECT_TRUE(std::isinf(ConditionNumber(MakeDesignOf({{1}, {2}}))));
}

// Each dependence names the column and exactly those it depends on.
TEST(FindDependencesTest, NamesTheColumns) {
  const std::vector<double> a = {1, 2, 3, 5, 8}, b = {2, 0, 1, 7, 1}, c = {1, 1, 4, 1, 1};
  std::vector<double> a_plus_2c, constant(5, 3.0);
  for (size_t i = 0; i < 5; ++i) a_plus_2c.push_back(a[i] + 2 * c[i]);
  EXPECT_THAT(FindDependences(MakeDesignOf({a, b, c})), IsEmpty());
  const std::vector<Dependence> found = FindDependences(MakeDesignOf(
      {std::vector<double>(5, 1.0), a, b, c, a_plus_2c, constant, std::vector<double>(5, 0.0)}));
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].column, 4u);
  EXPECT_THAT(found[0].on, ElementsAre(1, 3));
  EXPECT_EQ(found[1].column, 5u);
  EXPECT_THAT(found[1].on, ElementsAre(0));
  EXPECT_EQ(found[2].column, 6u);
  EXPECT_THAT(found[2].on, IsEmpty());
}

}  // namespace
}  // namespace latcast::regression
