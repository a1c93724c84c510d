// Measures in a process of its own, so that a hung kernel, a crash or a device that fails for good
// costs one point and not the run.
#ifndef LATCAST_BENCH_ISOLATION_ISOLATED_MEASURER_H_
#define LATCAST_BENCH_ISOLATION_ISOLATED_MEASURER_H_

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/isolation/measurer.h"

namespace latcast::bench {

struct IsolationOptions {
  std::vector<std::string> command;  // program and arguments of the measuring process (worker.h)
  double start_limit_s = 120.0;      // to load its libraries and open the device
  // Points in a row that may cost the process its life; with the next one the run ends: it is the
  // device then, and not the points.
  int max_lost_in_a_row = 3;
};

// Starts the process. A visit that outlasts its limit, ends the process or loses the device is
// kFailed with the reason, and the next one finds a fresh process, of the same device: if it calls
// itself something else, or comes with another library or other settings, Measure says
// FAILED_PRECONDITION. `interrupted` may be null. Errors as those of opening the device.
absl::StatusOr<std::unique_ptr<Measurer>> MakeIsolatedMeasurer(
    const IsolationOptions& options, const std::atomic<bool>* interrupted);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_ISOLATION_ISOLATED_MEASURER_H_
