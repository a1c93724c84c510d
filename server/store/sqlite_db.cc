#include "server/store/sqlite_db.h"

#include <sqlite3.h>

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace latcast::server {
namespace {

constexpr int kBusyTimeoutMs = 5000;

absl::Status ToStatus(const std::string& path, int code, int system_error, const char* message) {
  const std::string reason = absl::StrCat(
      message, system_error == 0 ? "" : absl::StrCat(" (", std::strerror(system_error), ")"));
  switch (code & 0xff) {
    case SQLITE_FULL:
      return absl::ResourceExhaustedError(absl::StrCat(path, ": no space left: ", reason));
    case SQLITE_IOERR:
      return absl::UnavailableError(absl::StrCat(path, ": cannot be read or written: ", reason));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return absl::UnavailableError(absl::StrCat(path, ": another program holds it: ", reason));
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
      return absl::UnavailableError(absl::StrCat(path, ": cannot be opened for writing: ", reason));
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::DataLossError(absl::StrCat(path, ": is damaged or no database: ", reason));
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG:
      return absl::ResourceExhaustedError(absl::StrCat(path, ": ", reason));
    default:
      return absl::InternalError(absl::StrCat(path, ": ", reason));
  }
}

}  // namespace

void SqlStatement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

absl::StatusOr<bool> SqlStatement::Step() {
  switch (sqlite3_step(statement_.get())) {
    case SQLITE_ROW:
      return true;
    case SQLITE_DONE:
      return false;
    default:
      return db_->Error();
  }
}

int64_t SqlStatement::Int(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string SqlStatement::Text(int column) const {
  const void* text = sqlite3_column_blob(statement_.get(), column);
  const int bytes = sqlite3_column_bytes(statement_.get(), column);
  return text == nullptr ? ""
                         : std::string(static_cast<const char*>(text), static_cast<size_t>(bytes));
}

absl::StatusOr<std::unique_ptr<SqliteDb>> SqliteDb::Open(const std::string& path) {
  auto db = std::unique_ptr<SqliteDb>(new SqliteDb(path));
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(path.c_str(), &db->db_, flags, nullptr) != SQLITE_OK) return db->Error();
  sqlite3_busy_timeout(db->db_, kBusyTimeoutMs);
  // SQLite opens a file it may not write as a read-only one.
  if (sqlite3_db_readonly(db->db_, "main") == 1) {
    return ToStatus(path, SQLITE_READONLY, 0, "the file is read-only");
  }
  RETURN_IF_ERROR(db->Run("PRAGMA journal_mode = WAL"));
  RETURN_IF_ERROR(db->Run("PRAGMA synchronous = FULL"));
  ASSIGN_OR_RETURN(SqlStatement check, db->Query("PRAGMA quick_check(1)"));
  RETURN_IF_ERROR(check.Step().status());
  if (check.Text(0) != "ok") return ToStatus(path, SQLITE_CORRUPT, 0, check.Text(0).c_str());
  return db;
}

SqliteDb::~SqliteDb() { sqlite3_close(db_); }

absl::Status SqliteDb::Error() const {
  return ToStatus(path_, sqlite3_extended_errcode(db_), sqlite3_system_errno(db_),
                  sqlite3_errmsg(db_));
}

absl::StatusOr<SqlStatement> SqliteDb::Query(const char* sql, const std::vector<SqlValue>& values) {
  SqlStatement result;
  result.db_ = this;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr) != SQLITE_OK) return Error();
  result.statement_.reset(statement);
  for (size_t i = 0; i < values.size(); ++i) {
    const int position = static_cast<int>(i) + 1;
    int code = SQLITE_OK;
    if (const auto* number = std::get_if<int64_t>(&values[i])) {
      code = sqlite3_bind_int64(statement, position, *number);
    } else if (const auto* text = std::get_if<std::string_view>(&values[i])) {
      code = sqlite3_bind_text64(statement, position, text->data(), text->size(), SQLITE_STATIC,
                                 SQLITE_UTF8);
    }  // else NULL, which an unbound value is
    if (code != SQLITE_OK) return Error();
  }
  return result;
}

absl::Status SqliteDb::Run(const char* sql, const std::vector<SqlValue>& values) {
  ASSIGN_OR_RETURN(SqlStatement statement, Query(sql, values));
  while (true) {
    ASSIGN_OR_RETURN(const bool row, statement.Step());
    if (!row) return absl::OkStatus();
  }
}

absl::StatusOr<int64_t> SqliteDb::QueryInt(const char* sql, const std::vector<SqlValue>& values) {
  ASSIGN_OR_RETURN(SqlStatement statement, Query(sql, values));
  ASSIGN_OR_RETURN(bool row, statement.Step());
  if (!row) return absl::InternalError(absl::StrCat(path_, ": no answer to ", sql));
  const int64_t number = statement.Int(0);
  while (row) {
    ASSIGN_OR_RETURN(row, statement.Step());
  }
  return number;
}

absl::StatusOr<SqlTransaction> SqlTransaction::Begin(SqliteDb& db) {
  RETURN_IF_ERROR(db.Run("BEGIN IMMEDIATE"));
  return SqlTransaction(db);
}

SqlTransaction::~SqlTransaction() {
  // An error here leaves nothing to undo: SQLite had rolled back by itself.
  if (db_ != nullptr) db_->Run("ROLLBACK").IgnoreError();
}

absl::Status SqlTransaction::Commit() {
  RETURN_IF_ERROR(db_->Run("COMMIT"));
  db_ = nullptr;
  return absl::OkStatus();
}

}  // namespace latcast::server
