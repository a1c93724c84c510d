#include "server/core/profile_snapshot.h"

#include <utility>

namespace latcast::server {

std::shared_ptr<const ActiveProfile> MakeActive(int version, regression::DeviceProfile profile) {
  auto active = std::make_shared<ActiveProfile>();
  active->version = version;
  active->profile = std::move(profile);
  for (const regression::LatencyModel& model : active->profile.models) {
    active->model_hashes.push_back(regression::ModelHash(model));
  }
  return active;
}

}  // namespace latcast::server
