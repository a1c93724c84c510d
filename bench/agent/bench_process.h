// latcast-bench as a child of the agent: a process group of its own, which ends with the agent
// however that ends; what it says goes to a log file.
#ifndef LATCAST_BENCH_AGENT_BENCH_PROCESS_H_
#define LATCAST_BENCH_AGENT_BENCH_PROCESS_H_

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace latcast::bench {

class BenchProcess {
 public:
  // The calling thread must live as long as the child: the kernel ends a child with the thread that
  // started it. `log` is written anew. UNAVAILABLE when it cannot be started.
  static absl::StatusOr<std::unique_ptr<BenchProcess>> Start(std::vector<std::string> command,
                                                             const std::string& log);
  ~BenchProcess();  // kills the group
  BenchProcess(const BenchProcess&) = delete;
  BenchProcess& operator=(const BenchProcess&) = delete;

  // How it ended: the exit status, or 128 + n after signal n; nullopt while it runs.
  std::optional<int> Ended();

 private:
  explicit BenchProcess(pid_t pid) : pid_(pid) {}

  pid_t pid_;
  std::optional<int> ended_;
};

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_AGENT_BENCH_PROCESS_H_
