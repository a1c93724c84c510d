// Something that can be measured again and again: a block prepared on a device.
#ifndef LATCAST_BENCH_HARNESS_RUNNABLE_H_
#define LATCAST_BENCH_HARNESS_RUNNABLE_H_

#include "absl/status/statusor.h"

namespace latcast::bench {

class Runnable {
 public:
  virtual ~Runnable() = default;
  // Runs once and says how long that took, in ms. RESOURCE_EXHAUSTED when the device has not the
  // memory; any other error is a failure of this point alone.
  virtual absl::StatusOr<double> MeasureOnce() = 0;
};

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_HARNESS_RUNNABLE_H_
