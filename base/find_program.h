// Where the other programs of latcast are.
#ifndef LATCAST_BASE_FIND_PROGRAM_H_
#define LATCAST_BASE_FIND_PROGRAM_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace latcast {

// NOT_FOUND when the program lies neither beside this executable nor in a folder of PATH.
absl::StatusOr<std::string> FindProgram(std::string_view name);

}  // namespace latcast

#endif  // LATCAST_BASE_FIND_PROGRAM_H_
