#include "bench/harness/measure_visit.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace latcast::bench {

absl::StatusOr<Visit> MeasureVisit(const Prepare& prepare, const SamplingSettings& settings,
                                   Clock& clock, const std::atomic<bool>* interrupted) {
  Visit visit;
  const int64_t start = clock.NowNs();
  absl::StatusOr<std::unique_ptr<Runnable>> runnable = prepare();
  visit.prepare_s = clock.SecondsSince(start);
  absl::StatusOr<Samples> samples = runnable.ok() ? Sample(**runnable, settings, clock, interrupted)
                                                  : absl::StatusOr<Samples>(runnable.status());
  if (runnable.ok()) runnable->reset();
  visit.wall_s = clock.SecondsSince(start);
  if (absl::IsCancelled(samples.status()) || absl::IsUnavailable(samples.status())) {
    return samples.status();
  }
  if (!samples.ok()) {
    visit.outcome = absl::IsResourceExhausted(samples.status()) ? Outcome::kOom : Outcome::kFailed;
    visit.message = std::string(samples.status().message());
    return visit;
  }
  visit.samples_ms = std::move(samples->samples_ms);
  visit.runs = samples->runs;
  visit.disturbed_runs = samples->disturbed_runs;
  visit.discarded_runs = samples->discarded_runs;
  if (samples->throttled) {
    visit.outcome = Outcome::kUnstable;
    visit.message = absl::StrCat("the device stayed throttled after ", samples->discarded_runs,
                                 " discarded runs");
  }
  visit.warmup_runs = samples->warmup_runs;
  visit.warmup_stop = Name(samples->warmup_stop);
  visit.stop = Name(samples->stop);
  return visit;
}

}  // namespace latcast::bench
