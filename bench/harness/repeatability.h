// How well two runs of the same plan agree.
#ifndef LATCAST_BENCH_HARNESS_REPEATABILITY_H_
#define LATCAST_BENCH_HARNESS_REPEATABILITY_H_

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "bench/harness/visit.h"

namespace latcast::bench {

// How far the medians of two runs differ, relative to their mean.
struct Repeatability {
  size_t points = 0;    // that are ok in both
  double median = 0.0;  // of the differences
  double p90 = 0.0;
  double largest = 0.0;
  std::string worst;   // the point that differs most
  double shift = 0.0;  // median of (second - first) / mean: the second run is slower where positive
  size_t only_in_one = 0;  // points that are ok in one run only
  // Of the points that both runs measured at the device's usual speed (PointResult::slowdown).
  size_t steady_points = 0;
  double steady_median = 0.0;
};

// nullopt when no point is ok in both.
std::optional<Repeatability> CompareRuns(std::span<const PointResult> first,
                                         std::span<const PointResult> second);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_HARNESS_REPEATABILITY_H_
