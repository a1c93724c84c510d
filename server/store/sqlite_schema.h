// What makes a SQLite file one of ours: application id, schema version, tables; and the checksum of
// the texts in it.
#ifndef LATCAST_SERVER_STORE_SQLITE_SCHEMA_H_
#define LATCAST_SERVER_STORE_SQLITE_SCHEMA_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "server/store/sqlite_db.h"

namespace latcast::server {

struct SqlSchema {
  const char* what;  // "profile store"
  int64_t application_id;
  int64_t version;
  std::span<const char* const> statements;  // that create the tables
};

// Creates the tables in an empty file. FAILED_PRECONDITION when it is another program's database or
// of another schema version.
absl::Status CheckOrCreateSchema(SqliteDb& db, const SqlSchema& schema);

int64_t Crc32(std::string_view text);

}  // namespace latcast::server

#endif  // LATCAST_SERVER_STORE_SQLITE_SCHEMA_H_
