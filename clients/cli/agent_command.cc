// latcast agent: becomes latcast-agent, so that its exit status and signals are ours.
#include "clients/cli/command.h"
#include "clients/cli/program.h"

namespace latcast::cli {

Command AgentCommand() {
  Command command;
  command.name = "agent";
  command.summary = "let a server calibrate a device of this computer (runs latcast-agent)";
  command.example = "latcast agent --server 127.0.0.1:50051 --device cpu --data latcast-data/agent";
  command.pass_on = [](std::span<const std::string> arguments) -> absl::StatusOr<int> {
    return Become("latcast-agent", arguments);
  };
  return command;
}

}  // namespace latcast::cli
