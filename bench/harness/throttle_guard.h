// Leaves out runs that the device did at a lower clock than usual, and lets it recover.
#ifndef LATCAST_BENCH_HARNESS_THROTTLE_GUARD_H_
#define LATCAST_BENCH_HARNESS_THROTTLE_GUARD_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "bench/harness/runnable.h"

namespace latcast::bench {

// A run is to be discarded when the device says that it was throttled, or ran at less than 90 % of
// the median clock of the runs so far. After kMaxDiscarded of them waiting does not help: every
// further run counts, and the visit is throttled.
class ThrottleGuard {
 public:
  static constexpr size_t kMaxDiscarded = 20;

  bool Discards(const Measurement& run);
  // How long to wait after the last discarded run: 50 ms, growing by a half each time, up to 2 s.
  int64_t RecoveryNs() const;

  size_t discarded() const { return discarded_; }
  bool gave_up() const { return gave_up_; }

 private:
  std::vector<double> clocks_mhz_;  // ascending
  size_t discarded_ = 0;
  bool gave_up_ = false;
};

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_HARNESS_THROTTLE_GUARD_H_
