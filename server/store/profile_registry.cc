#include "server/store/profile_registry.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace latcast::server {
namespace {

absl::StatusOr<StoredProfile> FromRecord(const ProfileRecord& record) {
  ASSIGN_OR_RETURN(regression::DeviceProfile profile,
                   Annotate(regression::ParseProfile(record.profile_json),
                            absl::StrCat("stored profile version ", record.version, " of device '",
                                         record.device, "'")));
  return StoredProfile{record.version, record.active, record.created_at, std::move(profile)};
}

}  // namespace

absl::StatusOr<std::unique_ptr<ProfileRegistry>> ProfileRegistry::Open(
    std::unique_ptr<ProfileStore> store, SnapshotHolder& snapshots) {
  auto registry =
      std::unique_ptr<ProfileRegistry>(new ProfileRegistry(std::move(store), snapshots));
  ASSIGN_OR_RETURN(const std::vector<ProfileRecord> records, registry->store_->List(""));
  for (const ProfileRecord& record : records) {
    if (!record.active) continue;
    ASSIGN_OR_RETURN(const StoredProfile stored, registry->Get(record.device, record.version));
    registry->Publish(stored);
  }
  return registry;
}

void ProfileRegistry::Publish(const StoredProfile& stored) {
  ProfileSnapshot next = *snapshots_.Get();
  next[stored.profile.device] = MakeActive(stored.version, stored.profile);
  snapshots_.Replace(std::move(next));
}

absl::StatusOr<StoredProfile> ProfileRegistry::Create(const regression::DeviceProfile& profile,
                                                      bool activate,
                                                      const std::string& request_id) {
  std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(
      const ProfileRecord record,
      store_->Create({profile.device, regression::FormatProfile(profile), activate, request_id}));
  StoredProfile stored{record.version, record.active, record.created_at, profile};
  // A repeated request may have been overtaken by another activation.
  if (activate) {
    ASSIGN_OR_RETURN(const ProfileRecord active, store_->Get(profile.device, 0));
    if (active.version == stored.version) Publish(stored);
  }
  return stored;
}

absl::StatusOr<StoredProfile> ProfileRegistry::Get(std::string_view device, int version) {
  ASSIGN_OR_RETURN(const ProfileRecord record, store_->Get(device, version));
  return FromRecord(record);
}

absl::StatusOr<std::vector<StoredProfile>> ProfileRegistry::List(std::string_view device) {
  ASSIGN_OR_RETURN(const std::vector<ProfileRecord> records, store_->List(device));
  std::vector<StoredProfile> list;
  for (const ProfileRecord& record : records) {
    StoredProfile& entry = list.emplace_back();
    entry.version = record.version;
    entry.active = record.active;
    entry.created_at = record.created_at;
    entry.profile.device = record.device;
  }
  return list;
}

absl::StatusOr<StoredProfile> ProfileRegistry::Activate(std::string_view device, int version) {
  std::lock_guard lock(mutex_);
  // Read first: what cannot be read must not become active.
  ASSIGN_OR_RETURN(StoredProfile stored, Get(device, version));
  RETURN_IF_ERROR(store_->Activate(device, version).status());
  stored.active = true;
  Publish(stored);
  return stored;
}

absl::Status ProfileRegistry::Delete(std::string_view device, int version) {
  std::lock_guard lock(mutex_);
  return store_->Delete(device, version);
}

}  // namespace latcast::server
