#include "bench/agent/bench_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace latcast::bench {
namespace {

absl::Status SystemError(const std::string& what) {
  return absl::UnavailableError(absl::StrCat(what, ": ", std::strerror(errno)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<BenchProcess>> BenchProcess::Start(std::vector<std::string> command,
                                                                  const std::string& log) {
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (output < 0) return SystemError(absl::StrCat(log, ": cannot be written"));
  const absl::Cleanup close_output = [output] { ::close(output); };
  if (::access(command[0].c_str(), X_OK) != 0) {
    return SystemError(absl::StrCat("cannot start ", command[0]));
  }
  std::vector<char*> argv;
  for (std::string& argument : command) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return SystemError(absl::StrCat("cannot start ", command[0]));
  if (pid == 0) {  // nothing but system calls: other threads may have held any lock
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);  // which has ended already
    const int input = ::open("/dev/null", O_RDONLY);
    ::dup2(input, STDIN_FILENO);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ::setpgid(pid, pid);  // both sides, whoever comes first
  return std::unique_ptr<BenchProcess>(new BenchProcess(pid));
}

BenchProcess::~BenchProcess() {
  ::kill(-pid_, SIGKILL);  // the measuring process too, which may hang
  if (ended_) return;
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

std::optional<int> BenchProcess::Ended() {
  if (ended_) return ended_;
  int status = 0;
  const pid_t pid = ::waitpid(pid_, &status, WNOHANG);
  if (pid == pid_) ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ended_;
}

}  // namespace latcast::bench
