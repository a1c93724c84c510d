#include "bench/harness/child_process.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "bench/harness/clock.h"

namespace latcast::bench {
namespace {

// How long an interrupt may go unnoticed.
constexpr double kSlice_s = 0.05;

absl::Status SystemError(std::string_view what, int error) {
  return absl::UnavailableError(absl::StrCat(std::string(what), ": ", std::strerror(error)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ChildProcess>> ChildProcess::Start(
    std::vector<std::string> command) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return SystemError("cannot make a socket pair", errno);
  }
  const absl::Cleanup close_theirs = [&ends] { ::close(ends[1]); };
  auto child = std::unique_ptr<ChildProcess>(new ChildProcess(ends[0]));
  ASSIGN_OR_RETURN(child->program_, RunningProgram::Start(std::move(command),
                                                          {.input = ends[1], .output = ends[1]}));
  return child;
}

ChildProcess::~ChildProcess() { ::close(fd_); }

absl::Status ChildProcess::Send(std::string_view line) {
  std::string text = absl::StrCat(std::string(line), "\n");
  for (std::string_view rest = text; !rest.empty();) {
    const ssize_t sent = ::send(fd_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return SystemError("the child reads no more", errno);
    rest.remove_prefix(static_cast<size_t>(sent));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ChildProcess::Receive(double limit_s,
                                                  const std::atomic<bool>* interrupted) {
  SteadyClock clock;
  const int64_t start = clock.NowNs();
  while (true) {
    if (const size_t end = received_.find('\n'); end != std::string::npos) {
      std::string line = received_.substr(0, end);
      received_.erase(0, end + 1);
      return line;
    }
    if (interrupted != nullptr && interrupted->load()) return absl::CancelledError("interrupted");
    const double left_s = limit_s - clock.SecondsSince(start);
    if (left_s <= 0.0) {
      return absl::DeadlineExceededError(absl::StrCat("no answer within ", limit_s, " s"));
    }
    struct pollfd poll {
      .fd = fd_, .events = POLLIN, .revents = 0
    };
    const int wait_ms = static_cast<int>(std::min(left_s, kSlice_s) * 1e3) + 1;
    if (::poll(&poll, 1, wait_ms) <= 0) continue;  // interrupted by a signal, or nothing yet
    char buffer[1 << 16];
    const ssize_t read = ::read(fd_, buffer, sizeof buffer);
    if (read < 0 && errno == EINTR) continue;
    if (read <= 0) return absl::UnavailableError(WaitForEnd());
    received_.append(buffer, static_cast<size_t>(read));
  }
}

std::string ChildProcess::WaitForEnd() {
  // It may have closed its output and live on.
  SteadyClock clock;
  const int64_t start = clock.NowNs();
  while (!program_->Ended() && clock.SecondsSince(start) <= 1.0) clock.SleepNs(1'000'000);
  if (!program_->Ended()) ::kill(program_->pid(), SIGKILL);
  const int ended = program_->WaitForEnd();
  if (WIFSIGNALED(ended)) {
    const int signal = WTERMSIG(ended);
    return absl::StrCat("ended by signal ", signal, " (", ::strsignal(signal), ")");
  }
  return absl::StrCat("ended with exit status ", ExitStatus(ended));
}

}  // namespace latcast::bench
