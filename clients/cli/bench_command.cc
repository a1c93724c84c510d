// latcast bench: becomes latcast-bench, so that its exit status and signals are ours.
#include "clients/cli/command.h"
#include "clients/cli/program.h"

namespace latcast::cli {

Command BenchCommand() {
  Command command;
  command.name = "bench";
  command.summary = "measure blocks and networks on this device (runs latcast-bench)";
  command.example =
      "latcast bench run --plan quick --budget 60s --journal points.jsonl --out points.csv";
  command.pass_on = [](std::span<const std::string> arguments) -> absl::StatusOr<int> {
    return Become("latcast-bench", arguments);
  };
  return command;
}

}  // namespace latcast::cli
