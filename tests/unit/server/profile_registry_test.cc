#include "server/store/profile_registry.h"

#include "server/store/memory_store.h"
#include "server/store/sqlite_store.h"
#include "tests/support/profiles.h"
#include "tests/support/temp_folder.h"

namespace latcast::server {
namespace {

using test::TwoModeProfile;
using ::testing::AllOf;
using ::testing::HasSubstr;

class ProfileRegistryTest : public ::testing::Test {
 protected:
  // The description of the version forecasts use, "" for none.
  std::string ActiveDescription(const std::string& device) const {
    const auto snapshot = snapshots_.Get();
    const auto found = snapshot->find(device);
    return found == snapshot->end() ? "" : found->second->profile.description;
  }

  SnapshotHolder snapshots_;
  std::unique_ptr<ProfileRegistry> registry_ =
      ProfileRegistry::Open(std::make_unique<MemoryStore>(), snapshots_).value();
};

// Forecasts see a version from its activation on, not before, and only that device changes.
TEST_F(ProfileRegistryTest, SnapshotFollowsActivation) {
  ASSERT_OK(registry_->Create(TwoModeProfile("epyc", "one"), false, ""));
  EXPECT_EQ(ActiveDescription("epyc"), "");
  ASSERT_OK(registry_->Create(TwoModeProfile("epyc", "two"), true, ""));
  EXPECT_EQ(ActiveDescription("epyc"), "two");
  ASSERT_OK(registry_->Create(TwoModeProfile("xeon", "other"), true, ""));
  ASSERT_OK_AND_ASSIGN(const StoredProfile stored, registry_->Activate("epyc", 1));
  EXPECT_EQ(stored.profile, TwoModeProfile("epyc", "one"));
  EXPECT_TRUE(stored.active);
  EXPECT_EQ(ActiveDescription("epyc"), "one");
  EXPECT_EQ(ActiveDescription("xeon"), "other");
}

// A refused change leaves the snapshot alone.
TEST_F(ProfileRegistryTest, ErrorsChangeNothing) {
  ASSERT_OK(registry_->Create(TwoModeProfile("epyc", "one"), true, ""));
  EXPECT_THAT(registry_->Activate("epyc", 2),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("2")));
  EXPECT_THAT(registry_->Delete("epyc", 1),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("active")));
  EXPECT_EQ(ActiveDescription("epyc"), "one");
}

// A repeated request does not bring back a version that was replaced since.
TEST_F(ProfileRegistryTest, RepetitionDoesNotReactivate) {
  ASSERT_OK(registry_->Create(TwoModeProfile("epyc", "one"), true, "request"));
  ASSERT_OK(registry_->Create(TwoModeProfile("epyc", "two"), true, ""));
  ASSERT_OK_AND_ASSIGN(const StoredProfile again,
                       registry_->Create(TwoModeProfile("epyc", "one"), true, "request"));
  EXPECT_EQ(again.version, 1);
  EXPECT_EQ(ActiveDescription("epyc"), "two");
}

// Lists name versions without their models.
TEST_F(ProfileRegistryTest, ListsWithoutModels) {
  ASSERT_OK(registry_->Create(TwoModeProfile("epyc", "one"), true, ""));
  ASSERT_OK_AND_ASSIGN(const auto list, registry_->List(""));
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].profile.device, "epyc");
  EXPECT_TRUE(list[0].profile.models.empty());
  EXPECT_TRUE(list[0].active);
}

// What was active is active again after a restart.
TEST(ProfileRegistryOnDiskTest, RestoresTheSnapshot) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/profiles.db";
  {
    SnapshotHolder snapshots;
    ASSERT_OK_AND_ASSIGN(auto store, SqliteStore::Open(path));
    ASSERT_OK_AND_ASSIGN(auto registry, ProfileRegistry::Open(std::move(store), snapshots));
    ASSERT_OK(registry->Create(TwoModeProfile("epyc", "one"), true, ""));
    ASSERT_OK(registry->Create(TwoModeProfile("epyc", "two"), false, ""));
  }
  SnapshotHolder snapshots;
  ASSERT_OK_AND_ASSIGN(auto store, SqliteStore::Open(path));
  ASSERT_OK(ProfileRegistry::Open(std::move(store), snapshots));
  ASSERT_EQ(snapshots.Get()->size(), 1u);
  EXPECT_EQ(snapshots.Get()->at("epyc")->profile, TwoModeProfile("epyc", "one"));
}

// A stored text of another profile schema is refused by device and version, not half read.
TEST(ProfileRegistryOnDiskTest, RefusesTextsItCannotRead) {
  SnapshotHolder snapshots;
  auto store = std::make_unique<MemoryStore>();
  ASSERT_OK(store->Create(
      {.device = "epyc", .profile_json = "{\"schema_version\": 9}", .activate = true}));
  EXPECT_THAT(ProfileRegistry::Open(std::move(store), snapshots),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("version 1 of device 'epyc'"), HasSubstr("9"))));
  EXPECT_TRUE(snapshots.Get()->empty());
}

}  // namespace
}  // namespace latcast::server
