#include "bench/harness/drift.h"

#include <algorithm>
#include <cmath>

namespace latcast::bench {
namespace {

constexpr double kReferenceQuantile = 0.25;
constexpr double kLowQuantile = 0.05;
constexpr double kLeastTolerance = 0.05;
constexpr double kUsualDeviations = 4.0;

bool HasLatency(const Visit& probe) { return !probe.samples_ms.empty(); }

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
  std::vector<double> probes_ms;
  for (const Visit& visit : visits) {
    if (visit.is_probe && HasLatency(visit)) probes_ms.push_back(Median(visit.samples_ms));
  }
  drift.probes = probes_ms.size();
  if (probes_ms.empty()) return drift;
  std::sort(probes_ms.begin(), probes_ms.end());
  drift.reference_ms = Quantile(probes_ms, kReferenceQuantile);
  const double spread = 1.0 - Quantile(probes_ms, kLowQuantile) / drift.reference_ms;
  drift.tolerance = std::max(kLeastTolerance, kUsualDeviations * spread);

  bool was_off = false;      // the probe before the stretch
  size_t stretch_begin = 0;  // visits since then
  for (size_t i = 0; i < visits.size();) {
    if (!visits[i].is_probe || !HasLatency(visits[i])) {
      ++i;
      continue;
    }
    const size_t stretch_end = i;
    double deviation = std::abs(Median(visits[i].samples_ms) / drift.reference_ms - 1.0);
    for (++i; i < visits.size() && visits[i].is_probe; ++i) {
      if (!HasLatency(visits[i])) continue;
      deviation =
          std::min(deviation, std::abs(Median(visits[i].samples_ms) / drift.reference_ms - 1.0));
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
