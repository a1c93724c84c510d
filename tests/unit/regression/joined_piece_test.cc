#include "regression/joined_piece.h"

#include <gmock/gmock.h>

#include <cmath>
#include <random>
#include <vector>

#include "make_design.h"
#include "regression/classic.h"

namespace latcast::regression {
namespace {

struct Line {
  std::vector<double> x, y;
};

// y = 2 + 0.25 (x - 2) below 2 and x above, to 100; the breakpoint is one that is tried.
Line Planted() {
  Line line;
  for (double x = 0.1; x <= 100.0; x = x < 3.0 ? x + 0.1 : x * 1.5) {
    line.x.push_back(x);
    line.y.push_back(x < 2.0 ? 2.0 + 0.25 * (x - 2.0) : x);
  }
  line.x.push_back(100.0);
  line.y.push_back(100.0);
  return line;
}

double Latency(const TwoPiece& piece, double x) {
  return x < piece.breakpoint_ms ? piece.slope * x + piece.offset_ms : x;
}

double RelativeSum(const TwoPiece& piece, const Line& line) {
  double sum = 0.0;
  for (size_t i = 0; i < line.x.size(); ++i) {
    sum += std::abs(Latency(piece, line.x[i]) - line.y[i]) / line.y[i];
  }
  return sum;
}

// A planted knee is found, slope and all.
TEST(JoinedPieceTest, FindsThePlantedKnee) {
  const Line line = Planted();
  const auto piece = FitJoinedPiece(line.x, line.y, 0.0);
  ASSERT_TRUE(piece.has_value());
  EXPECT_NEAR(piece->breakpoint_ms, 2.0, 1e-9);
  EXPECT_NEAR(piece->slope, 0.25, 1e-9);
}

// No slope of a grid at any breakpoint that is tried has a smaller sum of relative errors, and the
// result is continuous and never falls, over random points.
TEST(JoinedPieceTest, IsTheBestContinuousMonotonePiece) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  for (int round = 0; round < 30; ++round) {
    Line line;
    for (int i = 0; i < 40; ++i) {
      line.x.push_back(0.3 + std::pow(10.0, -1.0 + 3.0 * uniform(random)));
      line.y.push_back((line.x.back() + 2.0 * uniform(random)) * std::exp(uniform(random) - 0.5));
    }
    const double largest = *std::max_element(line.x.begin(), line.x.end());
    const auto piece = FitJoinedPiece(line.x, line.y, 0.3);
    const double best = piece ? RelativeSum(*piece, line) : RelativeSum({0.0, 1.0, 0.0}, line);
    for (const double b : Breakpoints(largest, 0.3)) {
      const double most = b > 0.3 ? b / (b - 0.3) : 1.0;
      for (double slope = 0.0; slope <= most; slope += 0.05) {
        ASSERT_GE(RelativeSum({b, slope, b * (1.0 - slope)}, line), best * (1.0 - 1e-12));
      }
    }
    if (!piece) continue;
    EXPECT_GE(piece->slope, 0.0);
    EXPECT_GE(Latency(*piece, 0.3), -1e-12);
    const double below = std::nextafter(piece->breakpoint_ms, 0.0);
    EXPECT_LE(Latency(*piece, below), piece->breakpoint_ms);
    EXPECT_NEAR(Latency(*piece, below), piece->breakpoint_ms, 1e-9);
  }
}

// None where two pieces are no better than one, or where no two points lie below.
TEST(JoinedPieceTest, NoneWhereItDoesNotHelp) {
  EXPECT_FALSE(
      FitJoinedPiece(std::vector<double>{1, 2, 3, 100}, std::vector<double>{1, 2, 3, 100}, 0.0));
  EXPECT_FALSE(FitJoinedPiece(std::vector<double>{50, 60, 100}, std::vector<double>{9, 9, 9}, 2.0));
  EXPECT_FALSE(FitJoinedPiece(std::vector<double>{3, 3, 100}, std::vector<double>{9, 8, 9}, 2.0));
}

// Both families keep their first piece.
TEST(JoinedPieceTest, KeepsTheFirstPiece) {
  const Line line = Planted();
  Design design = MakeDesignOf({line.x});
  for (double& one : design.AddColumn(kIntercept)) one = 1.0;
  const Coefficients joined = FitClassicJoined(design, line.y);
  EXPECT_EQ(joined.values, FitClassic(design, line.y).values);
  EXPECT_TRUE(joined.two_piece.has_value());
  EXPECT_TRUE(FitRelativeJoined(design, line.y).converged);
}

}  // namespace
}  // namespace latcast::regression
