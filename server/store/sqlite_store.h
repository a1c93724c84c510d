// The embedded store: one SQLite file. An answer is given only after the commit is synced to disk,
// so that neither kill -9 nor a power cut loses an acknowledged profile. Every text carries its
// CRC-32: a damaged one is DATA_LOSS and never becomes a forecast.
#ifndef LATCAST_SERVER_STORE_SQLITE_STORE_H_
#define LATCAST_SERVER_STORE_SQLITE_STORE_H_

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "server/store/profile_store.h"
#include "server/store/sqlite_db.h"

namespace latcast::server {

inline constexpr int kStoreSchemaVersion = 1;

class SqliteStore final : public ProfileStore {
 public:
  // Creates the file if there is none. FAILED_PRECONDITION when it is another program's database or
  // of another schema version, DATA_LOSS when it is damaged, else as SqliteDb::Open.
  static absl::StatusOr<std::unique_ptr<SqliteStore>> Open(const std::string& path);

  absl::StatusOr<ProfileRecord> Create(const NewProfile& profile) override;
  absl::StatusOr<ProfileRecord> Get(std::string_view device, int version) override;
  absl::StatusOr<std::vector<ProfileRecord>> List(std::string_view device) override;
  absl::StatusOr<ProfileRecord> Activate(std::string_view device, int version) override;
  absl::Status Delete(std::string_view device, int version) override;

 private:
  explicit SqliteStore(std::unique_ptr<SqliteDb> db) : db_(std::move(db)) {}
  absl::StatusOr<ProfileRecord> Find(std::string_view device, int version);

  std::mutex mutex_;
  std::unique_ptr<SqliteDb> db_;
};

}  // namespace latcast::server

#endif  // LATCAST_SERVER_STORE_SQLITE_STORE_H_
