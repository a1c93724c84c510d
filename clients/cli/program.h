// The other programs of latcast: they lie beside this one, or in PATH.
#ifndef LATCAST_CLIENTS_CLI_PROGRAM_H_
#define LATCAST_CLIENTS_CLI_PROGRAM_H_

#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace latcast::cli {

// Becomes that program (base/find_program.h says where it is looked for): its exit status and its
// signals are ours. Returns only when that fails.
absl::Status Become(std::string_view name, std::span<const std::string> arguments);

// Runs that program on our terminal and waits for its end; SIGINT, SIGTERM and SIGHUP go on to it,
// and it ends with us. To be called by the main thread (base/running_program.h). Returns its exit
// status, 128 + n after signal n.
absl::StatusOr<int> RunProgram(std::string_view name, std::span<const std::string> arguments);

}  // namespace latcast::cli

#endif  // LATCAST_CLIENTS_CLI_PROGRAM_H_
