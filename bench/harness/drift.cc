#include "bench/harness/drift.h"

#include <algorithm>
#include <cmath>

namespace latcast::bench {
namespace {

constexpr size_t kOneIn = 5;  // of the probes: as many make a speed of the device
constexpr double kLeastTolerance = 0.05;

// Sets reference and tolerance from the probes, ascending, of which there are some.
void FindReference(std::span<const double> probes_ms, Drift& drift) {
  const size_t enough = (probes_ms.size() + kOneIn - 1) / kOneIn;
  for (drift.tolerance = kLeastTolerance;; drift.tolerance *= 2.0) {
    for (size_t begin = 0; begin + enough <= probes_ms.size(); ++begin) {
      const double limit_ms = probes_ms[begin] * (1.0 + drift.tolerance);
      const auto end = std::upper_bound(probes_ms.begin(), probes_ms.end(), limit_ms);
      const size_t count = static_cast<size_t>(end - probes_ms.begin()) - begin;
      if (count < enough) continue;
      drift.reference_ms = Quantile(probes_ms.subspan(begin, count), 0.5);
      return;
    }
  }
}

}  // namespace

size_t Drift::Drifted() const {
  return static_cast<size_t>(std::count(drifted.begin(), drifted.end(), true));
}

bool Drift::IsOff(double probe_ms) const {
  return std::abs(probe_ms / reference_ms - 1.0) > tolerance;
}

Drift FindDrift(std::span<const Visit> visits) {
  Drift drift;
  drift.drifted.assign(visits.size(), false);
  std::vector<double> medians_ms(visits.size(), 0.0);  // of probes; 0 without a latency
  std::vector<double> probes_ms;
  for (size_t i = 0; i < visits.size(); ++i) {
    if (!visits[i].is_probe || visits[i].samples_ms.empty()) continue;
    medians_ms[i] = Median(visits[i].samples_ms);
    probes_ms.push_back(medians_ms[i]);
  }
  drift.probes = probes_ms.size();
  if (probes_ms.empty()) return drift;
  std::sort(probes_ms.begin(), probes_ms.end());
  FindReference(probes_ms, drift);

  const auto deviation_of = [&](size_t probe) {
    return std::abs(medians_ms[probe] / drift.reference_ms - 1.0);
  };
  bool was_off = false;      // the probe before the stretch
  size_t stretch_begin = 0;  // visits since then
  for (size_t i = 0; i < visits.size();) {
    if (medians_ms[i] == 0.0) {
      ++i;
      continue;
    }
    const size_t stretch_end = i;
    double deviation = deviation_of(i);
    for (++i; i < visits.size() && visits[i].is_probe; ++i) {
      if (medians_ms[i] > 0.0) deviation = std::min(deviation, deviation_of(i));
    }
    const bool is_off = deviation > drift.tolerance;
    drift.largest = std::max(drift.largest, deviation);
    for (size_t v = stretch_begin; v < stretch_end; ++v) {
      drift.drifted[v] = !visits[v].is_probe && (was_off || is_off);
    }
    was_off = is_off;
    stretch_begin = i;
  }
  for (size_t v = stretch_begin; v < visits.size(); ++v) {
    drift.drifted[v] = !visits[v].is_probe && was_off;
  }
  return drift;
}

}  // namespace latcast::bench
