#include "bench/harness/budget.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace latcast::bench {
namespace {

// Warm-up's part of the time a visit has for running.
constexpr double kWarmupShare = 0.25;
// Microsecond points get the share of this latency.
constexpr double kSmallestLatency_s = 1e-3;

double Weight(const VisitCost& cost) {
  return std::sqrt(std::max(cost.latency_s, kSmallestLatency_s));
}

size_t FloorRuns(const SamplingSettings& settings) {
  return std::min(kFloorSamples, settings.min_samples);
}

}  // namespace

double FloorSeconds(const VisitCost& cost, const SamplingSettings& settings) {
  return cost.prepare_s +
         static_cast<double>(settings.min_warmup + FloorRuns(settings)) * cost.latency_s;
}

SamplingSettings ShareBudget(const SamplingSettings& settings, std::span<const VisitCost> pending,
                             std::optional<double> remaining_s) {
  assert(!pending.empty());
  if (!remaining_s.has_value()) return settings;
  double spare_s = *remaining_s;
  double weights = 0.0;
  for (const VisitCost& cost : pending) {
    spare_s -= FloorSeconds(cost, settings);
    weights += Weight(cost);
  }
  const VisitCost& own = pending.front();
  const double share_s = std::max(spare_s, 0.0) * Weight(own) / weights;
  const double floor_samples = static_cast<double>(FloorRuns(settings));
  const double warmup_s =
      static_cast<double>(settings.min_warmup) * own.latency_s + kWarmupShare * share_s;
  const double sampling_s = floor_samples * own.latency_s + (1.0 - kWarmupShare) * share_s;

  SamplingSettings result = settings;
  result.max_warmup_s = std::min(settings.max_warmup_s, warmup_s);
  result.max_sampling_s = std::min(settings.max_sampling_s, sampling_s);
  result.min_warmup_s = std::min(settings.min_warmup_s, result.max_warmup_s);
  result.min_sampling_s = std::min(settings.min_sampling_s, result.max_sampling_s);
  if (own.latency_s > 0.0) {
    const double fitting = std::floor(result.max_sampling_s / own.latency_s * (1.0 + 1e-9));
    result.min_samples = static_cast<size_t>(
        std::clamp(fitting, floor_samples, static_cast<double>(settings.min_samples)));
  }
  return result;
}

}  // namespace latcast::bench
