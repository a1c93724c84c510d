#include "base/checked.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/status_matchers.h"

namespace latcast {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();

// Arithmetic inside 64 bits is ordinary arithmetic, up to the very limits.
TEST(CheckedTest, ComputesWithinRange) {
  EXPECT_THAT((Checked(2) * 3 + 4 - 1).Value("n"), IsOkAndHolds(9));
  EXPECT_THAT((Checked(kMax - 1) + 1).Value("n"), IsOkAndHolds(kMax));
  EXPECT_THAT((Checked(kMin + 1) - 1).Value("n"), IsOkAndHolds(kMin));
  EXPECT_THAT((Checked(int64_t{1} << 31) * (int64_t{1} << 31)).Value("n"),
              IsOkAndHolds(int64_t{1} << 62));
  EXPECT_THAT(Checked().Value("n"), IsOkAndHolds(0));
}

// A step that leaves the range is OUT_OF_RANGE and names what was computed.
TEST(CheckedTest, OverflowIsOutOfRange) {
  for (const Checked n : {Checked(kMax) + 1, Checked(kMin) - 1, Checked(kMax) * 2,
                          Checked(kMin) * -1, Checked(int64_t{1} << 32) * (int64_t{1} << 31)}) {
    EXPECT_TRUE(n.overflow());
    EXPECT_THAT(n.Value("conv2d macs"),
                StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("conv2d macs")));
  }
}

// An overflow stays, whatever is computed from it, even where the wrapped number would come back.
TEST(CheckedTest, OverflowIsRemembered) {
  EXPECT_TRUE((Checked(kMax) + 1 - 1).overflow());
  EXPECT_TRUE((Checked(kMax) * 2 * 0).overflow());
  EXPECT_TRUE((0 * (Checked(kMax) + 1)).overflow());
  EXPECT_TRUE((1 - (Checked(kMax) + 1)).overflow());
}

// The assigning operators are the binary ones.
TEST(CheckedTest, CompoundAssignment) {
  Checked n = 5;
  n += 3;
  n -= 1;
  n *= 6;
  EXPECT_THAT(n.Value("n"), IsOkAndHolds(42));
  n *= kMax;
  EXPECT_TRUE(n.overflow());
}

}  // namespace
}  // namespace latcast
