// A child that answers lines with lines. It may hang, crash or say nonsense: every wait has a
// limit, and its end is an error that says how it ended. Ends with its object, by SIGKILL.
#ifndef LATCAST_BENCH_HARNESS_CHILD_PROCESS_H_
#define LATCAST_BENCH_HARNESS_CHILD_PROCESS_H_

#include <sys/types.h>

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace latcast::bench {

class ChildProcess {
 public:
  // `command`: program and arguments. The child's standard input and output are ours, its standard
  // error stays what it is for this process. UNAVAILABLE when it cannot be started.
  static absl::StatusOr<std::unique_ptr<ChildProcess>> Start(std::vector<std::string> command);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Sends a line. UNAVAILABLE when nobody reads it any more.
  absl::Status Send(std::string_view line);

  // The next line, without its end. DEADLINE_EXCEEDED after `limit_s`; CANCELLED soon after
  // `interrupted` (may be null) becomes true; UNAVAILABLE, saying how the child ended, when it has.
  absl::StatusOr<std::string> Receive(double limit_s, const std::atomic<bool>* interrupted);

  pid_t pid() const { return pid_; }

 private:
  ChildProcess(pid_t pid, int fd) : pid_(pid), fd_(fd) {}
  std::string WaitForEnd();

  pid_t pid_;
  int fd_;
  bool has_ended_ = false;
  std::string received_;
};

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_HARNESS_CHILD_PROCESS_H_
