// Whole files in and out.
#ifndef LATCAST_BASE_FILE_H_
#define LATCAST_BASE_FILE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace latcast {

// NOT_FOUND or PERMISSION_DENIED with the path; OUT_OF_RANGE when larger than `max_bytes`.
absl::StatusOr<std::string> ReadFile(const std::string& path,
                                     int64_t max_bytes = int64_t{1} << 30);

// Writes to a temporary file beside `path`, syncs it and renames it over `path`: a reader sees the
// old or the new content, never a part, also after a crash.
absl::Status WriteFileAtomically(const std::string& path, std::string_view content);

}  // namespace latcast

#endif  // LATCAST_BASE_FILE_H_
