#include "regression/nnls.h"

#include <cmath>
#include <random>

#include "base/status_matchers.h"
#include "make_design.h"

namespace latcast::regression {
namespace {

using ::testing::ElementsAre;

// b - a x.
std::vector<double> ResidualsOf(const Design& a, const std::vector<double>& b,
                                const std::vector<double>& x) {
  std::vector<double> r = b;
  for (size_t j = 0; j < a.cols(); ++j) {
    for (size_t i = 0; i < a.rows; ++i) r[i] -= a.Column(j)[i] * x[j];
  }
  return r;
}

double Norm(std::span<const double> v) {
  double sum = 0.0;
  for (const double value : v) sum += value * value;
  return std::sqrt(sum);
}

// The conditions of Karush, Kuhn and Tucker, which hold at the minimum and nowhere else: x >= 0,
// and the gradient is zero where x > 0, not positive where x = 0.
void ExpectOptimal(const Design& a, const std::vector<double>& b, const Nnls& fit) {
  ASSERT_TRUE(fit.converged);
  const std::vector<double> r = ResidualsOf(a, b, fit.x);
  for (size_t j = 0; j < a.cols(); ++j) {
    double gradient = 0.0;
    for (size_t i = 0; i < a.rows; ++i) gradient += a.Column(j)[i] * r[i];
    const double scale = Norm(a.Column(j)) * Norm(b);
    ASSERT_GE(fit.x[j], 0.0) << j;
    if (fit.x[j] > 0.0) {
      ASSERT_LE(std::abs(gradient), 1e-11 * scale) << j;
    } else {
      ASSERT_LE(gradient, 1e-11 * scale) << j;
    }
  }
}

// Where least squares is not negative, the two agree.
TEST(NnlsTest, AgreesWithLeastSquaresInside) {
  const Design a = MakeDesignOf({{1, 0, 1}, {0, 1, 1}});
  const Nnls fit = SolveNnls(a, std::vector<double>{1, 2, 3.3});
  // Normal equations by hand: 2x + y = 4.3, x + 2y = 5.3.
  EXPECT_NEAR(fit.x[0], 1.1, 1e-14);
  EXPECT_NEAR(fit.x[1], 2.1, 1e-14);
}

// Solved by hand: least squares gives x = (-1, 2); the bound sets x0 = 0 and leaves x1 = 1.
TEST(NnlsTest, BoundHolds) {
  const Design a = MakeDesignOf({{1, 1}, {1, 0}});
  const std::vector<double> b = {1, -1};
  const Nnls free = SolveNnls(MakeDesignOf({{1, 1}, {1, 0}}), std::vector<double>{2, 1});
  EXPECT_THAT(free.x, ElementsAre(testing::DoubleNear(1, 1e-14), testing::DoubleNear(1, 1e-14)));
  const Nnls bound = SolveNnls(a, b);
  EXPECT_EQ(bound.x[0], 0.0);
  EXPECT_NEAR(bound.x[1], 1.0, 1e-14);
  ExpectOptimal(a, b, bound);
}

// Nothing helps a target that points away from all columns: zero, exactly.
TEST(NnlsTest, AllZeroWhereNothingHelps) {
  const Nnls fit = SolveNnls(MakeDesignOf({{1, 2}, {3, 1}}), std::vector<double>{-1, -1});
  EXPECT_THAT(fit.x, ElementsAre(0.0, 0.0));
  EXPECT_TRUE(fit.converged);
}

// Random problems of all shapes and column sizes satisfy the conditions of the minimum.
TEST(NnlsTest, RandomProblemsSatisfyTheConditions) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  int zeros = 0, positives = 0;
  for (int problem = 0; problem < 2000; ++problem) {
    const size_t n = 1 + random() % 40;
    const size_t p = 1 + random() % 15;
    std::vector<std::vector<double>> columns(p, std::vector<double>(n));
    for (auto& column : columns) {
      const double size = std::pow(10.0, static_cast<double>(random() % 20) - 10.0);
      for (double& value : column) value = size * (normal(random) + (problem % 2 ? 1.0 : 0.0));
    }
    std::vector<double> b(n);
    for (double& value : b) value = normal(random) + 0.5;
    const Design a = MakeDesignOf(columns);
    const Nnls fit = SolveNnls(a, b);
    ExpectOptimal(a, b, fit);
    for (const double x : fit.x) ++(x > 0.0 ? positives : zeros);
  }
  EXPECT_GT(zeros, 1000);
  EXPECT_GT(positives, 1000);
}

// Columns that depend on each other, are equal or zero, do not stop it, and the fit is the best.
TEST(NnlsTest, SurvivesDependentColumns) {
  std::mt19937_64 random(4);
  std::normal_distribution<double> normal;
  for (int problem = 0; problem < 500; ++problem) {
    std::vector<std::vector<double>> columns(6, std::vector<double>(12, 0.0));
    for (size_t j = 0; j < 3; ++j) {
      for (double& value : columns[j]) value = std::abs(normal(random));
    }
    columns[3] = columns[0];
    for (size_t i = 0; i < 12; ++i) columns[4][i] = columns[1][i] + 2 * columns[2][i];
    std::vector<double> b(12);
    for (double& value : b) value = normal(random) + 1.0;
    const Design a = MakeDesignOf(columns);
    const Nnls fit = SolveNnls(a, b);
    ExpectOptimal(a, b, fit);
    EXPECT_EQ(fit.x[5], 0.0);
  }
}

// An exact non-negative combination is found again.
TEST(NnlsTest, RecoversAPlantedSolution) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  std::vector<std::vector<double>> columns(8, std::vector<double>(50));
  const std::vector<double> planted = {0, 3, 0, 1e-3, 7, 0, 0.5, 0};
  std::vector<double> b(50, 0.0);
  for (size_t j = 0; j < 8; ++j) {
    for (size_t i = 0; i < 50; ++i) {
      columns[j][i] = uniform(random);
      b[i] += planted[j] * columns[j][i];
    }
  }
  const Nnls fit = SolveNnls(MakeDesignOf(columns), b);
  for (size_t j = 0; j < 8; ++j) EXPECT_NEAR(fit.x[j], planted[j], 1e-12) << j;
}

}  // namespace
}  // namespace latcast::regression
