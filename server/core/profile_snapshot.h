// The active profiles at one moment, and the place where readers take them from.
//
// A forecast works on the snapshot it took at its start: activating another version never changes
// an answer half way.
#ifndef LATCAST_SERVER_CORE_PROFILE_SNAPSHOT_H_
#define LATCAST_SERVER_CORE_PROFILE_SNAPSHOT_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "regression/profile.h"

namespace latcast::server {

// One version of a device's profile, with what every answer repeats computed once.
struct ActiveProfile {
  int version = 0;
  regression::DeviceProfile profile;
  std::vector<std::string> model_hashes;  // by model of the profile
};

std::shared_ptr<const ActiveProfile> MakeActive(int version, regression::DeviceProfile profile);

// By device.
using ProfileSnapshot = std::map<std::string, std::shared_ptr<const ActiveProfile>, std::less<>>;

// Thread-safe. The lock covers the copy of one pointer, never a forecast.
class SnapshotHolder {
 public:
  std::shared_ptr<const ProfileSnapshot> Get() const {
    std::lock_guard lock(mutex_);
    return current_;
  }
  void Replace(ProfileSnapshot snapshot) {
    auto next = std::make_shared<const ProfileSnapshot>(std::move(snapshot));
    std::lock_guard lock(mutex_);
    current_.swap(next);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const ProfileSnapshot> current_ = std::make_shared<const ProfileSnapshot>();
};

}  // namespace latcast::server

#endif  // LATCAST_SERVER_CORE_PROFILE_SNAPSHOT_H_
