#include "regression/classic.h"

#include <cmath>
#include <random>

#include "base/status_matchers.h"
#include "make_design.h"

namespace latcast::regression {
namespace {

// Exact data from a known second piece: its line is found to the last digits, and the breakpoint
// lies between the points on either side of it.
TEST(ClassicTest, RecoversAPlantedSecondPiece) {
  std::mt19937_64 random(13);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  for (int problem = 0; problem < 100'000; ++problem) {
    // Points a step of the scan apart or more, the knee between two of them.
    const double intercept = 0.2 + uniform(random);
    const double largest = 100.0;
    const double knee = intercept + 3.0 + uniform(random);
    const double slope = 0.5 + uniform(random);
    const double offset = 0.5 * uniform(random);
    std::vector<double> x, y;
    for (double at = intercept + 0.1; at < 12.0; at += 0.3 + 0.2 * uniform(random)) x.push_back(at);
    x.push_back(largest);
    double last_below = 0.0, first_above = largest;
    for (const double at : x) {
      const bool below = at < knee;
      y.push_back(below ? slope * at + offset : at);
      if (below) last_below = std::max(last_below, at);
      if (!below) first_above = std::min(first_above, at);
    }
    const std::optional<TwoPiece> piece = FitSecondPiece(x, y, intercept);
    ASSERT_TRUE(piece.has_value());
    ASSERT_NEAR(piece->slope, slope, 1e-9) << problem;
    ASSERT_NEAR(piece->offset_ms, offset, 1e-9) << problem;
    ASSERT_GT(piece->breakpoint_ms, last_below) << problem;
    ASSERT_LE(piece->breakpoint_ms, first_above) << problem;
  }
}

// The breakpoint lies on the scan's grid, and at it the summed relative error is no larger than at
// any other candidate with any line through two points.
TEST(ClassicTest, SecondPieceIsTheBestOfTheGrid) {
  std::mt19937_64 random(14);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  std::vector<double> x, y;
  for (int i = 0; i < 25; ++i) {
    x.push_back(0.3 + 12 * uniform(random) * uniform(random));
    y.push_back(x.back() * (0.7 + 0.6 * uniform(random)));
  }
  x.push_back(100.0);
  y.push_back(101.0);
  const std::optional<TwoPiece> piece = FitSecondPiece(x, y, 0.25);
  ASSERT_TRUE(piece.has_value());
  const auto sum = [&](const TwoPiece& p) {
    double total = 0.0;
    for (size_t i = 0; i < x.size(); ++i) {
      const double latency = x[i] < p.breakpoint_ms ? p.slope * x[i] + p.offset_ms : x[i];
      total += std::abs(latency - y[i]) / y[i];
    }
    return total;
  };
  const double best = sum(*piece);
  const double steps = (piece->breakpoint_ms - 0.25) / 0.1;
  EXPECT_NEAR(steps, std::round(steps), 1e-9);
  for (double candidate = 0.25; candidate < 10.0; candidate += 0.1) {
    for (size_t i = 0; i < x.size(); ++i) {
      for (size_t j = 0; j < i; ++j) {
        const double slope = (y[i] - y[j]) / (x[i] - x[j]);
        ASSERT_GE(sum({candidate, slope, y[i] - slope * x[i]}), best * (1 - 1e-9));
      }
    }
  }
}

// No second piece where the scan has no room, or where too few points lie below it.
TEST(ClassicTest, NoSecondPieceWithoutPointsBelow) {
  EXPECT_FALSE(FitSecondPiece(std::vector<double>{5, 6, 10}, std::vector<double>{5, 6, 10}, 2.0));
  EXPECT_FALSE(FitSecondPiece(std::vector<double>{50, 60, 100}, std::vector<double>{9, 9, 9}, 2.0));
  EXPECT_FALSE(FitSecondPiece(std::vector<double>{3, 60, 100}, std::vector<double>{9, 9, 9}, 2.0));
  EXPECT_FALSE(FitSecondPiece(std::vector<double>{3, 3, 100}, std::vector<double>{9, 8, 9}, 2.0));
  EXPECT_FALSE(FitSecondPiece(std::vector<double>{0, 0, 0}, std::vector<double>{9, 8, 9}, 0.0));
}

// A negative least-squares coefficient, the intercept's too, makes the fit non-negative.
TEST(ClassicTest, KeepsCoefficientsNonNegative) {
  Design design = MakeDesignOf({{1, 2, 3, 4, 50}});
  for (double& one : design.AddColumn(kIntercept)) one = 1.0;
  const Coefficients inside = FitClassic(design, std::vector<double>{12, 14, 16, 18, 110});
  EXPECT_NEAR(inside.values[0], 2.0, 1e-12);
  EXPECT_NEAR(inside.values[1], 10.0, 1e-12);
  const Coefficients bound = FitClassic(design, std::vector<double>{1, 3, 5, 7, 99});  // 2 x - 1
  EXPECT_EQ(bound.values[1], 0.0);
  EXPECT_NEAR(bound.values[0], (1 + 6 + 15 + 28 + 4950) / (1 + 4 + 9 + 16 + 2500.0), 1e-12);
}

}  // namespace
}  // namespace latcast::regression
