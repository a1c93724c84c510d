// How a run of the program ends: one line on stderr and an exit status that scripts can rely on.
#ifndef LATCAST_CLIENTS_CLI_EXIT_STATUS_H_
#define LATCAST_CLIENTS_CLI_EXIT_STATUS_H_

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace latcast::cli {

enum ExitStatus : int {
  kSuccess = 0,
  kBadInput = 1,      // a file, model or value that cannot be used
  kBadUsage = 2,      // flags or a subcommand that do not exist or do not fit together
  kServerFailed = 3,  // a server that cannot be reached or fails
};

// An error of the command line itself.
absl::Status UsageError(std::string_view message);

// Says where an error lies (a file, a flag, an address), unless the error says so already.
absl::Status At(const absl::Status& status, std::string_view where);
template <typename T>
absl::StatusOr<T> At(absl::StatusOr<T> value, std::string_view where) {
  if (value.ok()) return value;
  return At(value.status(), where);
}

// An error a server answered with, about a model or another subject: what it says of the input
// stays what it is, everything else means that the server failed.
absl::Status FromServer(const absl::Status& status, std::string_view address,
                        std::string_view subject = "");

// "latcast: <what> (<where>)", always a single line.
std::string ErrorLine(const absl::Status& status);
ExitStatus ExitStatusOf(const absl::Status& status);

}  // namespace latcast::cli

#endif  // LATCAST_CLIENTS_CLI_EXIT_STATUS_H_
