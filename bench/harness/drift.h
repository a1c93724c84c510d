// Drift: the device as a whole getting slower or faster while a plan is measured (temperature,
// another program or virtual machine, another clock). A probe point, visited every few visits,
// shows it.
#ifndef LATCAST_BENCH_HARNESS_DRIFT_H_
#define LATCAST_BENCH_HARNESS_DRIFT_H_

#include <cstddef>
#include <span>
#include <vector>

#include "bench/harness/visit.h"

namespace latcast::bench {

struct Drift {
  std::vector<bool> drifted;  // by visit: measured beside a probe that was off; probes are not
  size_t probes = 0;          // that brought a latency
  double reference_ms = 0.0;  // the device at its usual speed, by its probes; 0 without
  double tolerance = 0.0;     // from which a probe is off, relative to the reference
  double largest = 0.0;       // deviation of a probe, relative to the reference

  size_t Drifted() const;
  bool IsOff(double probe_ms) const;
};

// Visits in the order in which they were made. Of probes that follow each other directly the one
// nearest the reference counts: a disturbance of a moment is no drift.
//
// The reference is the lower quartile of the probes. Whatever disturbs a device slows it down, and
// may do so for most of a run: the median could be that of either state, or of none. A probe is off
// when it deviates from it by more than 5 %, or than four times the distance from there to the 5 %
// quantile, if that is more: for normal noise, 3.2 standard deviations above the mean.
Drift FindDrift(std::span<const Visit> visits);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_HARNESS_DRIFT_H_
