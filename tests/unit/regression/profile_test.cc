#include "regression/profile.h"

#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include "base/file.h"
#include "base/status_matchers.h"
#include "sample_model.h"

namespace latcast::regression {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Profile -> text -> profile -> text keeps every field and every byte.
TEST(ProfileTest, RoundTripIsExactAndByteStable) {
  const DeviceProfile profile = SampleProfile();
  const std::string text = FormatProfile(profile);
  ASSERT_OK_AND_ASSIGN(const DeviceProfile read, ParseProfile(text));
  EXPECT_EQ(read, profile);
  EXPECT_EQ(FormatProfile(read), text);
}

// Numbers of any magnitude read back to the same double.
TEST(ProfileTest, NumbersReadBackToTheSameDouble) {
  std::mt19937_64 random(1);
  DeviceProfile profile = SampleProfile();
  const std::vector<double> special = {0.0,    5e-324, 2.2250738585072014e-308, 1.0,    1e22,
                                       1e-300, 1e300,  1.7976931348623157e308,  1 / 3.0};
  for (int i = 0; i < 2000; ++i) {
    const double random_value = std::bit_cast<double>(random());
    if (!std::isfinite(random_value)) continue;
    profile.models[0].terms[0].coefficient =
        static_cast<size_t>(i) < special.size() ? special[static_cast<size_t>(i)] : random_value;
    ASSERT_OK_AND_ASSIGN(const DeviceProfile read, ParseProfile(FormatProfile(profile)));
    ASSERT_EQ(read, profile);
  }
}

// A negative zero equals zero, so equal profiles give equal text and equal hashes.
TEST(ProfileTest, NegativeZeroIsWrittenAsZero) {
  DeviceProfile profile = SampleProfile();
  DeviceProfile negative = profile;
  negative.models[0].terms[1].coefficient = -0.0;
  ASSERT_EQ(profile, negative);
  EXPECT_EQ(FormatProfile(profile), FormatProfile(negative));
  EXPECT_EQ(ModelHash(profile.models[0]), ModelHash(negative.models[0]));
}

using Visit = std::function<void(const json::json_pointer&, const std::string& path)>;

// Calls `visit` for every field of every object below `value`.
void ForEachField(const json& value, const json::json_pointer& at, const std::string& path,
                  const Visit& visit) {
  if (value.is_object()) {
    for (const auto& [key, child] : value.items()) {
      const std::string name = path.empty() ? key : path + "." + key;
      visit(at / key, name);
      ForEachField(child, at / key, name, visit);
    }
  } else if (value.is_array()) {
    for (size_t i = 0; i < value.size(); ++i) {
      ForEachField(value[i], at / i, absl::StrCat(path, "[", i, "]"), visit);
    }
  }
}

// Every field removed in turn is an error that names it, but for the optional parts and the free
// keys of the provenance.
TEST(ProfileTest, EveryRemovedFieldIsNamed) {
  const json good = json::parse(FormatProfile(SampleProfile()));
  int removed = 0;
  ForEachField(good, json::json_pointer(), "", [&](const json::json_pointer& at, std::string path) {
    if (path.starts_with("provenance.")) return;
    json bad = good;
    bad.at(at.parent_pointer()).erase(at.back());
    const std::string name = at.back();
    if (name == "two_piece" || name == "leave_group_out" || name == "correction" ||
        name == "interval_scale" || name == "leverage") {
      EXPECT_OK(ParseProfile(bad.dump())) << path;
    } else {
      EXPECT_THAT(ParseProfile(bad.dump()),
                  StatusIs(absl::StatusCode::kInvalidArgument, path + ": missing"));
      ++removed;
    }
  });
  EXPECT_EQ(removed, 107);
}

// Every field of another type is an error that names it.
TEST(ProfileTest, EveryFieldOfAnotherTypeIsNamed) {
  const json good = json::parse(FormatProfile(SampleProfile()));
  ForEachField(good, json::json_pointer(), "", [&](const json::json_pointer& at, std::string path) {
    for (const json& wrong : {json(nullptr), json(true), json(json::array({json::array()}))}) {
      if (wrong.type() == good.at(at).type()) continue;
      json bad = good;
      bad.at(at) = wrong;
      EXPECT_THAT(ParseProfile(bad.dump()),
                  StatusIs(absl::StatusCode::kInvalidArgument, StartsWith(path + ": not a")));
    }
  });
}

// A field nobody knows is refused at any depth.
TEST(ProfileTest, EveryUnknownFieldIsNamed) {
  const json good = json::parse(FormatProfile(SampleProfile()));
  for (const char* parent :
       {"", "/models/0", "/models/0/mode", "/models/0/terms/1", "/models/0/two_piece",
        "/models/0/correction", "/models/0/correction/inputs/1", "/models/0/interval_scale",
        "/models/0/leverage", "/models/0/domain/0", "/models/0/in_sample",
        "/models/0/cross_validated", "/models/0/leave_group_out"}) {
    json bad = good;
    bad.at(json::json_pointer(parent))["extra"] = 1;
    EXPECT_THAT(ParseProfile(bad.dump()),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("extra: unknown field")));
  }
}

