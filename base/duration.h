// Times as people type them.
#ifndef LATCAST_BASE_DURATION_H_
#define LATCAST_BASE_DURATION_H_

#include <string_view>

#include "absl/status/statusor.h"

namespace latcast {

// "60s", "90", "2min", "1.5h" -> seconds. INVALID_ARGUMENT on anything else, and on zero or less.
absl::StatusOr<double> ParseSeconds(std::string_view text);

}  // namespace latcast

#endif  // LATCAST_BASE_DURATION_H_
