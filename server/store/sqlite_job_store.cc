#include "server/store/sqlite_job_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "server/core/upload_piece.h"
#include "server/store/profile_store.h"
#include "server/store/sqlite_schema.h"

namespace latcast::server {
namespace {

constexpr int64_t kApplicationId = 0x4c43414a;  // "LCAJ"
constexpr int64_t kSchemaVersion = 1;

// id is the order of creation.
constexpr const char* kTables[] = {
    "CREATE TABLE jobs (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, device "
    "TEXT NOT NULL, spec TEXT NOT NULL, state TEXT NOT NULL, created_at TEXT NOT NULL, updated_at "
    "TEXT NOT NULL, error_code INTEGER NOT NULL, message TEXT NOT NULL, result TEXT NOT NULL, "
    "provenance TEXT NOT NULL, request_id TEXT UNIQUE)",
    "CREATE TABLE pieces (job TEXT NOT NULL, upload TEXT NOT NULL, start INTEGER NOT NULL, data "
    "TEXT NOT NULL, crc32 INTEGER NOT NULL, PRIMARY KEY (job, start))",
    "CREATE TABLE devices (name TEXT PRIMARY KEY, hardware TEXT NOT NULL, host TEXT NOT NULL, "
    "registered_at TEXT NOT NULL, staleness TEXT NOT NULL, stale INTEGER NOT NULL)",
};

// In the order in which Read takes them.
constexpr const char* kSelectJobs =
    "SELECT name, device, spec, state, created_at, updated_at, error_code, message, result, "
    "provenance FROM jobs ";

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteJobStore>> SqliteJobStore::Open(const std::string& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<SqliteDb> db, SqliteDb::Open(path));
  RETURN_IF_ERROR(
      CheckOrCreateSchema(*db, {"calibration store", kApplicationId, kSchemaVersion, kTables}));
  return std::unique_ptr<SqliteJobStore>(new SqliteJobStore(std::move(db)));
}

absl::StatusOr<JobRecord> SqliteJobStore::Read(const SqlStatement& row) const {
  JobRecord job;
  job.name = row.Text(0);
  job.device = row.Text(1);
  job.spec = row.Text(2);
  const auto state = FindJobState(row.Text(3));
  if (!state.has_value()) {
    return absl::DataLossError(absl::StrCat(db_->path(), ": job '", job.name,
                                            "' is in the unknown state '", row.Text(3), "'"));
  }
  job.state = *state;
  job.created_at = row.Text(4);
  job.updated_at = row.Text(5);
  job.error_code = static_cast<int>(row.Int(6));
  job.message = row.Text(7);
  job.result = row.Text(8);
  job.provenance = row.Text(9);
  return job;
}

absl::StatusOr<JobRecord> SqliteJobStore::Find(std::string_view name) {
  ASSIGN_OR_RETURN(SqlStatement row,
                   db_->Query(absl::StrCat(kSelectJobs, "WHERE name = ?").c_str(), {name}));
  ASSIGN_OR_RETURN(const bool found, row.Step());
  if (!found) return NoSuchJob(name);
  return Read(row);
}

absl::StatusOr<JobRecord> SqliteJobStore::Create(const NewJob& job) {
  std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(SqlTransaction transaction, SqlTransaction::Begin(*db_));
  if (!job.request_id.empty()) {
    ASSIGN_OR_RETURN(SqlStatement seen,
                     db_->Query("SELECT name FROM jobs WHERE request_id = ?", {job.request_id}));
    ASSIGN_OR_RETURN(const bool repeated, seen.Step());
    if (repeated) {
      ASSIGN_OR_RETURN(JobRecord record, Find(seen.Text(0)));
      if (record.device == job.device && record.spec == job.spec) return record;
      return JobRequestIdUsed(job.request_id);
    }
  }
  const std::string now = TimestampNow();
  RETURN_IF_ERROR(db_->Run(
      "INSERT INTO jobs (name, device, spec, state, created_at, updated_at, error_code, message, "
      "result, provenance, request_id) VALUES (?, ?, ?, ?, ?, ?, 0, '', '', '', ?)",
      {job.name, job.device, job.spec, Name(JobState::kQueued), now, now,
       job.request_id.empty() ? SqlValue(nullptr) : SqlValue(job.request_id)}));
  ASSIGN_OR_RETURN(JobRecord record, Find(job.name));
  RETURN_IF_ERROR(transaction.Commit());
  return record;
}

absl::StatusOr<JobRecord> SqliteJobStore::Get(std::string_view name) {
  std::lock_guard lock(mutex_);
  return Find(name);
}

absl::StatusOr<std::vector<JobRecord>> SqliteJobStore::List(std::string_view device) {
  std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(
      SqlStatement rows,
      db_->Query(absl::StrCat(kSelectJobs, "WHERE ? IN ('', device) ORDER BY id").c_str(),
                 {device}));
  std::vector<JobRecord> records;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, rows.Step());
    if (!row) return records;
    ASSIGN_OR_RETURN(JobRecord record, Read(rows));
    records.push_back(std::move(record));
  }
}