// Text that is no profile: broken JSON, repeated fields, other types, other versions.
TEST(ProfileTest, RefusesOtherText) {
  EXPECT_THAT(ParseProfile("{\"device\": "),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not JSON: parse error at")));
  EXPECT_THAT(ParseProfile("[1]"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not an object")));
  EXPECT_THAT(ParseProfile(""),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not JSON")));
  const std::string good = FormatProfile(SampleProfile());
  std::string repeated = good;
  repeated.insert(1, "\"device\": \"x\",");
  EXPECT_THAT(ParseProfile(repeated),
              StatusIs(absl::StatusCode::kInvalidArgument, "field 'device' stands twice"));
  json other = json::parse(good);
  other["schema_version"] = 2;
  other["novelty"] = true;
  EXPECT_THAT(ParseProfile(other.dump()),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("schema_version: 2")));
  other = json::parse(good);
  other["models"][0]["terms"][0]["feature"] = "act";
  EXPECT_THAT(ParseProfile(other.dump()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "models[0].terms[0].feature: unknown feature 'act'; did you mean 'acts'?"));
  other = json::parse(good);
  for (const json& huge : {json(int64_t{1} << 40), json(~uint64_t{0}), json(-(int64_t{1} << 40))}) {
    other["models"][0]["mode"]["threads"] = huge;
    EXPECT_THAT(ParseProfile(other.dump()),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("fit 32 bits")));
  }
  other["models"][0]["mode"]["threads"] = 1.5;
  EXPECT_THAT(ParseProfile(other.dump()), StatusIs(absl::StatusCode::kInvalidArgument,
                                                   "models[0].mode.threads: not a whole number"));
}

// No prefix of a profile is a profile, and none brings the reader down.
TEST(ProfileTest, RefusesEveryTruncation) {
  const std::string good = FormatProfile(SampleProfile());
  for (size_t length = 0; length + 2 < good.size(); ++length) {
    ASSERT_FALSE(ParseProfile(good.substr(0, length)).ok()) << length;
  }
}

// A profile must have a device name that can be a resource id, models, and one model a mode.
TEST(ProfileTest, ValidatesTheProfile) {
  EXPECT_OK(Validate(SampleProfile()));
  const auto error = [](const std::function<void(DeviceProfile&)>& spoil) {
    DeviceProfile profile = SampleProfile();
    spoil(profile);
    return Validate(profile);
  };
  for (const char* device : {"", "a b", "a/b", "..", "-x", "caf\xC3\xA9"}) {
    EXPECT_THAT(error([&](auto& p) { p.device = device; }),
                StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("device: ")));
  }
  EXPECT_FALSE(error([](auto& p) { p.device = std::string(129, 'a'); }).ok());
  EXPECT_OK(error([](auto& p) { p.device = std::string(128, 'a'); }));
  EXPECT_OK(error([](auto& p) { p.description = "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"; }));
  for (const char* text : {"\xFF", "\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80", "a\xE2\x82"}) {
    EXPECT_THAT(error([&](auto& p) { p.description = text; }),
                StatusIs(absl::StatusCode::kInvalidArgument, "description: not UTF-8"));
    EXPECT_THAT(error([&](auto& p) { p.provenance["driver"] = text; }),
                StatusIs(absl::StatusCode::kInvalidArgument, "provenance.driver: not UTF-8"));
  }
  EXPECT_THAT(error([](auto& p) { p.models.clear(); }),
              StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("models: none")));
  EXPECT_THAT(error([](auto& p) { p.models[1].mode = p.models[0].mode; }),
              StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("models[1].mode: the same")));
  EXPECT_THAT(error([](auto& p) { p.models[1].feature_set = "cpus"; }),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "models[1].feature_set: unknown feature set 'cpus'; did you mean 'cpu'?"));
  EXPECT_THAT(error([](auto& p) { p.models[1].terms.clear(); }),
              StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("models[1].terms: none")));
}

// A file is read whole, and its errors carry its path.
TEST(ProfileTest, ReadsFilesUnderTheirPath) {
  const std::string path = ::testing::TempDir() + "/profile.json";
  ASSERT_OK(WriteFileAtomically(path, FormatProfile(SampleProfile())));
  EXPECT_THAT(ReadProfile(path), IsOkAndHolds(SampleProfile()));
  ASSERT_OK(WriteFileAtomically(path, "{}"));
  EXPECT_THAT(ReadProfile(path), StatusIs(absl::StatusCode::kInvalidArgument,
                                          HasSubstr("profile.json: schema_version: missing")));
}

// The hash follows the content: equal models agree, every changed number differs.
TEST(ModelHashTest, FollowsTheContent) {
  const std::string hash = ModelHash(SampleModel());
  EXPECT_EQ(hash.size(), 16u);
  EXPECT_EQ(hash.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(ModelHash(SampleModel()), hash);
  LatencyModel model = SampleModel();
  model.terms[0].coefficient = std::nextafter(model.terms[0].coefficient, 1.0);
  EXPECT_NE(ModelHash(model), hash);
  model = SampleModel();
  model.mode.threads = 2;
  EXPECT_NE(ModelHash(model), hash);
}

}  // namespace
}  // namespace latcast::regression
