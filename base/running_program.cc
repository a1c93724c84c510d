#include "base/running_program.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace latcast {
namespace {

// The child's side, up to the program. Nothing but system calls: other threads may have held any
// lock. What fails is written to `failure`, which closes by itself when the program starts.
[[noreturn]] void Become(char** argv, const ProgramStreams& streams, ProcessGroup group,
                         pid_t parent, int failure) {
  if (group == ProcessGroup::kItsOwn) ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // it ended before the kernel was told
  const auto put = [](int from, int to) { return from == to || ::dup2(from, to) >= 0; };
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (put(streams.input, STDIN_FILENO) && put(streams.output, STDOUT_FILENO) &&
      put(streams.error, STDERR_FILENO)) {
    ::execv(argv[0], argv);
  }
  const int error = errno;
  [[maybe_unused]] const ssize_t written = ::write(failure, &error, sizeof error);
  ::_exit(127);
}

}  // namespace

absl::StatusOr<std::unique_ptr<RunningProgram>> RunningProgram::Start(
    std::vector<std::string> command, const ProgramStreams& streams, ProcessGroup group) {
  const std::string what = absl::StrCat("cannot start ", command.at(0));
  std::vector<char*> argv;
  for (std::string& word : command) argv.push_back(word.data());
  argv.push_back(nullptr);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, what);
  const absl::Cleanup close_ours = [&ends] { ::close(ends[0]); };
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  const int fork_error = errno;
  if (pid == 0) Become(argv.data(), streams, group, parent, ends[1]);
  ::close(ends[1]);
  if (pid < 0) return absl::ErrnoToStatus(fork_error, what);
  auto program = std::unique_ptr<RunningProgram>(new RunningProgram(pid, group));
  int error = 0;
  ssize_t read = 0;
  do {
    read = ::read(ends[0], &error, sizeof error);
  } while (read < 0 && errno == EINTR);
  if (read > 0) return absl::ErrnoToStatus(error, what);
  return program;
}

RunningProgram::~RunningProgram() {
  if (group_ == ProcessGroup::kItsOwn) ::kill(-pid_, SIGKILL);
  if (ended_) return;
  ::kill(pid_, SIGKILL);
  WaitForEnd();
}

std::optional<int> RunningProgram::Ended() {
  if (!ended_) Wait(WNOHANG);
  return ended_;
}

int RunningProgram::WaitForEnd() {
  if (!ended_) Wait(0);
  return *ended_;
}

void RunningProgram::Wait(int flags) {
  int status = 0;
  pid_t pid = 0;
  do {
    pid = ::waitpid(pid_, &status, flags);
  } while (pid < 0 && errno == EINTR);
  // Where SIGCHLD is ignored the kernel forgets how children end: that is no success.
  if (pid != 0) ended_ = pid == pid_ ? status : W_EXITCODE(127, 0);
}

int ExitStatus(int ended) { return WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + WTERMSIG(ended); }

}  // namespace latcast
