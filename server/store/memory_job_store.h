// Jobs that live as long as their process: for tests.
#ifndef LATCAST_SERVER_STORE_MEMORY_JOB_STORE_H_
#define LATCAST_SERVER_STORE_MEMORY_JOB_STORE_H_

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "server/store/job_store.h"

namespace latcast::server {

class MemoryJobStore final : public JobStore {
 public:
  absl::StatusOr<JobRecord> Create(const NewJob& job) override;
  absl::StatusOr<JobRecord> Get(std::string_view name) override;
  absl::StatusOr<std::vector<JobRecord>> List(std::string_view device) override;
  absl::StatusOr<JobRecord> Change(std::string_view name, const JobChange& change) override;
  absl::StatusOr<int64_t> Append(std::string_view name, std::string_view upload, int64_t offset,
                                 std::string_view data, int64_t total_bytes) override;
  absl::StatusOr<std::string> Uploaded(std::string_view name) override;
  absl::Status Register(const DeviceRecord& device) override;
  absl::Status SetStaleness(std::string_view device, bool stale,
                            std::string_view sentence) override;
  absl::StatusOr<std::vector<DeviceRecord>> Devices() override;

 private:
  struct Entry {
    JobRecord record;
    std::string request_id;
    std::string upload;
    std::string bytes;
  };
  absl::StatusOr<Entry*> Find(std::string_view name);

  std::mutex mutex_;
  std::vector<Entry> jobs_;  // in the order of their creation
  std::map<std::string, DeviceRecord, std::less<>> devices_;
};

}  // namespace latcast::server

#endif  // LATCAST_SERVER_STORE_MEMORY_JOB_STORE_H_
