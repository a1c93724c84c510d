#include "bench/harness/sampler.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "bench/harness/sample_set.h"
#include "bench/harness/throttle_guard.h"

namespace latcast::bench {
namespace {

struct Runs {
  SampleSet set;
  std::vector<double> counting;
  StopReason stop{};
};

// Whether to stop, and on which samples: on those that count, or on all when a limit is reached and
// those are too few. (The rules have their limits first, so that a limit shows.)
std::optional<Runs> Decide(const StoppingRule& rule, const SampleSet& set, double elapsed_s) {
  std::span<const double> samples = set.Counting();
  std::optional<StopReason> stop = rule.Decide({samples, elapsed_s});
  if (!stop.has_value()) {
    samples = set.All();
    stop = rule.Decide({samples, elapsed_s});
    if (stop != StopReason::kTime && stop != StopReason::kCount) return std::nullopt;
  }
  return Runs{set, {samples.begin(), samples.end()}, *stop};
}

absl::StatusOr<Runs> RunUntil(const StoppingRule& rule, size_t wanted, std::string_view phase,
                              Runnable& runnable, ThrottleGuard& guard, Clock& clock,
                              const std::atomic<bool>* interrupted) {
  SampleSet set(wanted);
  const int64_t start = clock.NowNs();
  size_t next_question = 0;
  while (true) {
    const size_t runs = set.All().size();
    if (runs >= next_question) {
      if (auto stopped = Decide(rule, set, clock.SecondsSince(start))) return *std::move(stopped);
      next_question = runs + std::max<size_t>(1, runs / 16);
    }
    if (interrupted != nullptr && interrupted->load(std::memory_order_relaxed)) {
      return absl::CancelledError("interrupted");
    }
    ASSIGN_OR_RETURN(const Measurement run, runnable.MeasureOnce());
    if (!std::isfinite(run.ms) || run.ms <= 0.0) {
      return absl::DataLossError(absl::StrCat(ToAbsl(phase), " run ", runs + 1, " took ", run.ms,
                                              " ms: not a positive, finite time"));
    }
    if (guard.Discards(run)) {
      clock.SleepNs(guard.RecoveryNs());
      continue;
    }
    set.Add(run);
  }
}

}  // namespace

std::unique_ptr<StoppingRule> WarmupRule(const SamplingSettings& settings) {
  auto rule = std::make_unique<FirstOf>(settings.min_warmup, settings.min_warmup_s);
  rule->Add(CountLimit(settings.max_warmup));
  rule->Add(TimeLimit(settings.max_warmup_s));
  rule->Add(StableWindows(settings.warmup_window, settings.warmup_tolerance));
  return rule;
}

std::unique_ptr<StoppingRule> SamplingRule(const SamplingSettings& settings) {
  auto rule = std::make_unique<FirstOf>(settings.min_samples, settings.min_sampling_s);
  rule->Add(CountLimit(settings.max_samples));
  rule->Add(TimeLimit(settings.max_sampling_s));
  rule->Add(NarrowInterval(settings.half_width));
  rule->Add(IntervalPlateau(settings.plateau_samples, settings.plateau_ratio));
  return rule;
}

absl::StatusOr<Samples> Sample(Runnable& runnable, const SamplingSettings& settings, Clock& clock,
                               const std::atomic<bool>* interrupted) {
  ThrottleGuard guard;
  ASSIGN_OR_RETURN(const Runs warmup, RunUntil(*WarmupRule(settings), settings.min_warmup,
                                               "warm-up", runnable, guard, clock, interrupted));
  ASSIGN_OR_RETURN(Runs sampling, RunUntil(*SamplingRule(settings), settings.min_samples,
                                           "measured", runnable, guard, clock, interrupted));
  Samples samples;
  samples.samples_ms = std::move(sampling.counting);
  samples.runs = sampling.set.All().size();
  samples.disturbed_runs = sampling.set.disturbed();
  samples.discarded_runs = guard.discarded();
  samples.throttled = guard.gave_up();
  samples.warmup_runs = warmup.set.All().size();
  samples.warmup_stop = warmup.stop;
  samples.stop = sampling.stop;
  return samples;
}

}  // namespace latcast::bench
