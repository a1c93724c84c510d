// Drift: the device as a whole getting slower or faster while a plan is measured (temperature,
// another program, another clock). A probe point, visited every few visits, shows it.
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
  double reference_ms = 0.0;  // median of the probes; 0 without
  double tolerance = 0.0;     // from which a probe is off, relative to the reference
  double largest = 0.0;       // deviation of a probe, relative to the reference

  size_t Drifted() const;
  bool IsOff(double probe_ms) const;
};

// Visits in the order in which they were made. Of probes that follow each other directly the one
// nearest the reference counts: a disturbance of a moment is no drift. A probe is off when it
// deviates by more than 10 %, or than four times what the probes usually do (their MAD, scaled to a
// standard deviation), if that is more.
Drift FindDrift(std::span<const Visit> visits);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_HARNESS_DRIFT_H_
