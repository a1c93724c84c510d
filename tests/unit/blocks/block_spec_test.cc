#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "analyzer/blocks/block_library.h"
#include "base/status_matchers.h"
#include "base/text.h"

namespace latcast::blocks {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kNotFound = absl::StatusCode::kNotFound;

std::string Spec(const BlockFamily& family, const BlockParameter& parameter, int64_t value) {
  return absl::StrCat(ToAbsl(family.name), "?", ToAbsl(parameter.name), "=", value);
}

// Every family has a name and a text of its own, and parameters whose default lies in their limits.
TEST(BuiltinFamiliesTest, DeclarationsAreSound) {
  std::set<std::string_view> names;
  for (const BlockFamily& family : BuiltinFamilies()) {
    SCOPED_TRACE(std::string(family.name));
    EXPECT_TRUE(names.insert(family.name).second);
    EXPECT_FALSE(family.doc.empty());
    ASSERT_NE(family.build, nullptr);
    ASSERT_FALSE(family.parameters.empty());
    EXPECT_EQ(family.parameters.front().name, "batch");
    EXPECT_EQ(family.parameters.front().default_value, 1);
    std::set<std::string_view> parameters;
    for (const BlockParameter& parameter : family.parameters) {
      SCOPED_TRACE(std::string(parameter.name));
      EXPECT_TRUE(parameters.insert(parameter.name).second);
      EXPECT_FALSE(parameter.doc.empty());
      EXPECT_GE(parameter.default_value, parameter.min);
      EXPECT_LE(parameter.default_value, parameter.max);
      EXPECT_GE(parameter.min, 0);
    }
  }
  EXPECT_THAT(names, testing::IsSupersetOf({"BasicBlock", "Bottleneck", "InceptionStem",
                                            "RegNetBlock", "InvertedResidual", "MBConv"}));
}

// A family name alone stands for the family at its defaults, with or without the prefix.
TEST(ParseBlockSpecTest, FamilyDefaults) {
  for (const BlockFamily& family : BuiltinFamilies()) {
    for (const std::string prefix : {"", "block:"}) {
      ASSERT_OK_AND_ASSIGN(const BlockSpec spec, ParseBlockSpec(prefix + std::string(family.name)));
      EXPECT_EQ(spec.name, family.name);
      EXPECT_EQ(spec.family, &family);
      ASSERT_EQ(spec.arguments.size(), family.parameters.size());
      for (const BlockParameter& parameter : family.parameters) {
        EXPECT_EQ(spec.arguments.find(parameter.name)->second, parameter.default_value);
      }
    }
  }
}

// Given values replace defaults, and the text form lists every parameter in the family's order.
TEST(ParseBlockSpecTest, ArgumentsAndTextForm) {
  ASSERT_OK_AND_ASSIGN(
      const BlockSpec spec,
      ParseBlockSpec("block:InvertedResidual?stride=2&cin=16&w=112&h=112&cout=24&residual=0"));
  EXPECT_EQ(spec.ToString(),
            "block:InvertedResidual?batch=1&cin=16&h=112&w=112&cout=24&stride=2&expand=6&kernel=3"
            "&residual=0");
}

// Whatever is parsed prints to a spec that parses to the same block.
TEST(ParseBlockSpecTest, RoundTrips) {
  std::vector<std::string> specs = {"Bottleneck?batch=64&groups=32&width=128", "MBConv?se=0"};
  for (const BlockFamily& family : BuiltinFamilies()) specs.emplace_back(family.name);
  for (const BlockPreset& preset : ClassicBlocks()) {
    specs.push_back("classic/" + std::string(preset.name) + "?batch=7");
  }
  for (const std::string& text : specs) {
    ASSERT_OK_AND_ASSIGN(const BlockSpec spec, ParseBlockSpec(text));
    ASSERT_OK_AND_ASSIGN(const BlockSpec again, ParseBlockSpec(spec.ToString()));
    EXPECT_EQ(again.family, spec.family) << text;
    EXPECT_EQ(again.arguments, spec.arguments) << text;
    EXPECT_EQ(again.ToString(), spec.ToString());
  }
}

// A preset sets its family's parameters, and a given value goes before it.
TEST(ParseBlockSpecTest, PresetsSetParameters) {
  ASSERT_OK_AND_ASSIGN(const BlockSpec spec, ParseBlockSpec("block:BasicBlock7?batch=10&h=28"));
  EXPECT_EQ(spec.name, "BasicBlock7");
  EXPECT_EQ(spec.ToString(),
            "block:BasicBlock?batch=10&cin=256&h=28&w=14&cout=512&stride=2&residual=0");
}

// A name that a family and a preset share is the family's; "classic/" reaches the preset.
TEST(ParseBlockSpecTest, FamilyGoesBeforePreset) {
  ASSERT_OK_AND_ASSIGN(const BlockSpec family, ParseBlockSpec("block:MBConv"));
  EXPECT_EQ(family.arguments.at("residual"), 1);
  EXPECT_EQ(family.arguments.at("cout"), 40);
  ASSERT_OK_AND_ASSIGN(const BlockSpec preset, ParseBlockSpec("block:classic/MBConv"));
  EXPECT_EQ(preset.name, "classic/MBConv");
  EXPECT_EQ(preset.family, family.family);
  EXPECT_EQ(preset.arguments.at("residual"), 0);
  EXPECT_EQ(preset.arguments.at("cout"), 80);
}

// An unknown name is NOT_FOUND and the nearest known one is proposed.
TEST(ParseBlockSpecTest, UnknownNames) {
  EXPECT_THAT(ParseBlockSpec("block:BasicBlok"),
              StatusIs(kNotFound,
                       "block 'BasicBlok': no block 'BasicBlok'; did you mean "
                       "'BasicBlock'?"));
  EXPECT_THAT(ParseBlockSpec("block:Botleneck9"),
              StatusIs(kNotFound, HasSubstr("did you mean 'Bottleneck9'?")));
  EXPECT_THAT(ParseBlockSpec("block:classic/MBConf"),
              StatusIs(kNotFound, HasSubstr("did you mean 'MBConv'?")));
  for (const char* text : {"", "block:", "?", "block:block:Fire", "nothing_like_it", "classic/Fire",
                           "classic/", "block: Fire", "fire ?batch=1"}) {
    EXPECT_THAT(ParseBlockSpec(text), StatusIs(kNotFound, HasSubstr("no block '"))) << text;
  }
}

// Each bad argument is refused with the block, the parameter and what is wrong.
TEST(ParseBlockSpecTest, BadArguments) {
  const struct {
    const char* spec;
    const char* message;
  } kCases[] = {
      {"Fire?cinn=3", "block 'Fire': no parameter 'cinn' in Fire; did you mean 'cin'?"},
      {"Fire?zebra=3", "block 'Fire': no parameter 'zebra' in Fire"},
      {"Fire?cin=3&h=5&cin=3", "parameter 'cin' is given twice"},
      {"Fire?cin=", "parameter 'cin': '' is not a whole number"},
      {"Fire?cin=3.5", "parameter 'cin': '3.5' is not a whole number"},
      {"Fire?cin=3=4", "parameter 'cin': '3=4' is not a whole number"},
      {"Fire?cin=nan", "parameter 'cin': 'nan' is not a whole number"},
      {"Fire?cin= 3", "parameter 'cin': ' 3' is not a whole number"},
      {"Fire?cin=9223372036854775808", "parameter 'cin': '9223372036854775808' does not fit"},
      {"Fire?cin=-1", "parameter 'cin': -1 is not within 1 and 1000000"},
      {"Fire?cin", "'cin' is not key=value"},
      {"Fire?=3", "'=3' is not key=value"},
      {"Fire?", "'' is not key=value"},
      {"Fire?cin=3&", "'' is not key=value"},
      {"Fire?cin=3?h=4", "parameter 'cin': '3?h=4' is not a whole number"},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(ParseBlockSpec(c.spec), StatusIs(kInvalid, HasSubstr(c.message))) << c.spec;
    EXPECT_THAT(BuildBlock(c.spec), StatusIs(kInvalid, HasSubstr(c.message))) << c.spec;
  }
  EXPECT_THAT(ParseBlockSpec("Fire?cin=" + std::string(5000, '1')),
              StatusIs(kInvalid, HasSubstr("5009 characters, at most 4096")));
}

// Both limits of every parameter of every family hold: they are accepted, one beyond is refused.
TEST(ParseBlockSpecTest, EveryLimit) {
  for (const BlockFamily& family : BuiltinFamilies()) {
    for (const BlockParameter& p : family.parameters) {
      EXPECT_OK(ParseBlockSpec(Spec(family, p, p.min)));
      EXPECT_OK(ParseBlockSpec(Spec(family, p, p.max)));
      for (const int64_t value : {p.min - 1, p.max + 1, std::numeric_limits<int64_t>::max(),
                                  std::numeric_limits<int64_t>::min()}) {
        EXPECT_THAT(ParseBlockSpec(Spec(family, p, value)),
                    StatusIs(kInvalid, AllOf(HasSubstr(absl::StrCat("'", ToAbsl(p.name), "'")),
                                             HasSubstr(absl::StrCat(p.min, " and ", p.max)))))
            << family.name << " " << p.name;
      }
    }
  }
}

// Whatever is typed, the answer is a spec that reads back or one of the two documented errors.
TEST(ParseBlockSpecTest, MutatedSpecs) {
  std::mt19937 random(3);
  const std::string seeds[] = {"block:classic/MBConv?batch=3&cin=40", "Fire?squeeze=16&h=5",
                               "block:Classifier?in=25088"};
  using namespace std::string_view_literals;
  const std::string_view bytes = "?&=:/-0123456789ehinBlock\0\xFF "sv;
  int accepted = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text = seeds[i % 3];
    for (size_t edits = random() % 4; edits > 0; --edits) {
      const size_t at = random() % text.size();
      const char byte = bytes[random() % bytes.size()];
      if (random() % 2 == 0) {
        text[at] = byte;
      } else {
        text.insert(at, 1, byte);
      }
    }
    const absl::StatusOr<BlockSpec> spec = ParseBlockSpec(text);
    if (spec.ok()) {
      ++accepted;
      ASSERT_OK_AND_ASSIGN(const BlockSpec again, ParseBlockSpec(spec->ToString()));
      EXPECT_EQ(again.arguments, spec->arguments) << text;
    } else {
      EXPECT_TRUE(spec.status().code() == kInvalid || spec.status().code() == kNotFound)
          << text << ": " << spec.status().ToString();
    }
  }
  EXPECT_GT(accepted, 1000);
}

// A spec that was changed by hand is checked again before it is built.
TEST(BuildBlockTest, ChecksTheSpec) {
  ASSERT_OK_AND_ASSIGN(const BlockSpec good, ParseBlockSpec("Fire"));
  BlockSpec spec = good;
  spec.arguments["batch"] = 0;
  EXPECT_THAT(BuildBlock(spec), StatusIs(kInvalid, HasSubstr("parameter 'batch': 0")));
  spec = good;
  spec.arguments.erase("squeeze");
  EXPECT_THAT(BuildBlock(spec), StatusIs(kInvalid, HasSubstr("'squeeze' is missing")));
  spec = good;
  spec.arguments["speed"] = 1;
  EXPECT_THAT(BuildBlock(spec), StatusIs(kInvalid, HasSubstr("no parameter 'speed'")));
  spec = good;
  spec.family = nullptr;
  EXPECT_THAT(BuildBlock(spec), StatusIs(kInvalid, HasSubstr("no family")));
}

}  // namespace
}  // namespace latcast::blocks
