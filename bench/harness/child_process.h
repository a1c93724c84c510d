// A child that answers lines with lines. It may hang, crash or say nonsense: every wait has a
// limit, and its end is an error that says how it ended. Ends with its object, by SIGKILL.
#ifndef LATCAST_BENCH_HARNESS_CHILD_PROCESS_H_
#define LATCAST_BENCH_HARNESS_CHILD_PROCESS_H_

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/running_program.h"

namespace latcast::bench {

class ChildProcess {
 public:
  // `command`: program and arguments. The child's standard input and output are ours, its standard
  // error stays what it is for this process; it ends with the calling thread. Errors as those of
  // RunningProgram::Start().
  static absl::StatusOr<std::unique_ptr<ChildProcess>> Start(std::vector<std::string> command);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Sends a line. UNAVAILABLE when nobody reads it any more.
  absl::Status Send(std::string_view line);

  // The next line, without its end. DEADLINE_EXCEEDED after `limit_s`; CANCELLED soon after
  // `interrupted` (may be null) becomes true; UNAVAILABLE, saying how the child ended, when it has.
  absl::StatusOr<std::string> Receive(double limit_s, const std::atomic<bool>* interrupted);

  pid_t pid() const { return program_->pid(); }

 private:
  explicit ChildProcess(int fd) : fd_(fd) {}
  std::string WaitForEnd();  // and how it ended

  int fd_;
  std::unique_ptr<RunningProgram> program_;
  std::string received_;
};

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_HARNESS_CHILD_PROCESS_H_
