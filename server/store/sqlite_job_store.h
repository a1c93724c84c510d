// Jobs in a SQLite file of their own beside the profiles. Every piece of an upload is a row with
// its CRC-32: a damaged one is DATA_LOSS and never becomes a profile.
#ifndef LATCAST_SERVER_STORE_SQLITE_JOB_STORE_H_
#define LATCAST_SERVER_STORE_SQLITE_JOB_STORE_H_

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "server/store/job_store.h"
#include "server/store/sqlite_db.h"

namespace latcast::server {

class SqliteJobStore final : public JobStore {
 public:
  // Creates the file if there is none. Errors as SqliteStore::Open.
  static absl::StatusOr<std::unique_ptr<SqliteJobStore>> Open(const std::string& path);

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
  explicit SqliteJobStore(std::unique_ptr<SqliteDb> db) : db_(std::move(db)) {}
  // Of the columns kColumns.
  absl::StatusOr<JobRecord> Read(const SqlStatement& row) const;
  absl::StatusOr<JobRecord> Find(std::string_view name);
  absl::StatusOr<std::string> Bytes(std::string_view name, std::string_view upload);

  std::mutex mutex_;
  std::unique_ptr<SqliteDb> db_;
};

}  // namespace latcast::server

#endif  // LATCAST_SERVER_STORE_SQLITE_JOB_STORE_H_
