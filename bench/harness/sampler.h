// One visit to one point: warm up until stable, then sample until a stopping rule is content.
#ifndef LATCAST_BENCH_HARNESS_SAMPLER_H_
#define LATCAST_BENCH_HARNESS_SAMPLER_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/harness/clock.h"
#include "bench/harness/runnable.h"
#include "bench/harness/stopping_rule.h"

namespace latcast::bench {

struct SamplingSettings {
  // Warm-up ends when two successive medians of `warmup_window` runs agree, or at a limit.
  size_t warmup_window = 3;
  double warmup_tolerance = 0.02;
  size_t min_warmup = 2;
  size_t max_warmup = 100;
  double min_warmup_s = 0.005;
  double max_warmup_s = 0.3;
  // Sampling ends when the median's 95 % interval is this narrow, on its plateau, or at a limit.
  double half_width = 0.01;
  size_t plateau_samples = 128;
  double plateau_ratio = 0.9;
  size_t min_samples = 10;
  size_t max_samples = 1000;
  double min_sampling_s = 0.01;
  double max_sampling_s = 0.3;  // another visit tells more than a longer one
};

std::unique_ptr<StoppingRule> WarmupRule(const SamplingSettings& settings);
std::unique_ptr<StoppingRule> SamplingRule(const SamplingSettings& settings);

struct Samples {
  std::vector<double> samples_ms;  // those that count
  size_t runs = 0;                 // measured, without the warm-up
  size_t disturbed_runs = 0;       // of these
  size_t discarded_runs = 0;       // beside these: the device was throttled (throttle_guard.h)
  bool throttled = false;          // discarding did not help
  size_t warmup_runs = 0;
  StopReason warmup_stop{};
  StopReason stop{};
};

// The error of the runnable; DATA_LOSS naming the run for a latency that is not finite and
// positive; CANCELLED soon after `interrupted` (may be null) becomes true. The rules are asked
// again whenever the samples have grown by a sixteenth, so that deciding stays cheap beside
// measuring.
absl::StatusOr<Samples> Sample(Runnable& runnable, const SamplingSettings& settings, Clock& clock,
                               const std::atomic<bool>* interrupted = nullptr);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_HARNESS_SAMPLER_H_
