// A program that this one started, and that does not outlive it.
#ifndef LATCAST_BASE_RUNNING_PROGRAM_H_
#define LATCAST_BASE_RUNNING_PROGRAM_H_

#include <sys/types.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace latcast {

// The file descriptors that become its standard ones; this program's own without.
struct ProgramStreams {
  int input = STDIN_FILENO;
  int output = STDOUT_FILENO;
  int error = STDERR_FILENO;
};

enum class ProcessGroup { kOurs, kItsOwn };  // what a terminal's Ctrl-C reaches

class RunningProgram {
 public:
  // `command`: path and arguments; signals are not blocked in it. The system's code, with the path,
  // when it cannot be started. The kernel kills it when the calling thread ends, however that ends,
  // kill -9 of this program included: that thread must live as long as the program is to run.
  static absl::StatusOr<std::unique_ptr<RunningProgram>> Start(
      std::vector<std::string> command, const ProgramStreams& streams = {},
      ProcessGroup group = ProcessGroup::kOurs);
  ~RunningProgram();  // kills it, and what else is in a group of its own
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  pid_t pid() const { return pid_; }
  // How it ended, as waitpid() says it; nullopt while it runs.
  std::optional<int> Ended();
  int WaitForEnd();

 private:
  RunningProgram(pid_t pid, ProcessGroup group) : pid_(pid), group_(group) {}
  void Wait(int flags);

  pid_t pid_;
  ProcessGroup group_;
  std::optional<int> ended_;
};

// What a shell calls it: the exit status, or 128 + n after signal n.
int ExitStatus(int ended);

}  // namespace latcast

#endif  // LATCAST_BASE_RUNNING_PROGRAM_H_
