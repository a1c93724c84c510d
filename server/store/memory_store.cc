#include "server/store/memory_store.h"

#include "base/status_macros.h"

namespace latcast::server {

absl::StatusOr<ProfileRecord> MemoryStore::Find(std::string_view device, int version) const {
  const auto found = devices_.find(device);
  if (found == devices_.end()) return NoSuchVersion(device, version);
  const Device& state = found->second;
  const auto entry = state.versions.find(version == 0 ? state.active_version : version);
  if (entry == state.versions.end()) return NoSuchVersion(device, version);
  return ProfileRecord{found->first, entry->first, entry->first == state.active_version,
                       entry->second.created_at, entry->second.profile_json};
}

absl::StatusOr<ProfileRecord> MemoryStore::Create(const NewProfile& profile) {
  std::lock_guard lock(mutex_);
  if (const auto seen = requests_.find(profile.request_id); seen != requests_.end()) {
    const auto& [device, version] = seen->second;
    const Entry& entry = devices_[device].versions[version];
    if (device != profile.device || entry.profile_json != profile.profile_json ||
        entry.activated_at_creation != profile.activate) {
      return RequestIdUsed(profile.request_id);
    }
    return ProfileRecord{device, version, profile.activate, entry.created_at, entry.profile_json};
  }
  Device& state = devices_[profile.device];
  const int version = ++state.last_version;
  state.versions[version] = {TimestampNow(), profile.profile_json, profile.request_id,
                             profile.activate};
  if (profile.activate) state.active_version = version;
  if (!profile.request_id.empty()) requests_[profile.request_id] = {profile.device, version};
  return Find(profile.device, version);
}

absl::StatusOr<ProfileRecord> MemoryStore::Get(std::string_view device, int version) {
  std::lock_guard lock(mutex_);
  return Find(device, version);
}

absl::StatusOr<std::vector<ProfileRecord>> MemoryStore::List(std::string_view device) {
  std::lock_guard lock(mutex_);
  std::vector<ProfileRecord> records;
  for (const auto& [name, state] : devices_) {
    if (!device.empty() && name != device) continue;
    for (const auto& [version, entry] : state.versions) {
      records.push_back({name, version, version == state.active_version, entry.created_at, ""});
    }
  }
  return records;
}

absl::StatusOr<ProfileRecord> MemoryStore::Activate(std::string_view device, int version) {
  std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(ProfileRecord record, Find(device, version));
  devices_.find(device)->second.active_version = record.version;
  record.active = true;
  return record;
}

absl::Status MemoryStore::Delete(std::string_view device, int version) {
  std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(const ProfileRecord record, Find(device, version));
  if (record.active) return IsActive(device, record.version);
  Device& state = devices_.find(device)->second;
  requests_.erase(state.versions[record.version].request_id);
  state.versions.erase(record.version);
  return absl::OkStatus();
}

}  // namespace latcast::server
