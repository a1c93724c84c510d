// A store that lives as long as its process: for tests, and for a server that keeps nothing.
#ifndef LATCAST_SERVER_STORE_MEMORY_STORE_H_
#define LATCAST_SERVER_STORE_MEMORY_STORE_H_

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "server/store/profile_store.h"

namespace latcast::server {

class MemoryStore final : public ProfileStore {
 public:
  absl::StatusOr<ProfileRecord> Create(const NewProfile& profile) override;
  absl::StatusOr<ProfileRecord> Get(std::string_view device, int version) override;
  absl::StatusOr<std::vector<ProfileRecord>> List(std::string_view device) override;
  absl::StatusOr<ProfileRecord> Activate(std::string_view device, int version) override;
  absl::Status Delete(std::string_view device, int version) override;

 private:
  struct Entry {
    std::string created_at;
    std::string profile_json;
    std::string request_id;
    bool activated_at_creation = false;
  };
  struct Device {
    int last_version = 0;
    int active_version = 0;  // 0: none
    std::map<int, Entry> versions;
  };

  absl::StatusOr<ProfileRecord> Find(std::string_view device, int version) const;

  std::mutex mutex_;
  std::map<std::string, Device, std::less<>> devices_;
  std::map<std::string, std::pair<std::string, int>> requests_;  // request_id -> device, version
};

}  // namespace latcast::server

#endif  // LATCAST_SERVER_STORE_MEMORY_STORE_H_
