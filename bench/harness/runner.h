// Takes measurements in a fair order: every pass visits every point once, in a random order of its
// own, so that drift and disturbances hit points at random and the passes' disagreement shows them.
// Visits made while the device drifted are made again, and when all is done those to points whose
// passes disagree, while time remains.
#ifndef LATCAST_BENCH_HARNESS_RUNNER_H_
#define LATCAST_BENCH_HARNESS_RUNNER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/harness/clock.h"
#include "bench/harness/sampler.h"
#include "bench/harness/visit.h"

namespace latcast::bench {

struct WorkItem {
  std::string id;            // unique
  double expected_ms = 0.0;  // a guess of the latency; used until it has been measured
  double expected_prepare_s = 0.0;
  // Makes one visit; its id and pass are filled in by the runner. An error ends the run: CANCELLED,
  // or a device that is lost. What goes wrong with the point is in the visit.
  std::function<absl::StatusOr<Visit>(const SamplingSettings&)> measure;
};

struct RunnerOptions {
  int passes = 2;
  int max_visits = 16;          // to a point, with the repeated ones
  double revisit_above = 0.05;  // noise from which a point is visited again
  uint64_t seed = 1;
  // Visits between two visits to the probe, less where they take longer than `probe_every_s`
  // together; the first visit of a run follows one, the last one is followed by one. 0 for none.
  int probe_every = 2;
  double probe_every_s = 0.5;
  std::optional<double> budget_s;  // of the whole run, visits already done included
  SamplingSettings sampling;
  SamplingSettings probing = {.max_warmup_s = 0.01, .max_sampling_s = 0.02};
};

struct RunProgress {
  const Visit* last = nullptr;  // null before the first visit
  size_t done = 0;              // visits, those of earlier runs included
  size_t total = 0;             // grows by the repeated visits
  double elapsed_s = 0.0;       // of this run
  double left_s = 0.0;          // estimate
};

struct RunHooks {
  // Called once for each finished visit; an error ends the run (a journal that cannot be written).
  std::function<absl::Status(const Visit&)> on_visit;
  std::function<void(const RunProgress&)> on_progress;  // may be empty
  const std::atomic<bool>* interrupted = nullptr;       // may be null
};

// Measures what `done` (visits of an earlier, interrupted run of the same items, options and seed)
// does not hold yet, and returns all visits, `done` first. A point that fails or runs out of memory
// costs its own visit only and is not visited again. With a `probe` its visits are among the
// others; one that is off is made twice. CANCELLED when interrupted, INVALID_ARGUMENT for repeated
// ids or passes < 1; else the error of a point's `measure` or of on_visit.
absl::StatusOr<std::vector<Visit>> RunAll(std::span<const WorkItem> items,
                                          const RunnerOptions& options, std::vector<Visit> done,
                                          Clock& clock, const RunHooks& hooks,
                                          const WorkItem* probe = nullptr);

// The order of one pass: a permutation of 0 .. count-1, the same for the same seed and pass.
std::vector<size_t> PassOrder(size_t count, uint64_t seed, int pass);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_HARNESS_RUNNER_H_
