#include "bench/harness/sampler.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::bench {
namespace {

struct Runs {
  std::vector<double> ms;
  StopReason stop{};
};

absl::StatusOr<Runs> RunUntil(const StoppingRule& rule, std::string_view phase, Runnable& runnable,
                              Clock& clock, const std::atomic<bool>* interrupted) {
  Runs runs;
  const int64_t start = clock.NowNs();
  size_t next_question = 0;
  while (true) {
    if (runs.ms.size() >= next_question) {
      if (const auto stop = rule.Decide({runs.ms, clock.SecondsSince(start)})) {
        runs.stop = *stop;
        return runs;
      }
      next_question = runs.ms.size() + std::max<size_t>(1, runs.ms.size() / 16);
    }
    if (interrupted != nullptr && interrupted->load(std::memory_order_relaxed)) {
      return absl::CancelledError("interrupted");
    }
    ASSIGN_OR_RETURN(const double ms, runnable.MeasureOnce());
    if (!std::isfinite(ms) || ms <= 0.0) {
      return absl::DataLossError(absl::StrCat(ToAbsl(phase), " run ", runs.ms.size() + 1, " took ",
                                              ms, " ms: not a positive, finite time"));
    }
    runs.ms.push_back(ms);
  }
}

}  // namespace

std::unique_ptr<StoppingRule> WarmupRule(const SamplingSettings& settings) {
  auto rule = std::make_unique<FirstOf>(settings.min_warmup, settings.min_warmup_s);
  rule->Add(StableWindows(settings.warmup_window, settings.warmup_tolerance));
  rule->Add(CountLimit(settings.max_warmup));
  rule->Add(TimeLimit(settings.max_warmup_s));
  return rule;
}

std::unique_ptr<StoppingRule> SamplingRule(const SamplingSettings& settings) {
  auto rule = std::make_unique<FirstOf>(settings.min_samples, settings.min_sampling_s);
  rule->Add(NarrowInterval(settings.half_width));
  rule->Add(IntervalPlateau(settings.plateau_samples, settings.plateau_ratio));
  rule->Add(CountLimit(settings.max_samples));
  rule->Add(TimeLimit(settings.max_sampling_s));
  return rule;
}

absl::StatusOr<Samples> Sample(Runnable& runnable, const SamplingSettings& settings, Clock& clock,
                               const std::atomic<bool>* interrupted) {
  ASSIGN_OR_RETURN(const Runs warmup,
                   RunUntil(*WarmupRule(settings), "warm-up", runnable, clock, interrupted));
  ASSIGN_OR_RETURN(Runs sampling,
                   RunUntil(*SamplingRule(settings), "measured", runnable, clock, interrupted));
  return Samples{std::move(sampling.ms), warmup.ms.size(), warmup.stop, sampling.stop};
}

}  // namespace latcast::bench
