#include "base/text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/status_matchers.h"

namespace latcast {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kOutOfRange = absl::StatusCode::kOutOfRange;

// The whole text is a decimal integer, up to the limits of 64 bits.
TEST(ParseIntTest, Accepts) {
  EXPECT_THAT(ParseInt("0"), IsOkAndHolds(0));
  EXPECT_THAT(ParseInt("-7"), IsOkAndHolds(-7));
  EXPECT_THAT(ParseInt("007"), IsOkAndHolds(7));
  EXPECT_THAT(ParseInt("9223372036854775807"), IsOkAndHolds(std::numeric_limits<int64_t>::max()));
  EXPECT_THAT(ParseInt("-9223372036854775808"), IsOkAndHolds(std::numeric_limits<int64_t>::min()));
}

// Anything else is refused, and the text that is no number is told from one too large.
TEST(ParseIntTest, Refuses) {
  for (const char* text :
       {"", " 1", "1 ", "+1", "1.0", "1e3", "0x10", "--1", "one", "99999999999999999999x"}) {
    EXPECT_THAT(ParseInt(text), StatusIs(kInvalid, HasSubstr("is not a whole number"))) << text;
  }
  EXPECT_THAT(ParseInt("9223372036854775808"),
              StatusIs(kOutOfRange, HasSubstr("9223372036854775808")));
}

// Decimal and scientific notation, and the two names that FormatExact writes.
TEST(ParseDoubleTest, Accepts) {
  EXPECT_THAT(ParseDouble("1.5"), IsOkAndHolds(1.5));
  EXPECT_THAT(ParseDouble("-1.3392e-08"), IsOkAndHolds(-1.3392e-08));
  EXPECT_THAT(ParseDouble("3"), IsOkAndHolds(3.0));
  ASSERT_OK_AND_ASSIGN(const double nan, ParseDouble("nan"));
  EXPECT_TRUE(std::isnan(nan));
  EXPECT_THAT(ParseDouble("-inf"), IsOkAndHolds(-std::numeric_limits<double>::infinity()));
}

// Anything else is refused.
TEST(ParseDoubleTest, Refuses) {
  for (const char* text : {"", " 1", "1,5", "1.5ms", "+1", "0x10", "-", "e5"}) {
    EXPECT_THAT(ParseDouble(text), StatusIs(kInvalid, HasSubstr("is not a number"))) << text;
  }
  EXPECT_THAT(ParseDouble("1e400"), StatusIs(kOutOfRange, HasSubstr("1e400")));
}

// Dimensions are positive numbers joined by x.
TEST(ParseDimsTest, Accepts) {
  ASSERT_OK_AND_ASSIGN(const std::vector<int64_t> dims, ParseDims("1x3x224x224"));
  EXPECT_THAT(dims, ElementsAre(1, 3, 224, 224));
  ASSERT_OK_AND_ASSIGN(const std::vector<int64_t> one, ParseDims("10"));
  EXPECT_THAT(one, ElementsAre(10));
  EXPECT_EQ(JoinDims(dims), "1x3x224x224");
  EXPECT_EQ(JoinDims(dims, ", "), "1, 3, 224, 224");
  EXPECT_EQ(JoinDims({}), "");
}

// A part that is no positive number is refused, and named.
TEST(ParseDimsTest, Refuses) {
  for (const char* text :
       {"", "x", "1x", "x1", "1xx2", "1X3", "1,3", "1x-3", "0x3", "1x3.5", "1x 3"}) {
    EXPECT_THAT(ParseDims(text), StatusIs(kInvalid, HasSubstr("dimensions"))) << text;
  }
  EXPECT_THAT(ParseDims("1x0x224"), StatusIs(kInvalid, HasSubstr("'1x0x224': 0 is not positive")));
  EXPECT_THAT(ParseDims("1x9223372036854775808"), StatusIs(kOutOfRange, HasSubstr("fit")));
}

// The nearest name is proposed for a slip of the pen, and none for another word.
TEST(NearestTest, ProposesSlipsOnly) {
  const std::vector<std::string_view> names = {"conv2d", "relu", "relu6", "linear", "h"};
  EXPECT_EQ(Nearest("conv2", names), "conv2d");
  EXPECT_EQ(Nearest("covn2d", names), "conv2d");
  EXPECT_EQ(Nearest("relu7", names), "relu");  // the first of two at one edit
  EXPECT_EQ(Nearest("Linear", names), "linear");
  EXPECT_EQ(Nearest("relu6", names), "relu6");
  EXPECT_EQ(Nearest("softmax", names), "");
  EXPECT_EQ(Nearest("w", names), "");
  EXPECT_EQ(Nearest("", names), "");
  EXPECT_EQ(Nearest("conv2d", {}), "");
  EXPECT_EQ(DidYouMean("conv2", names), "; did you mean 'conv2d'?");
  EXPECT_EQ(DidYouMean("softmax", names), "");
}

}  // namespace
}  // namespace latcast
