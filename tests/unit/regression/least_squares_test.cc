#include "regression/least_squares.h"

#include <cmath>
#include <initializer_list>

#include "base/status_matchers.h"
#include "make_design.h"

namespace latcast::regression {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

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
