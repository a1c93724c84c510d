// latcast serve: becomes latcast-server, so that its exit status and signals are ours.
#include "clients/cli/command.h"
#include "clients/cli/program.h"

namespace latcast::cli {

Command ServeCommand() {
  Command command;
  command.name = "serve";
  command.summary = "answer forecasts over gRPC (runs latcast-server)";
  command.example = "latcast serve --data latcast-data/server --listen 127.0.0.1:50051";
  command.pass_on = [](std::span<const std::string> arguments) -> absl::StatusOr<int> {
    return Become("latcast-server", arguments);
  };
  return command;
}

}  // namespace latcast::cli
