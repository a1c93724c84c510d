#include "server/store/sqlite_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "server/store/sqlite_schema.h"

namespace latcast::server {
namespace {

constexpr int64_t kApplicationId = 0x4c434153;  // "LCAS"

// last_version outlives the versions, so that the number of a deleted one never comes back.
constexpr const char* kTables[] = {
    "CREATE TABLE devices (device TEXT PRIMARY KEY, last_version INTEGER NOT NULL, "
    "active_version INTEGER)",
    "CREATE TABLE profiles (device TEXT NOT NULL, version INTEGER NOT NULL, created_at TEXT NOT "
    "NULL, profile_json TEXT NOT NULL, crc32 INTEGER NOT NULL, request_id TEXT UNIQUE, activated "
    "INTEGER NOT NULL, PRIMARY KEY (device, version))",
};

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteStore>> SqliteStore::Open(const std::string& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<SqliteDb> db, SqliteDb::Open(path));
  RETURN_IF_ERROR(
      CheckOrCreateSchema(*db, {"profile store", kApplicationId, kStoreSchemaVersion, kTables}));
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(db)));
}

absl::StatusOr<ProfileRecord> SqliteStore::Find(std::string_view device, int version) {
  ASSIGN_OR_RETURN(
      SqlStatement row,
      db_->Query("SELECT device, version, version IS active_version, created_at, profile_json, "
                 "crc32 FROM profiles JOIN devices USING (device) "
                 "WHERE device = ? AND version = iif(? = 0, active_version, ?)",
                 {device, int64_t{version}, int64_t{version}}));
  ASSIGN_OR_RETURN(const bool found, row.Step());
  if (!found) return NoSuchVersion(device, version);
  ProfileRecord record{row.Text(0), static_cast<int>(row.Int(1)), row.Int(2) != 0, row.Text(3),
                       row.Text(4)};
  if (row.Int(5) != Crc32(record.profile_json)) {
    return absl::DataLossError(absl::StrCat(db_->path(), ": profile version ", record.version,
                                            " of device '", record.device, "' is damaged"));
  }
  return record;
}

absl::StatusOr<ProfileRecord> SqliteStore::Create(const NewProfile& profile) {
  std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(SqlTransaction transaction, SqlTransaction::Begin(*db_));
  if (!profile.request_id.empty()) {
    ASSIGN_OR_RETURN(SqlStatement seen,
                     db_->Query("SELECT version, created_at FROM profiles WHERE request_id = ? AND "
                                "device = ? AND profile_json = ? AND activated = ?",
                                {profile.request_id, profile.device, profile.profile_json,
                                 int64_t{profile.activate}}));
    ASSIGN_OR_RETURN(const bool repeated, seen.Step());
    if (repeated) {
      return ProfileRecord{profile.device, static_cast<int>(seen.Int(0)), profile.activate,
                           seen.Text(1), profile.profile_json};
    }
    ASSIGN_OR_RETURN(SqlStatement used, db_->Query("SELECT 1 FROM profiles WHERE request_id = ?",
                                                   {profile.request_id}));
    ASSIGN_OR_RETURN(const bool other, used.Step());
    if (other) return RequestIdUsed(profile.request_id);
  }
  ASSIGN_OR_RETURN(const int64_t version,
                   db_->QueryInt("INSERT INTO devices (device, last_version) VALUES (?, 1) ON "
                                 "CONFLICT (device) DO UPDATE SET last_version = last_version + 1 "
                                 "RETURNING last_version",
                                 {profile.device}));
  RETURN_IF_ERROR(db_->Run(
      "INSERT INTO profiles (device, version, created_at, profile_json, crc32, request_id, "
      "activated) VALUES (?, ?, ?, ?, ?, ?, ?)",
      {profile.device, version, TimestampNow(), profile.profile_json, Crc32(profile.profile_json),
       profile.request_id.empty() ? SqlValue(nullptr) : SqlValue(profile.request_id),
       int64_t{profile.activate}}));
  if (profile.activate) {
    RETURN_IF_ERROR(db_->Run("UPDATE devices SET active_version = ? WHERE device = ?",
                             {version, profile.device}));
  }
  ASSIGN_OR_RETURN(ProfileRecord record, Find(profile.device, static_cast<int>(version)));
  RETURN_IF_ERROR(transaction.Commit());
  return record;
}

absl::StatusOr<ProfileRecord> SqliteStore::Get(std::string_view device, int version) {
  std::lock_guard lock(mutex_);
  return Find(device, version);
}

absl::StatusOr<std::vector<ProfileRecord>> SqliteStore::List(std::string_view device) {
  std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(
      SqlStatement rows,
      db_->Query("SELECT device, version, version IS active_version, created_at FROM profiles "
                 "JOIN devices USING (device) WHERE ? IN ('', device) ORDER BY device, version",
                 {device}));
  std::vector<ProfileRecord> records;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, rows.Step());
    if (!row) return records;
    records.push_back(
        {rows.Text(0), static_cast<int>(rows.Int(1)), rows.Int(2) != 0, rows.Text(3), ""});
  }
}

absl::StatusOr<ProfileRecord> SqliteStore::Activate(std::string_view device, int version) {
  std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(SqlTransaction transaction, SqlTransaction::Begin(*db_));
  ASSIGN_OR_RETURN(ProfileRecord record, Find(device, version));
  if (record.active) return record;
  RETURN_IF_ERROR(db_->Run("UPDATE devices SET active_version = ? WHERE device = ?",
                           {int64_t{version}, device}));
  RETURN_IF_ERROR(transaction.Commit());
  record.active = true;
  return record;
}

absl::Status SqliteStore::Delete(std::string_view device, int version) {
  std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(SqlTransaction transaction, SqlTransaction::Begin(*db_));
  ASSIGN_OR_RETURN(const ProfileRecord record, Find(device, version));
  if (record.active) return IsActive(device, record.version);
  RETURN_IF_ERROR(db_->Run("DELETE FROM profiles WHERE device = ? AND version = ?",
                           {device, int64_t{record.version}}));
  return transaction.Commit();
}

}  // namespace latcast::server
