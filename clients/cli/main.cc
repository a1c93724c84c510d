// latcast: the command line. Picks the subcommand, reads its flags, runs it and turns an error into
// one line and an exit status.
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/text.h"
#include "clients/cli/command.h"
#include "clients/cli/exit_status.h"
#include "clients/cli/flags.h"
#include "clients/cli/output.h"

namespace latcast::cli {
namespace {

// Every subcommand; the only list to extend. In the order of the help.
std::vector<Command> BuiltinCommands() {
  return {AnalyzeCommand(),   DiffCommand(),       SweepCommand(),    PredictCommand(),
          CalibrateCommand(), BenchCommand(),      PointsCommand(),   FitCommand(),
          EvaluateCommand(),  ExportCommand(),     ProfilesCommand(), ServeCommand(),
          AgentCommand(),     JobsCommand(),       BlocksCommand(),   ZooCommand(),
          OpsCommand(),       ConventionsCommand()};
}

std::string Help(const std::vector<Command>& commands) {
  std::string text =
      "latcast forecasts how long a convolutional network takes on a device, and what it costs.\n\n"
      "Usage: latcast SUBCOMMAND [ARGUMENTS]\n\n";
  for (const Command& command : commands) {
    absl::StrAppendFormat(&text, "  %-11s %s\n", ToAbsl(command.name), ToAbsl(command.summary));
  }
  text +=
      "\nMODEL is a captured network (FILE.lcg), the name of a shipped one (latcast zoo) or a "
      "block\n"
      "(latcast blocks).\n\nExamples:\n";
  for (const Command& command : commands) {
    absl::StrAppendFormat(&text, "  %s\n", ToAbsl(command.example));
  }
  return text + "\nlatcast SUBCOMMAND --help explains the arguments; latcast --version.\n";
}

absl::StatusOr<int> Run(const Command& command, const std::vector<std::string>& arguments) {
  if (command.pass_on != nullptr) return command.pass_on(arguments);
  Flags flags(absl::StrCat("latcast ", ToAbsl(command.name)), command.summary, command.example);
  const Action action = command.declare(flags);
  bool help_asked = false;
  const absl::Status parsed = flags.Parse(arguments, help_asked);
  if (help_asked) {
    Print(flags.Help());
    return kSuccess;
  }
  absl::StatusOr<int> status = parsed.ok() ? action() : parsed;
  const bool usage = ExitStatusOf(status.status()) == kBadUsage;
  return usage ? At(std::move(status), absl::StrCat("latcast ", ToAbsl(command.name))) : status;
}

absl::StatusOr<int> Dispatch(const std::vector<std::string>& arguments) {
  const std::vector<Command> commands = BuiltinCommands();
  if (arguments.empty()) return UsageError("no subcommand given; latcast --help lists them");
  const std::string& name = arguments.front();
  if (name == "--version") {
    Print("latcast " LATCAST_VERSION "\n");
    return kSuccess;
  }
  if (name == "--help" || name == "-h" || name == "help") {
    Print(Help(commands));
    return kSuccess;
  }
  std::vector<std::string_view> names;
  for (const Command& command : commands) {
    if (command.name == name) return Run(command, {arguments.begin() + 1, arguments.end()});
    names.push_back(command.name);
  }
  return UsageError(
      absl::StrCat("unknown subcommand '", name, "'", DidYouMean(name, names),
                   DidYouMean(name, names).empty() ? "; latcast --help lists them" : ""));
}

int Main(const std::vector<std::string>& arguments) {
  absl::StatusOr<int> status = Dispatch(arguments);
  if (status.ok() && (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)) {
    status = absl::InternalError("cannot write the output");
  }
  if (status.ok()) return *status;
  std::fflush(stdout);
  absl::FPrintF(stderr, "%s\n", ErrorLine(status.status()));
  return ExitStatusOf(status.status());
}

}  // namespace
}  // namespace latcast::cli

int main(int argc, char** argv) {
  return latcast::cli::Main(std::vector<std::string>(argv + 1, argv + argc));
}
