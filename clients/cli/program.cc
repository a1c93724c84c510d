#include "clients/cli/program.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/find_program.h"
#include "base/running_program.h"
#include "base/status_macros.h"

namespace latcast::cli {
namespace {

volatile std::sig_atomic_t child_pid = 0;

// What the terminal sends reaches the child by itself: it is in our process group.
void PassSignalOn(int signal, siginfo_t* info, void*) {
  if (child_pid > 0 && info->si_code != SI_KERNEL) kill(child_pid, signal);
}

absl::StatusOr<std::vector<std::string>> Command(std::string_view name,
                                                 std::span<const std::string> arguments) {
  ASSIGN_OR_RETURN(std::string program, FindProgram(name));
  std::vector<std::string> command = {std::move(program)};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

}  // namespace

absl::Status Become(std::string_view name, std::span<const std::string> arguments) {
  ASSIGN_OR_RETURN(std::vector<std::string> command, Command(name, arguments));
  std::vector<char*> argv;
  for (std::string& word : command) argv.push_back(word.data());
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot start ", command[0]));
}

absl::StatusOr<int> RunProgram(std::string_view name, std::span<const std::string> arguments) {
  ASSIGN_OR_RETURN(std::vector<std::string> command, Command(name, arguments));
  ASSIGN_OR_RETURN(const std::unique_ptr<RunningProgram> program,
                   RunningProgram::Start(std::move(command)));
  // Signals before this line end us, and the program with us.
  child_pid = program->pid();
  constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction before[std::size(kSignals)];
  struct sigaction pass_on = {};
  pass_on.sa_sigaction = PassSignalOn;
  pass_on.sa_flags = SA_SIGINFO;
  for (size_t i = 0; i < std::size(kSignals); ++i) sigaction(kSignals[i], &pass_on, &before[i]);
  const int ended = program->WaitForEnd();
  child_pid = 0;
  for (size_t i = 0; i < std::size(kSignals); ++i) sigaction(kSignals[i], &before[i], nullptr);
  return ExitStatus(ended);
}

}  // namespace latcast::cli