absl::StatusOr<JobRecord> SqliteJobStore::Change(std::string_view name, const JobChange& change) {
  std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(SqlTransaction transaction, SqlTransaction::Begin(*db_));
  ASSIGN_OR_RETURN(JobRecord job, Find(name));
  ASSIGN_OR_RETURN(job, Apply(std::move(job), change));
  RETURN_IF_ERROR(db_->Run(
      "UPDATE jobs SET state = ?, updated_at = ?, error_code = ?, message = ?, result = ?, "
      "provenance = ? WHERE name = ?",
      {latcast::server::Name(job.state), job.updated_at, int64_t{job.error_code}, job.message,
       job.result, job.provenance, name}));
  RETURN_IF_ERROR(transaction.Commit());
  return job;
}

absl::StatusOr<std::string> SqliteJobStore::Bytes(std::string_view name, std::string_view upload) {
  ASSIGN_OR_RETURN(SqlStatement rows,
                   db_->Query("SELECT start, data, crc32 FROM pieces WHERE job = ? AND "
                              "? IN ('', upload) ORDER BY start",
                              {name, upload}));
  std::string bytes;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, rows.Step());
    if (!row) return bytes;
    const std::string piece = rows.Text(1);
    if (rows.Int(0) != static_cast<int64_t>(bytes.size()) || rows.Int(2) != Crc32(piece)) {
      return absl::DataLossError(absl::StrCat(db_->path(), ": the points of '", ToAbsl(name),
                                              "' are damaged at byte ", rows.Int(0)));
    }
    bytes += piece;
  }
}

absl::StatusOr<int64_t> SqliteJobStore::Append(std::string_view name, std::string_view upload,
                                               int64_t offset, std::string_view data,
                                               int64_t total_bytes) {
  std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(SqlTransaction transaction, SqlTransaction::Begin(*db_));
  RETURN_IF_ERROR(Find(name).status());
  ASSIGN_OR_RETURN(const std::string stored, Bytes(name, upload));
  ASSIGN_OR_RETURN(const std::string_view bytes, NewBytes(stored, offset, data, total_bytes));
  const auto size = static_cast<int64_t>(stored.size());
  if (bytes.empty()) return size;
  RETURN_IF_ERROR(db_->Run("DELETE FROM pieces WHERE job = ? AND upload <> ?", {name, upload}));
  RETURN_IF_ERROR(
      db_->Run("INSERT INTO pieces (job, upload, start, data, crc32) VALUES (?, ?, ?, ?, ?)",
               {name, upload, size, bytes, Crc32(bytes)}));
  RETURN_IF_ERROR(transaction.Commit());
  return size + static_cast<int64_t>(bytes.size());
}

absl::StatusOr<std::string> SqliteJobStore::Uploaded(std::string_view name) {
  std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(Find(name).status());
  return Bytes(name, "");
}

absl::Status SqliteJobStore::Register(const DeviceRecord& device) {
  std::lock_guard lock(mutex_);
  const std::string now = TimestampNow();
  return db_->Run(
      "INSERT INTO devices (name, hardware, host, registered_at, staleness, stale) VALUES (?, ?, "
      "?, ?, '', 0) ON CONFLICT (name) DO UPDATE SET hardware = excluded.hardware, host = "
      "excluded.host, registered_at = excluded.registered_at",
      {device.name, device.hardware, device.host, now});
}

absl::Status SqliteJobStore::SetStaleness(std::string_view device, bool stale,
                                          std::string_view sentence) {
  std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(
      SqlStatement row,
      db_->Query("UPDATE devices SET stale = ?, staleness = ? WHERE name = ? RETURNING 1",
                 {int64_t{stale}, sentence, device}));
  ASSIGN_OR_RETURN(const bool found, row.Step());
  if (!found) return NoSuchDevice(device);
  return row.Step().status();
}

absl::StatusOr<std::vector<DeviceRecord>> SqliteJobStore::Devices() {
  std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(SqlStatement rows,
                   db_->Query("SELECT name, hardware, host, registered_at, staleness, stale FROM "
                              "devices ORDER BY name"));
  std::vector<DeviceRecord> devices;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, rows.Step());
    if (!row) return devices;
    devices.push_back(
        {rows.Text(0), rows.Text(1), rows.Text(2), rows.Text(3), rows.Text(4), rows.Int(5) != 0});
  }
}

}  // namespace latcast::server
