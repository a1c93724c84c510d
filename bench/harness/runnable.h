// Something that can be measured again and again: a block prepared on a device.
#ifndef LATCAST_BENCH_HARNESS_RUNNABLE_H_
#define LATCAST_BENCH_HARNESS_RUNNABLE_H_

#include <vector>

#include "absl/status/statusor.h"

namespace latcast::bench {

struct Measurement {
  double ms = 0.0;
  // Something else used the device meanwhile (another program had the core): such a run counts only
  // when there are not enough others.
  bool disturbed = false;
  bool throttled = false;  // the device says that it ran slower than it can
  double clock_mhz = 0.0;  // of the device in this run; 0 where unknown
};

class Runnable {
 public:
  virtual ~Runnable() = default;
  // Runs once. RESOURCE_EXHAUSTED when the device has not the memory; any other error is a failure
  // of this point alone.
  virtual absl::StatusOr<Measurement> MeasureOnce() = 0;
  // Runs once and times its parts one by one [ms], always the same number of them; errors as above.
  virtual absl::StatusOr<std::vector<double>> MeasureParts() = 0;
};

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_HARNESS_RUNNABLE_H_
