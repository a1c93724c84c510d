// Whole files in and out.
#ifndef LATCAST_BASE_FILE_H_
#define LATCAST_BASE_FILE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace latcast {

// Errors name the path: NOT_FOUND, PERMISSION_DENIED, INVALID_ARGUMENT for a folder or a path that
// cannot be, OUT_OF_RANGE when larger than `max_bytes`, UNAVAILABLE for what else the system says.
absl::StatusOr<std::string> ReadFile(const std::string& path, int64_t max_bytes = int64_t{1} << 30);

// Writes to a temporary file beside `path`, syncs it and renames it over `path`: a reader sees the
// old or the new content, never a part, also after a crash. A link is followed; what is no file
// (/dev/stdout, a pipe) is written directly. Errors as above, RESOURCE_EXHAUSTED on a full disk;
// the old content then stays.
absl::Status WriteFileAtomically(const std::string& path, std::string_view content);

}  // namespace latcast

#endif  // LATCAST_BASE_FILE_H_
