// The little of SQLite that the store needs: a connection, statements with bound values,
// transactions that roll back unless committed, and error codes as absl::Status.
#ifndef LATCAST_SERVER_STORE_SQLITE_DB_H_
#define LATCAST_SERVER_STORE_SQLITE_DB_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct sqlite3;
struct sqlite3_stmt;

namespace latcast::server {

using SqlValue = std::variant<std::nullptr_t, int64_t, std::string_view>;

// One running statement; its rows are read one by one.
class SqlStatement {
 public:
  // True when there is a row to read, false at the end.
  absl::StatusOr<bool> Step();
  int64_t Int(int column) const;
  std::string Text(int column) const;

 private:
  friend class SqliteDb;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  class SqliteDb* db_ = nullptr;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

// Not thread-safe: the store locks.
class SqliteDb {
 public:
  // Opens or creates the file: write-ahead log, every commit synced to disk, 5 s of patience with
  // other programs that hold a lock. Codes as ProfileStore's; messages begin with the path.
  static absl::StatusOr<std::unique_ptr<SqliteDb>> Open(const std::string& path);
  ~SqliteDb();
  SqliteDb(const SqliteDb&) = delete;
  SqliteDb& operator=(const SqliteDb&) = delete;

  // `sql` is one statement with a '?' for each value; texts must outlive the statement.
  absl::StatusOr<SqlStatement> Query(const char* sql, const std::vector<SqlValue>& values = {});
  // Runs a statement to its end.
  absl::Status Run(const char* sql, const std::vector<SqlValue>& values = {});
  // The same, and the integer in the first column of the first row.
  absl::StatusOr<int64_t> QueryInt(const char* sql, const std::vector<SqlValue>& values = {});

  const std::string& path() const { return path_; }
  // The connection's last error.
  absl::Status Error() const;

 private:
  explicit SqliteDb(std::string path) : path_(std::move(path)) {}

  std::string path_;
  sqlite3* db_ = nullptr;
};

// Takes the write lock at once, so that nothing read inside can change before the commit.
class SqlTransaction {
 public:
  static absl::StatusOr<SqlTransaction> Begin(SqliteDb& db);
  SqlTransaction(SqlTransaction&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
  SqlTransaction& operator=(SqlTransaction&&) = delete;
  ~SqlTransaction();  // rolls back what was not committed

  // On an error everything is rolled back.
  absl::Status Commit();

 private:
  explicit SqlTransaction(SqliteDb& db) : db_(&db) {}
  SqliteDb* db_;
};

}  // namespace latcast::server

#endif  // LATCAST_SERVER_STORE_SQLITE_DB_H_
