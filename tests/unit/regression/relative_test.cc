#include "regression/relative.h"

#include <cmath>
#include <random>

#include "base/status_matchers.h"
#include "make_design.h"

namespace latcast::regression {
namespace {

struct Problem {
  Design design;
  std::vector<double> latency_ms;
};

// Columns over several orders of magnitude, latencies by `planted` coefficients and relative noise.
Problem MakeProblem(size_t n, const std::vector<double>& planted, double noise, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  std::normal_distribution<double> normal;
  Problem problem;
  problem.design.rows = n;
  problem.latency_ms.assign(n, 0.0);
  for (size_t j = 0; j < planted.size(); ++j) {
    const std::span<double> column = problem.design.AddColumn("c" + std::to_string(j));
    for (size_t i = 0; i < n; ++i) {
      column[i] = std::pow(10.0, 4 * uniform(random)) * (j % 2 == 0 ? 1e6 : 1.0);
      problem.latency_ms[i] += planted[j] * column[i];
    }
  }
  for (double& y : problem.latency_ms) y *= std::exp(noise * normal(random));
  return problem;
}

double RelativeSum(const Problem& problem, const std::vector<double>& x) {
  double sum = 0.0;
  for (size_t i = 0; i < problem.design.rows; ++i) {
    double y = 0.0;
    for (size_t j = 0; j < x.size(); ++j) y += x[j] * problem.design.Column(j)[i];
    sum += std::abs(y - problem.latency_ms[i]) / problem.latency_ms[i];
  }
  return sum;
}

const std::vector<double> kPlanted = {2e-9, 3e-3, 5e-9, 1e-2, 1e-9};

// Exact data give the planted coefficients.
TEST(RelativeTest, RecoversPlantedCoefficients) {
  const Problem problem = MakeProblem(60, kPlanted, 0.0, 1);
  const Coefficients fit = FitRelative(problem.design, problem.latency_ms);
  EXPECT_TRUE(fit.converged);
  for (size_t j = 0; j < kPlanted.size(); ++j) {
    EXPECT_NEAR(fit.values[j] / kPlanted[j], 1.0, 1e-5) << j;
  }
}

// A fifth of gross outliers, ten times too slow or twice too fast, changes next to nothing.
TEST(RelativeTest, IgnoresAFifthOfGrossOutliers) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Problem problem = MakeProblem(100, kPlanted, 0.0, seed);
    for (size_t i = 0; i < 100; i += 5) problem.latency_ms[i] *= i % 2 == 0 ? 10.0 : 0.5;
    const Coefficients fit = FitRelative(problem.design, problem.latency_ms);
    EXPECT_TRUE(fit.converged);
    for (size_t j = 0; j < kPlanted.size(); ++j) {
      EXPECT_NEAR(fit.values[j] / kPlanted[j], 1.0, 2e-3) << "seed " << seed << ", " << j;
    }
  }
}

// Noise and outliers together: the coefficients stay within what the noise explains.
TEST(RelativeTest, NoiseAndOutliers) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Problem problem = MakeProblem(200, kPlanted, 0.03, seed);
    for (size_t i = 0; i < 200; i += 5) problem.latency_ms[i] *= 8.0;
    const Coefficients fit = FitRelative(problem.design, problem.latency_ms);
    EXPECT_TRUE(fit.converged);
    for (size_t j = 0; j < kPlanted.size(); ++j) {
      EXPECT_NEAR(fit.values[j] / kPlanted[j], 1.0, 0.15) << "seed " << seed << ", " << j;
    }
  }
}

