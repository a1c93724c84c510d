// One visit from beginning to end: prepare, warm up, sample, let go. What goes wrong with the point
// is in the visit; what goes wrong with the device is an error.
#ifndef LATCAST_BENCH_HARNESS_MEASURE_VISIT_H_
#define LATCAST_BENCH_HARNESS_MEASURE_VISIT_H_

#include <atomic>
#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "bench/harness/clock.h"
#include "bench/harness/runnable.h"
#include "bench/harness/sampler.h"
#include "bench/harness/visit.h"

namespace latcast::bench {

using Prepare = std::function<absl::StatusOr<std::unique_ptr<Runnable>>()>;

// A visit without id and pass. Its outcome is kOom where preparing or running ends with
// RESOURCE_EXHAUSTED, kFailed for other errors of the point. CANCELLED when interrupted (may be
// null); UNAVAILABLE when the device itself is lost: nothing else can be measured on it by this
// process.
absl::StatusOr<Visit> MeasureVisit(const Prepare& prepare, const SamplingSettings& settings,
                                   Clock& clock, const std::atomic<bool>* interrupted = nullptr);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_HARNESS_MEASURE_VISIT_H_
