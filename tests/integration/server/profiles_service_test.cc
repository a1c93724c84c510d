#include <cmath>
#include <functional>
#include <limits>

#include "tests/integration/server/server_fixture.h"

namespace latcast::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ProfilesServiceTest : public ServerTest {};

// A profile travels to the server and back without losing a bit.
TEST_F(ProfilesServiceTest, ProfileComesBackAsItWas) {
  ASSERT_OK_AND_ASSIGN(const auto created, client().CreateProfile(ProfileMessage("a"), false));
  EXPECT_EQ(created.device(), "a");
  EXPECT_EQ(created.version(), 1);
  EXPECT_FALSE(created.active());
  EXPECT_THAT(created.created_at(), ::testing::MatchesRegex("20..-..-..T..:..:..Z"));
  ASSERT_OK_AND_ASSIGN(const auto got, client().GetProfile("a", 1));
  EXPECT_EQ(got.SerializeAsString(), created.SerializeAsString());
  ASSERT_OK_AND_ASSIGN(const std::string json, client::ProfileToJson(got.profile()));
  EXPECT_THAT(regression::ParseProfile(json), IsOkAndHolds(TwoModeProfile("a")));
}

// Versions live: created, activated, listed, deleted.
TEST_F(ProfilesServiceTest, LifeOfVersions) {
  ASSERT_OK(client().CreateProfile(ProfileMessage("b", "one"), true));
  ASSERT_OK(client().CreateProfile(ProfileMessage("b", "two"), false));
  ASSERT_OK_AND_ASSIGN(const auto active, client().GetProfile("b"));
  EXPECT_EQ(active.version(), 1);
  ASSERT_OK_AND_ASSIGN(const auto activated, client().ActivateProfile("b", 2));
  EXPECT_TRUE(activated.active());
  EXPECT_EQ(activated.profile().description(), "two");
  ASSERT_OK_AND_ASSIGN(const auto list, client().ListProfiles("b"));
  ASSERT_EQ(list.profiles_size(), 2);
  EXPECT_FALSE(list.profiles(0).active());
  EXPECT_TRUE(list.profiles(1).active());
  EXPECT_FALSE(list.profiles(1).has_profile());
  EXPECT_THAT(client().DeleteProfile("b", 2),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("active")));
  ASSERT_OK(client().DeleteProfile("b", 1));
  EXPECT_THAT(client().GetProfile("b", 1), StatusIs(absl::StatusCode::kNotFound, HasSubstr("'b'")));
}

// The list of all devices has those of every test; an unknown device has none.
TEST_F(ProfilesServiceTest, ListsAllDevices) {
  ASSERT_OK_AND_ASSIGN(const auto all, client().ListProfiles());
  ASSERT_GE(all.profiles_size(), 1);
  EXPECT_TRUE(std::is_sorted(all.profiles().begin(), all.profiles().end(),
                             [](const auto& a, const auto& b) { return a.device() < b.device(); }));
  ASSERT_OK_AND_ASSIGN(const auto none, client().ListProfiles("nobody"));
  EXPECT_EQ(none.profiles_size(), 0);
}

// A repeated request is answered again and stored once; its id cannot serve another profile.
TEST_F(ProfilesServiceTest, RequestIdsMakeRetriesSafe) {
  ASSERT_OK_AND_ASSIGN(const auto first, client().CreateProfile(ProfileMessage("c"), true, "id"));
  ASSERT_OK_AND_ASSIGN(const auto again, client().CreateProfile(ProfileMessage("c"), true, "id"));
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  ASSERT_OK_AND_ASSIGN(const auto list, client().ListProfiles("c"));
  EXPECT_EQ(list.profiles_size(), 1);
  EXPECT_THAT(client().CreateProfile(ProfileMessage("c", "other"), true, "id"),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("request_id")));
}

