// How long the next visit may take, so that a run ends near its budget: every visit gets what it
// needs at least, and the time beyond that is shared out. Pure.
#ifndef LATCAST_BENCH_HARNESS_BUDGET_H_
#define LATCAST_BENCH_HARNESS_BUDGET_H_

#include <optional>
#include <span>

#include "bench/harness/sampler.h"

namespace latcast::bench {

// What a visit is expected to cost.
struct VisitCost {
  double prepare_s = 0.0;
  double latency_s = 0.0;
};

// Samples a visit takes at the least, however short the time.
inline constexpr size_t kFloorSamples = 3;

// Seconds of a visit with `settings.min_warmup` and kFloorSamples runs.
double FloorSeconds(const VisitCost& cost, const SamplingSettings& settings);

// The settings for the first of the `pending` visits (at least one) when `remaining_s` are left for
// all of them. What the floors leave over is shared in proportion to the square root of the
// latencies: slow points need more time for a sample, fast ones more samples a second. The least
// number of samples is what fits that time, kFloorSamples and more. Without a budget that is all
// that changes; limits never grow beyond the settings.
SamplingSettings ShareBudget(const SamplingSettings& settings, std::span<const VisitCost> pending,
                             std::optional<double> remaining_s);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_HARNESS_BUDGET_H_
