// What the harness brings home: a visit is one pass over one point; the visits of a point merge
// into its result.
#ifndef LATCAST_BENCH_HARNESS_VISIT_H_
#define LATCAST_BENCH_HARNESS_VISIT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/harness/statistics.h"

namespace latcast::bench {

// Ordered by severity.
enum class Outcome : uint8_t {
  kOk,
  kUnstable,  // measured, but the passes disagree too much to rely on
  kOom,       // the device has not the memory: itself worth knowing
  kFailed,
};

std::string_view Name(Outcome outcome);  // "ok", "unstable", "oom", "failed"
std::optional<Outcome> FindOutcome(std::string_view name);

struct Visit {
  std::string id;
  int pass = 0;
  Outcome outcome = Outcome::kOk;
  std::string message;             // of an outcome that is not ok
  std::vector<double> samples_ms;  // those that count (sample_set.h)
  size_t runs = 0;                 // measured, without the warm-up
  size_t disturbed_runs = 0;       // of these
  std::string instead;        // what the samples are of, where the point itself is out of memory
  size_t discarded_runs = 0;  // beside these: the device was throttled
  bool is_probe = false;      // shows drift (drift.h); of no point
  size_t warmup_runs = 0;
  std::string warmup_stop;  // Name(StopReason)
  std::string stop;
  double prepare_s = 0.0;
  double wall_s = 0.0;  // preparation and warm-up included
};

struct PointResult {
  std::string id;
  std::string instead_of;  // the planned point that was out of memory
  Outcome outcome = Outcome::kOk;
  std::string message;
  Statistics statistics;  // over the samples of all visits
  // How far passes at different times differ: the relative range of the closest majority of the
  // passes' medians (of both when there are two, of the best two of three). Unknown for one pass.
  std::optional<double> noise;
  int passes = 0;  // that count
  size_t runs = 0;
  size_t disturbed_runs = 0;
  size_t discarded_runs = 0;
  size_t drifted_visits = 0;  // left out where there are others
  // Where there are no others: how much slower the device was, by the probes beside them; the
  // statistics are those of the samples over that. 1 otherwise.
  double slowdown = 1.0;
  std::string stop;  // why the last visit stopped sampling
};

// Points whose noise is above this are kUnstable.
inline constexpr double kUnstableAbove = 0.25;

// The visits of one point, at least one, made without drift. The worst outcome of any visit is that
// of the point.
PointResult Merge(std::span<const Visit* const> visits, double unstable_above = kUnstableAbove);

// One result a point, without probes, in the order in which the points first appear. A point that
// was out of memory has no samples; those of what was measured instead are a result of their own,
// behind it.
std::vector<PointResult> MergeAll(std::span<const Visit> visits,
                                  double unstable_above = kUnstableAbove);

// The median noise of the points: no model of them can be asked to do better. nullopt where no
// point was visited twice.
std::optional<double> NoiseFloor(std::span<const PointResult> results);

// The noise of PointResult, of the medians of some passes.
std::optional<double> PassNoise(std::vector<double> pass_medians);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_HARNESS_VISIT_H_