// No change of coefficients lowers the summed relative error by more than the smoothing explains.
TEST(RelativeTest, IsAMinimum) {
  std::mt19937_64 random(17);
  std::normal_distribution<double> normal;
  const Problem problem = MakeProblem(80, kPlanted, 0.2, 3);
  const Coefficients fit = FitRelative(problem.design, problem.latency_ms);
  ASSERT_TRUE(fit.converged);
  const double sum = RelativeSum(problem, fit.values);
  for (int i = 0; i < 20000; ++i) {
    std::vector<double> x = fit.values;
    const double size = std::pow(10.0, -5 + 4 * static_cast<double>(i % 100) / 100);
    for (double& c : x) c = std::max(0.0, c * (1 + size * normal(random)));
    ASSERT_GT(RelativeSum(problem, x), sum - 80 * 1e-5);
  }
}

// A column that does not matter, and one that would need a negative coefficient, are exact zeros.
TEST(RelativeTest, ExactZeros) {
  Problem problem = MakeProblem(60, {2e-9, 3e-3}, 0.0, 5);
  const std::span<double> against = problem.design.AddColumn("against");
  for (size_t i = 0; i < 60; ++i) against[i] = problem.latency_ms[i];
  for (size_t i = 0; i < 60; ++i) problem.latency_ms[i] = 1.0 + 1.0 / problem.latency_ms[i];
  for (double& one : problem.design.AddColumn(kIntercept)) one = 1.0;
  const Coefficients fit = FitRelative(problem.design, problem.latency_ms);
  EXPECT_EQ(fit.values[2], 0.0);
  EXPECT_GT(fit.values[3], 0.5);
}

// Columns that cannot be told apart share the latency by the ridge, the same way every time.
TEST(RelativeTest, SharesBetweenEqualColumns) {
  Problem problem = MakeProblem(60, kPlanted, 0.05, 6);
  const std::span<double> copy = problem.design.AddColumn("copy");
  const std::span<const double> original = problem.design.Column(0);
  for (size_t i = 0; i < 60; ++i) copy[i] = original[i];
  const Coefficients fit = FitRelative(problem.design, problem.latency_ms);
  EXPECT_NEAR(fit.values[5] / fit.values[0], 1.0, 1e-3);
  EXPECT_NEAR((fit.values[5] + fit.values[0]) / kPlanted[0], 1.0, 0.1);
}

// Units do not matter: columns and latencies scaled by powers of ten give scaled coefficients.
TEST(RelativeTest, ScalesWithTheUnits) {
  const Problem problem = MakeProblem(60, kPlanted, 0.1, 7);
  const Coefficients fit = FitRelative(problem.design, problem.latency_ms);
  Problem scaled = problem;
  for (double& value : scaled.design.Column(1)) value *= 1e12;
  for (double& y : scaled.latency_ms) y *= 1e-6;
  const Coefficients other = FitRelative(scaled.design, scaled.latency_ms);
  for (size_t j = 0; j < kPlanted.size(); ++j) {
    const double unit = 1e-6 * (j == 1 ? 1e-12 : 1.0);
    EXPECT_NEAR(other.values[j] / (fit.values[j] * unit), 1.0, 1e-9) << j;
  }
}

// Twice the points, the same coefficients.
TEST(RelativeTest, DuplicatedPointsChangeNothing) {
  const Problem problem = MakeProblem(40, kPlanted, 0.1, 8);
  Problem twice;
  twice.design.rows = 80;
  for (size_t j = 0; j < kPlanted.size(); ++j) {
    const std::span<double> column = twice.design.AddColumn(problem.design.names[j]);
    for (size_t i = 0; i < 80; ++i) column[i] = problem.design.Column(j)[i % 40];
  }
  for (size_t i = 0; i < 80; ++i) twice.latency_ms.push_back(problem.latency_ms[i % 40]);
  const Coefficients one = FitRelative(problem.design, problem.latency_ms);
  const Coefficients two = FitRelative(twice.design, twice.latency_ms);
  for (size_t j = 0; j < kPlanted.size(); ++j) {
    EXPECT_NEAR(two.values[j] / one.values[j], 1.0, 1e-8) << j;
  }
}

}  // namespace
}  // namespace latcast::regression
