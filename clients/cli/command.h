// A subcommand: its name, its documentation, its flags and what it does. One file each; main.cc
// lists them.
#ifndef LATCAST_CLIENTS_CLI_COMMAND_H_
#define LATCAST_CLIENTS_CLI_COMMAND_H_

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "clients/cli/exit_status.h"
#include "clients/cli/flags.h"

namespace latcast::cli {

// Does the work once the flags are read, and returns the exit status of the program.
using Action = std::function<absl::StatusOr<int>()>;

struct Command {
  std::string_view name;
  std::string_view summary;  // one line
  std::string_view example;  // a command line that works
  // Declares the flags; the action owns the values they go to.
  Action (*declare)(Flags& flags) = nullptr;
  // Instead of flags: a command that hands its arguments to another program as they are.
  absl::StatusOr<int> (*pass_on)(std::span<const std::string> arguments) = nullptr;
};

Command AgentCommand();
Command AnalyzeCommand();
Command BenchCommand();
Command BlocksCommand();
Command CalibrateCommand();
Command ConventionsCommand();
Command DiffCommand();
Command EvaluateCommand();
Command ExportCommand();
Command FitCommand();
Command JobsCommand();
Command OpsCommand();
Command PointsCommand();
Command PredictCommand();
Command ProfilesCommand();
Command ServeCommand();
Command SweepCommand();
Command ZooCommand();

}  // namespace latcast::cli

#endif  // LATCAST_CLIENTS_CLI_COMMAND_H_
