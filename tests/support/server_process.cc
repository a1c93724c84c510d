#include "tests/support/server_process.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"

namespace latcast::test {
namespace {

constexpr const char* kReady = "latcast-server: listening on ";

// The child's process and the read end of its output.
std::pair<pid_t, int> Spawn(const std::vector<std::string>& args) {
  const char* bin = getenv("LATCAST_BIN");
  std::vector<std::string> words{absl::StrCat(bin == nullptr ? "." : bin, "/latcast-server")};
  words.insert(words.end(), args.begin(), args.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  int ends[2];
  if (pipe(ends) != 0) abort();
  const pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that dies leaves no server behind
    dup2(ends[1], STDOUT_FILENO);
    dup2(ends[1], STDERR_FILENO);
    close(ends[0]);
    close(ends[1]);
    execv(argv[0], argv.data());
    _exit(127);
  }
  close(ends[1]);
  return {pid, ends[0]};
}

}  // namespace

absl::StatusOr<std::unique_ptr<ServerProcess>> ServerProcess::Start(
    const std::string& data_dir, const std::string& listen, const std::vector<std::string>& extra) {
  std::vector<std::string> args{"--data", data_dir, "--listen", listen};
  args.insert(args.end(), extra.begin(), extra.end());
  const auto [pid, output] = Spawn(args);
  auto process = std::unique_ptr<ServerProcess>(new ServerProcess(pid, output));
  while (true) {
    const size_t start = process->text_.find(kReady);
    const size_t end = start == std::string::npos ? start : process->text_.find('\n', start);
    if (end != std::string::npos) {
      const size_t address = start + std::string_view(kReady).size();
      process->address_ = process->text_.substr(address, end - address);
      return process;
    }
    if (!process->ReadMore()) return absl::FailedPreconditionError(process->Wait().output);
  }
}

ServerProcess::~ServerProcess() {
  if (pid_ > 0) SignalAndWait(SIGKILL);
  close(output_);
}

bool ServerProcess::ReadMore() {
  char buffer[4096];
  ssize_t count = 0;
  do {
    count = read(output_, buffer, sizeof(buffer));
  } while (count < 0 && errno == EINTR);
  if (count <= 0) return false;
  text_.append(buffer, static_cast<size_t>(count));
  return true;
}

void ServerProcess::Signal(int signal) const { kill(pid_, signal); }

Ended ServerProcess::Wait() {
  while (ReadMore()) {
  }
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), text_};
}

Ended ServerProcess::SignalAndWait(int signal) {
  Signal(signal);
  return Wait();
}

Ended RunServer(const std::vector<std::string>& args) {
  const auto [pid, output] = Spawn(args);
  return ServerProcess(pid, output).Wait();
}

}  // namespace latcast::test
