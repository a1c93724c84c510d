#include "server/store/sqlite_schema.h"

#include <zlib.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace latcast::server {

absl::Status CheckOrCreateSchema(SqliteDb& db, const SqlSchema& schema) {
  ASSIGN_OR_RETURN(SqlTransaction transaction, SqlTransaction::Begin(db));
  ASSIGN_OR_RETURN(const int64_t tables, db.QueryInt("SELECT count(*) FROM sqlite_master"));
  ASSIGN_OR_RETURN(const int64_t application, db.QueryInt("PRAGMA application_id"));
  ASSIGN_OR_RETURN(const int64_t version, db.QueryInt("PRAGMA user_version"));
  if (tables == 0 && application == 0 && version == 0) {
    for (const char* sql : schema.statements) RETURN_IF_ERROR(db.Run(sql));
    const std::string set_application =
        absl::StrCat("PRAGMA application_id = ", schema.application_id);
    const std::string set_version = absl::StrCat("PRAGMA user_version = ", schema.version);
    RETURN_IF_ERROR(db.Run(set_application.c_str()));
    RETURN_IF_ERROR(db.Run(set_version.c_str()));
    return transaction.Commit();
  }
  if (application != schema.application_id) {
    return absl::FailedPreconditionError(absl::StrCat(db.path(), ": is no latcast ", schema.what));
  }
  if (version != schema.version) {
    return absl::FailedPreconditionError(absl::StrCat(db.path(), ": has store schema version ",
                                                      version, "; this program reads version ",
                                                      schema.version));
  }
  return absl::OkStatus();
}

int64_t Crc32(std::string_view text) {
  return static_cast<int64_t>(crc32_z(0, reinterpret_cast<const Bytef*>(text.data()), text.size()));
}

}  // namespace latcast::server
