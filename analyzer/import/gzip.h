// Gzip in memory, with a limit on what comes out.
#ifndef LATCAST_ANALYZER_IMPORT_GZIP_H_
#define LATCAST_ANALYZER_IMPORT_GZIP_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace latcast::import {

bool IsGzip(std::string_view bytes);

// INVALID_ARGUMENT for corrupt or truncated data or bytes behind its end; RESOURCE_EXHAUSTED as
// soon as more than `max_bytes` come out: no more than that is ever held.
absl::StatusOr<std::string> Gunzip(std::string_view bytes, int64_t max_bytes);

// The same content gives the same bytes: no time, no file name.
absl::StatusOr<std::string> Gzip(std::string_view content);

}  // namespace latcast::import

#endif  // LATCAST_ANALYZER_IMPORT_GZIP_H_
