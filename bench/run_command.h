// latcast-bench run: plan, measure, write the points.
#ifndef LATCAST_BENCH_RUN_COMMAND_H_
#define LATCAST_BENCH_RUN_COMMAND_H_

#include <atomic>
#include <string>

#include "absl/status/status.h"
#include "bench/device.h"
#include "bench/plan_source.h"

namespace latcast::bench {

struct RunRequest {
  PlanRequest plan;
  DeviceOptions device;
  std::string weights = "cold";  // of blocks: cold | warm; networks are as they are
  bool isolate = true;           // measure in a process of its own
  int probe_every = 2;           // visits between two visits to the probe block; 0 for none
  double point_limit_s = 60.0;   // a visit may take this and many times what is expected of it
  std::string journal;           // created, or resumed
  std::string out;               // points file
};

// Reports on stderr. CANCELLED, with what to type next, when `interrupted` becomes true: finished
// visits are in the journal then. UNAVAILABLE likewise when the device is lost. Points that fail
// are no error: the points file says so.
absl::Status RunCommand(const RunRequest& request, const std::atomic<bool>& interrupted);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_RUN_COMMAND_H_
