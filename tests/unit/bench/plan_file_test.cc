#include "absl/strings/str_cat.h"
#include "bench/plan/plan.h"

namespace latcast::bench {
namespace {

using ::testing::HasSubstr;

// A plan that is written reads back equal, and byte for byte the same again.
TEST(PlanFileTest, RoundTrip) {
  Plan plan;
  plan.items = {
      {"block:Fire?batch=2", "Fire", true}, {"resnet18", "network"}, {"dir/\"x\".lcg", "network"}};
  plan.settings = {{"plan", "quick"}, {"seed", "7"}};
  const std::string text = FormatPlan(plan);
  ASSERT_OK_AND_ASSIGN(const Plan read, ParsePlan(text));
  EXPECT_EQ(read.items, plan.items);
  EXPECT_EQ(read.settings, plan.settings);
  EXPECT_EQ(FormatPlan(read), text);
}

// Settings may be left out.
TEST(PlanFileTest, SettingsAreOptional) {
  ASSERT_OK_AND_ASSIGN(const Plan plan,
                       ParsePlan(R"({"version":1,"items":[{"spec":"a","group":"b"}]})"));
  EXPECT_EQ(plan.items, (std::vector<PlanItem>{{"a", "b"}}));
}

// Each mistake is an error that names its place.
TEST(PlanFileTest, ErrorsNameThePlace) {
  const auto expect = [](const std::string& text, const std::string& message) {
    EXPECT_THAT(ParsePlan(text), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)))
        << text;
  };
  const auto with_item = [](const std::string& item) {
    return absl::StrCat(R"({"version":1,"items":[{"spec":"a","group":"b"},)", item, "]}");
  };
  expect("", "not JSON");
  expect("{\"version\":1,", "not JSON");
  expect("[]", "plan: an object expected");
  expect(R"({"items":[]})", "version: a whole number expected");
  expect(R"({"version":1})", "items: a list expected");
  expect(R"({"version":1,"items":[]})", "items: nothing to measure");
  expect(R"({"version":1,"items":[],"setings":{}})", "setings: unknown field");
  expect(R"({"version":1,"items":[],"settings":7})", "settings: an object expected");
  expect(R"({"version":1,"items":[],"settings":{"seed":7}})", "settings.seed: a text expected");
  expect(with_item("3"), "items[1]: an object expected");
  expect(with_item(R"({"group":"b"})"), "items[1].spec: missing");
  expect(with_item(R"({"spec":"x"})"), "items[1].group: missing");
  expect(with_item(R"({"spec":7,"group":"b"})"), "items[1].spec: a text expected");
  expect(with_item(R"({"spec":"","group":"b"})"), "items[1].spec: empty");
  expect(with_item(R"({"spec":"x","group":"b","batch":1})"), "items[1].batch: unknown field");
  expect(with_item(R"({"spec":"x","group":"b","use":"test"})"),
         "items[1].use: 'test' is neither fit nor check");
  expect(with_item(R"({"spec":"x","group":"b","use":true})"), "items[1].use: a text expected");
  expect(with_item(R"({"spec":"a","group":"c"})"), "items[1].spec: 'a' is planned twice");
}

// A plan of a later program is refused as such.
TEST(PlanFileTest, AnotherVersion) {
  EXPECT_THAT(ParsePlan(R"({"version":2,"items":[]})"),
              StatusIs(absl::StatusCode::kFailedPrecondition, "version: 2, this program reads 1"));
}

// A file that is not there is named.
TEST(PlanFileTest, MissingFile) {
  EXPECT_THAT(ReadPlan("/nowhere/plan.json"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nowhere/plan.json")));
}

}  // namespace
}  // namespace latcast::bench
