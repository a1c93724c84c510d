#include "clients/cli/program.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/find_program.h"
#include "base/status_macros.h"

extern char** environ;

namespace latcast::cli {
namespace {

volatile std::sig_atomic_t child_pid = 0;

// What the terminal sends reaches the child by itself: it is in our process group.
void PassSignalOn(int signal, siginfo_t* info, void*) {
  if (child_pid > 0 && info->si_code != SI_KERNEL) kill(child_pid, signal);
}

// argv[0] is the name of the program; valid while `arguments` lives.
std::vector<char*> Argv(std::string& name, std::vector<std::string>& arguments) {
  std::vector<char*> argv = {name.data()};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  return argv;
}

}  // namespace

absl::Status Become(std::string_view name, std::span<const std::string> arguments) {
  ASSIGN_OR_RETURN(std::string program, FindProgram(name));
  std::vector<std::string> copies(arguments.begin(), arguments.end());
  execv(program.c_str(), Argv(program, copies).data());
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot start ", program));
}

absl::StatusOr<int> RunProgram(std::string_view name, std::span<const std::string> arguments) {
  ASSIGN_OR_RETURN(std::string program, FindProgram(name));
  std::vector<std::string> copies(arguments.begin(), arguments.end());

  constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction before[std::size(kSignals)];
  struct sigaction pass_on = {};
  pass_on.sa_sigaction = PassSignalOn;
  pass_on.sa_flags = SA_SIGINFO;
  for (size_t i = 0; i < std::size(kSignals); ++i) sigaction(kSignals[i], &pass_on, &before[i]);
  const absl::Cleanup restore = [&before, &kSignals] {
    child_pid = 0;
    for (size_t i = 0; i < std::size(kSignals); ++i) {
      sigaction(kSignals[i], &before[i], nullptr);
    }
  };

  pid_t pid = 0;
  const int failed =
      posix_spawn(&pid, program.c_str(), nullptr, nullptr, Argv(program, copies).data(), environ);
  if (failed != 0) return absl::ErrnoToStatus(failed, absl::StrCat("cannot start ", program));
  child_pid = pid;
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return absl::ErrnoToStatus(errno, absl::StrCat("lost ", program));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace latcast::cli
