#include "bench/harness/drift.h"

#include <algorithm>
#include <cmath>

namespace latcast::bench {
namespace {

constexpr size_t kOneIn = 10;  // of the probes: as many make a speed of the device
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
  return slowdown.size() - static_cast<size_t>(std::count(slowdown.begin(), slowdown.end(), 1.0));
}

bool Drift::IsOff(double probe_ms) const {
  return probe_ms > 0.0 && std::abs(probe_ms / reference_ms - 1.0) > tolerance;
}

Drift FindDrift(std::span<const Visit> visits) {
  Drift drift;
  drift.slowdown.assign(visits.size(), 1.0);
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

  double before_ms = 0.0;    // the probe before the stretch; 0 without one
  size_t stretch_begin = 0;  // visits since then
  const auto close_stretch = [&](size_t end, double after_ms) {
    if (!drift.IsOff(before_ms) && !drift.IsOff(after_ms)) return;
    const double sides = before_ms > 0.0 && after_ms > 0.0 ? 2.0 : 1.0;
    for (size_t v = stretch_begin; v < end; ++v) {
      if (visits[v].is_probe) continue;
      drift.slowdown[v] = (before_ms + after_ms) / sides / drift.reference_ms;
    }
  };
  for (size_t i = 0; i < visits.size();) {
    if (medians_ms[i] == 0.0) {
      ++i;
      continue;
    }
    const size_t stretch_end = i;
    const auto deviation = [&](double ms) { return std::abs(ms / drift.reference_ms - 1.0); };
    double nearest_ms = medians_ms[i];
    for (++i; i < visits.size() && visits[i].is_probe; ++i) {
      const double ms = medians_ms[i];
      if (ms > 0.0 && deviation(ms) < deviation(nearest_ms)) nearest_ms = ms;
    }
    drift.largest = std::max(drift.largest, deviation(nearest_ms));
    close_stretch(stretch_end, nearest_ms);
    before_ms = nearest_ms;
    stretch_begin = i;
  }
  close_stretch(visits.size(), 0.0);
  return drift;
}

}  // namespace latcast::bench
