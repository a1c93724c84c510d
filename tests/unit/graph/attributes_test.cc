#include "analyzer/graph/attributes.h"

#include <gtest/gtest.h>

#include "base/status_matchers.h"

namespace latcast::graph {
namespace {

using ::testing::HasSubstr;
using Ints = std::vector<int64_t>;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

const Attributes kAttributes = {
    {"one", int64_t{3}},
    {"pair", Ints{1, 2}},
    {"single", Ints{5}},
    {"none", Ints{}},
    {"flag", true},
    {"real", 0.5},
    {"text", std::string("same")},
    {"reals", std::vector<double>{0.5, 2.0}},
};

// An int is read as an int, with a fallback only for absence.
TEST(AttributesTest, GetInt) {
  EXPECT_THAT(GetInt(kAttributes, "one"), IsOkAndHolds(3));
  EXPECT_THAT(GetInt(kAttributes, "one", 7), IsOkAndHolds(3));
  EXPECT_THAT(GetInt(kAttributes, "absent", 7), IsOkAndHolds(7));
  EXPECT_THAT(GetInt(kAttributes, "absent"),
              StatusIs(kInvalid, HasSubstr("attribute absent is missing")));
  EXPECT_THAT(GetInt(kAttributes, "flag", 7),
              StatusIs(kInvalid, HasSubstr("attribute flag: an int expected, found true")));
  EXPECT_THAT(GetInt(kAttributes, "real"), StatusIs(kInvalid, HasSubstr("found 0.5")));
}

// A bool is neither an int nor a text.
TEST(AttributesTest, GetBool) {
  EXPECT_THAT(GetBool(kAttributes, "flag", false), IsOkAndHolds(true));
  EXPECT_THAT(GetBool(kAttributes, "absent", true), IsOkAndHolds(true));
  EXPECT_THAT(GetBool(kAttributes, "one", true),
              StatusIs(kInvalid, HasSubstr("attribute one: true or false expected, found 3")));
}

// A whole number may stand for a real one.
TEST(AttributesTest, GetDouble) {
  EXPECT_THAT(GetDouble(kAttributes, "real", 1.0), IsOkAndHolds(0.5));
  EXPECT_THAT(GetDouble(kAttributes, "one", 1.0), IsOkAndHolds(3.0));
  EXPECT_THAT(GetDouble(kAttributes, "absent", 1.5), IsOkAndHolds(1.5));
  EXPECT_THAT(GetDouble(kAttributes, "text", 1.0),
              StatusIs(kInvalid, HasSubstr("a number expected, found \"same\"")));
}

// A list has the length asked for; one number stands for all, and none for the fallback.
TEST(AttributesTest, GetInts) {
  EXPECT_THAT(GetInts(kAttributes, "pair", 2, 0), IsOkAndHolds(Ints{1, 2}));
  EXPECT_THAT(GetInts(kAttributes, "one", 2, 0), IsOkAndHolds(Ints{3, 3}));
  EXPECT_THAT(GetInts(kAttributes, "single", 3, 0), IsOkAndHolds(Ints{5, 5, 5}));
  EXPECT_THAT(GetInts(kAttributes, "none", 2, 4), IsOkAndHolds(Ints{4, 4}));
  EXPECT_THAT(GetInts(kAttributes, "absent", 2, 4), IsOkAndHolds(Ints{4, 4}));
  EXPECT_THAT(GetInts(kAttributes, "pair", 3, 0),
              StatusIs(kInvalid, HasSubstr("attribute pair: 3 ints expected, found 2")));
  EXPECT_THAT(GetInts(kAttributes, "text", 2, 0),
              StatusIs(kInvalid, HasSubstr("attribute text: a list of ints expected")));
}

// Numbers may be whole, and one may stand for all; there is no fallback.
TEST(AttributesTest, GetDoubles) {
  using Reals = std::vector<double>;
  EXPECT_THAT(GetDoubles(kAttributes, "reals", 2), IsOkAndHolds(Reals{0.5, 2.0}));
  EXPECT_THAT(GetDoubles(kAttributes, "pair", 2), IsOkAndHolds(Reals{1.0, 2.0}));
  EXPECT_THAT(GetDoubles(kAttributes, "real", 3), IsOkAndHolds(Reals{0.5, 0.5, 0.5}));
  EXPECT_THAT(GetDoubles(kAttributes, "single", 2), IsOkAndHolds(Reals{5.0, 5.0}));
  EXPECT_THAT(GetDoubles(kAttributes, "reals", 3),
              StatusIs(kInvalid, HasSubstr("attribute reals: 3 numbers expected, found 2")));
  EXPECT_THAT(GetDoubles(kAttributes, "absent", 2), StatusIs(kInvalid, HasSubstr("is missing")));
  EXPECT_THAT(GetDoubles(kAttributes, "text", 2), StatusIs(kInvalid, HasSubstr("text")));
}

// A text is read as it is.
TEST(AttributesTest, GetString) {
  EXPECT_THAT(GetString(kAttributes, "text"), IsOkAndHolds("same"));
  EXPECT_THAT(GetString(kAttributes, "absent"), StatusIs(kInvalid, HasSubstr("is missing")));
  EXPECT_THAT(GetString(kAttributes, "one"),
              StatusIs(kInvalid, HasSubstr("attribute one: a text expected, found 3")));
}

// Only a true bool called inplace means in place.
TEST(AttributesTest, IsInplace) {
  EXPECT_TRUE(IsInplace({{"inplace", true}}));
  EXPECT_FALSE(IsInplace({{"inplace", false}}));
  EXPECT_FALSE(IsInplace({{"inplace", int64_t{1}}}));
  EXPECT_FALSE(IsInplace({}));
}

// Attributes print in the order of their names, each in the notation of its type.
TEST(AttributesTest, ToString) {
  EXPECT_EQ(ToString(kAttributes),
            "flag=true, none=[], one=3, pair=[1, 2], real=0.5, reals=[0.5, 2], single=[5], "
            "text=\"same\"");
  EXPECT_EQ(ToString(Attributes{}), "");
}

}  // namespace
}  // namespace latcast::graph
