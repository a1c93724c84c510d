#include "bench/plan/d_optimal.h"

#include <cmath>

namespace latcast::bench {
namespace {

bool Any(size_t) { return true; }
double OwnGain(size_t, double gain) { return gain; }

// Of a crowd along one axis and one point along another, the second choice is the lonely one; a
// candidate is chosen once, and then there is none left.
TEST(DOptimalTest, LooksForWhatIsMissing) {
  DOptimalDesign design({{1, 0}, {0.9, 0}, {0.95, 0}, {0, 0.5}});
  EXPECT_EQ(design.Best(Any, OwnGain), 0u);  // the longest, as the first of two equals
  design.Choose(0);
  EXPECT_EQ(design.Best(Any, OwnGain), 3u);
  design.Choose(3);
  EXPECT_EQ(design.Best(Any, OwnGain), 2u);
  design.Choose(2);
  design.Choose(1);
  EXPECT_EQ(design.Best(Any, OwnGain), std::nullopt);
}

// The gain is the growth of log det M, computed by hand for two unit vectors (prior 1e-4).
TEST(DOptimalTest, GainIsTheGrowthOfTheDeterminant) {
  DOptimalDesign design({{1, 0}, {1, 1}});
  EXPECT_NEAR(design.Gain(0), std::log(1 + 1e4), 1e-9);
  design.Choose(0);
  EXPECT_NEAR(design.Gain(0), std::log(1 + 1 / 1.0001), 1e-9);
  EXPECT_NEAR(design.Gain(1), std::log(1 + 1 / 1.0001 + 1e4), 1e-9);
}

// Units do not matter: a column in bytes or in gigabytes gives the same choices.
TEST(DOptimalTest, ColumnsAreScaled) {
  DOptimalDesign small({{1, 2e-9}, {3, 1e-9}, {2, 5e-9}});
  DOptimalDesign large({{1, 2e9}, {3, 1e9}, {2, 5e9}});
  for (size_t i = 0; i < 3; ++i) EXPECT_NEAR(small.Gain(i), large.Gain(i), 1e-9);
}

// A column without any value is dropped instead of dividing by zero.
TEST(DOptimalTest, EmptyColumn) {
  DOptimalDesign design({{1, 0}, {2, 0}});
  EXPECT_EQ(design.Best(Any, OwnGain), 1u);
  EXPECT_TRUE(std::isfinite(design.Gain(0)));
}

// What is not allowed is not chosen, and the score decides among the rest.
TEST(DOptimalTest, FilterAndScore) {
  DOptimalDesign design({{3, 0}, {2, 0}, {1, 0}});
  EXPECT_EQ(design.Best([](size_t i) { return i != 0; }, OwnGain), 1u);
  EXPECT_EQ(design.Best(Any, [](size_t i, double gain) { return i == 2 ? gain : 0.0; }), 2u);
}

}  // namespace
}  // namespace latcast::bench
