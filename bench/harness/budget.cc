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

// As many samples at the least as fit the time for sampling.
void FitSamples(double latency_s, SamplingSettings& settings) {
  if (latency_s <= 0.0) return;
  const double fitting = std::floor(settings.max_sampling_s / latency_s * (1.0 + 1e-9));
  settings.min_samples =
      static_cast<size_t>(std::clamp(fitting, static_cast<double>(FloorRuns(settings)),
                                     static_cast<double>(settings.min_samples)));
}

}  // namespace

double FloorSeconds(const VisitCost& cost, const SamplingSettings& settings) {
  return cost.prepare_s +
         static_cast<double>(settings.min_warmup + FloorRuns(settings)) * cost.latency_s;
}

SamplingSettings ShareBudget(const SamplingSettings& settings, std::span<const VisitCost> pending,
                             std::optional<double> remaining_s) {
  assert(!pending.empty());
  SamplingSettings result = settings;
  if (!remaining_s.has_value()) {
    FitSamples(pending.front().latency_s, result);
    return result;
  }
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

  result.max_warmup_s = std::min(settings.max_warmup_s, warmup_s);
  result.max_sampling_s = std::min(settings.max_sampling_s, sampling_s);
  result.min_warmup_s = std::min(settings.min_warmup_s, result.max_warmup_s);
  result.min_sampling_s = std::min(settings.min_sampling_s, result.max_sampling_s);
  FitSamples(own.latency_s, result);
  return result;
}

}  // namespace latcast::bench