// Every mistake in a profile is INVALID_ARGUMENT with the path of the field, and nothing is stored.
TEST_F(ProfilesServiceTest, RefusesBadProfilesByField) {
  using Spoil = std::function<void(v1::DeviceProfile&)>;
  const double nan = std::nan("");
  const std::pair<const char*, Spoil> cases[] = {
      {"profile.models[1].terms[2].coefficient",
       [&](auto& p) { p.mutable_models(1)->mutable_terms(2)->set_coefficient(nan); }},
      {"profile.models[0].intercept_ms",
       [](auto& p) {
         p.mutable_models(0)->set_intercept_ms(std::numeric_limits<double>::infinity());
       }},
      {"profile.models[0].terms[0].feature",
       [](auto& p) { p.mutable_models(0)->mutable_terms(0)->set_feature("macz"); }},
      {"profile.models[0].mode", [](auto& p) { p.mutable_models(0)->clear_mode(); }},
      {"profile.models[0].mode.threads",
       [](auto& p) { p.mutable_models(0)->mutable_mode()->set_threads(-1); }},
      {"profile.models[0].terms", [](auto& p) { p.mutable_models(0)->clear_terms(); }},
      {"profile.models[0].in_sample", [](auto& p) { p.mutable_models(0)->clear_in_sample(); }},
      {"profile.models[0].feature_set",
       [](auto& p) { p.mutable_models(0)->set_feature_set("psychic"); }},
      {"profile.models", [](auto& p) { p.clear_models(); }},
      {"profile.device", [](auto& p) { p.set_device("../bad"); }},
      {"profile.device", [](auto& p) { p.clear_device(); }}};
  for (const auto& [field, spoil] : cases) {
    v1::DeviceProfile profile = ProfileMessage("spoiled");
    spoil(profile);
    EXPECT_THAT(client().CreateProfile(profile, true),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(field)));
  }
  v1::DeviceProfile later = ProfileMessage("spoiled");
  later.set_schema_version(2);
  EXPECT_THAT(client().CreateProfile(later, true),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("profile.schema_version"), HasSubstr("2"))));
  EXPECT_THAT(client().CreateProfile({}, true).status().message(), HasSubstr("profile."));
  EXPECT_THAT(client().CreateProfile(ProfileMessage("spoiled"), true, std::string(129, 'x')),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("request_id")));
  ASSERT_OK_AND_ASSIGN(const auto list, client().ListProfiles("spoiled"));
  EXPECT_EQ(list.profiles_size(), 0);
}

// Requests that name no version of any device say which field is wrong, or what is not there.
TEST_F(ProfilesServiceTest, RefusesBadNames) {
  const auto device = StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("device: must be"));
  EXPECT_THAT(client().GetProfile(""), device);
  EXPECT_THAT(client().ActivateProfile("", 1), device);
  EXPECT_THAT(client().DeleteProfile("", 1), device);
  const auto version = StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("version: must be"));
  EXPECT_THAT(client().GetProfile("epyc", -1), version);
  EXPECT_THAT(client().ActivateProfile("epyc", 0), version);
  EXPECT_THAT(client().DeleteProfile("epyc", 0), version);
  const auto missing = StatusIs(absl::StatusCode::kNotFound, HasSubstr("99"));
  EXPECT_THAT(client().GetProfile("epyc", 99), missing);
  EXPECT_THAT(client().ActivateProfile("epyc", 99), missing);
  EXPECT_THAT(client().DeleteProfile("epyc", 99), missing);
}

// An upload above the limit is refused as a whole, one just below it by its content.
TEST_F(ProfilesServiceTest, RefusesHugeUploads) {
  v1::DeviceProfile profile = ProfileMessage("huge");
  profile.set_description(std::string(9 << 20, 'x'));
  EXPECT_THAT(client().CreateProfile(profile, true),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("larger than max")));
  profile.set_description(std::string(7 << 20, 'x'));
  EXPECT_OK(client().CreateProfile(profile, false));
}

}  // namespace
}  // namespace latcast::test
