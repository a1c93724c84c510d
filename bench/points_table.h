// Results of a run -> the points file, and the provenance file that lies beside it.
#ifndef LATCAST_BENCH_POINTS_TABLE_H_
#define LATCAST_BENCH_POINTS_TABLE_H_

#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/backends/backend.h"
#include "bench/harness/journal.h"
#include "bench/harness/visit.h"
#include "bench/plan/plan.h"

namespace latcast::bench {

// What the journal's mode holds, both ways: device and the backend's settings are further entries.
std::map<std::string, std::string> ToModeEntries(const MeasuringMode& mode);
absl::StatusOr<MeasuringMode> FromModeEntries(const std::map<std::string, std::string>& entries);

// CSV: name, spec, group, use (fit or check), every known feature for that number of threads,
// latency_ms (the median),
// min_ms, p5_ms, p10_ms, p95_ms, low_ms and high_ms (the median's 95 % interval), mad_ms, samples,
// outliers, disturbed, discarded, stop, noise, outcome; one row for each item of the plan that has
// a result, in the plan's order, then what was measured instead of items that were out of memory.
// Cells of what was not measured are empty.
absl::StatusOr<std::string> FormatPoints(const Plan& plan, std::span<const PointResult> results,
                                         int threads);

// {"mode": {...}, "provenance": {...}}.
std::string FormatProvenance(const MeasuringMode& mode,
                             const std::map<std::string, std::string>& provenance);

// Writes the points of a journal to `path` and their provenance, with noise_floor and what the
// probes showed of drift, to `path`.provenance.json. Returns
// the results.
absl::StatusOr<std::vector<PointResult>> WritePoints(const JournalHeader& header,
                                                     std::span<const Visit> visits,
                                                     const std::string& path);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_POINTS_TABLE_H_
