// The server's profiles: every change goes to the store first and then into the snapshot that
// forecasts read, so an answer to a client never runs ahead of the disk.
#ifndef LATCAST_SERVER_STORE_PROFILE_REGISTRY_H_
#define LATCAST_SERVER_STORE_PROFILE_REGISTRY_H_

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "regression/profile.h"
#include "server/core/profile_snapshot.h"
#include "server/store/profile_store.h"

namespace latcast::server {

// A version as clients see it. `profile` has no models in lists.
struct StoredProfile {
  int version = 0;
  bool active = false;
  std::string created_at;
  regression::DeviceProfile profile;
};

// Thread-safe. Errors as ProfileStore's.
class ProfileRegistry {
 public:
  // Reads the active profiles into `snapshots`, which must outlive the registry. A stored text that
  // is no valid profile of this schema version is refused, naming device and version.
  static absl::StatusOr<std::unique_ptr<ProfileRegistry>> Open(std::unique_ptr<ProfileStore> store,
                                                               SnapshotHolder& snapshots);

  // The profile must be valid (regression::ParseProfile).
  absl::StatusOr<StoredProfile> Create(const regression::DeviceProfile& profile, bool activate,
                                       const std::string& request_id);
  absl::StatusOr<StoredProfile> Get(std::string_view device, int version);
  absl::StatusOr<std::vector<StoredProfile>> List(std::string_view device);
  absl::StatusOr<StoredProfile> Activate(std::string_view device, int version);
  absl::Status Delete(std::string_view device, int version);

 private:
  ProfileRegistry(std::unique_ptr<ProfileStore> store, SnapshotHolder& snapshots)
      : store_(std::move(store)), snapshots_(snapshots) {}

  void Publish(const StoredProfile& stored);

  std::mutex mutex_;  // one change at a time, so that snapshots follow the store's order
  std::unique_ptr<ProfileStore> store_;
  SnapshotHolder& snapshots_;
};

}  // namespace latcast::server

#endif  // LATCAST_SERVER_STORE_PROFILE_REGISTRY_H_
