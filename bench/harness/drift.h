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
  // By visit: the probes beside it over the reference, where one of them was off; else 1, as of
  // probes themselves.
  std::vector<double> slowdown;
  size_t probes = 0;          // that brought a latency
  double reference_ms = 0.0;  // the device at its usual speed, by its probes; 0 without
  double tolerance = 0.0;     // from which a probe is off, relative to the reference
  double largest = 0.0;       // deviation of a probe, relative to the reference

  bool IsDrifted(size_t visit) const { return visit < slowdown.size() && slowdown[visit] != 1.0; }
  size_t Drifted() const;             // visits
  bool IsOff(double probe_ms) const;  // one without a latency, 0, is not
};

// Visits in the order in which they were made. Of probes that follow each other directly the one
// nearest the reference counts: a disturbance of a moment is no drift.
//
// The reference is the fastest speed that the device has for a tenth of the run: the median of the
// fastest probes that differ by no more than 5 % and are a tenth of all. Whatever disturbs a device
// slows it down, and may do so for most of a run; a fast moment, before a device is warm, is less
// than a tenth. A probe is off when it deviates by more than these 5 %, or the 10, 20, ... % within
// which the first tenth lies, where it lies in no 5 %.
Drift FindDrift(std::span<const Visit> visits);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_HARNESS_DRIFT_H_
