#include "bench/harness/repeatability.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <vector>

namespace latcast::bench {

std::optional<Repeatability> CompareRuns(std::span<const PointResult> first,
                                         std::span<const PointResult> second) {
  std::map<std::string_view, const PointResult*> by_id;
  for (const PointResult& result : first) {
    if (result.outcome == Outcome::kOk) by_id[result.id] = &result;
  }
  Repeatability found;
  std::vector<double> differences;
  std::vector<double> steady;  // of these
  std::vector<double> shifts;
  for (const PointResult& result : second) {
    if (result.outcome != Outcome::kOk) continue;
    const auto it = by_id.find(result.id);
    if (it == by_id.end()) {
      ++found.only_in_one;
      continue;
    }
    const double before_ms = it->second->statistics.median;
    const double after_ms = result.statistics.median;
    const bool is_steady = it->second->slowdown == 1.0 && result.slowdown == 1.0;
    by_id.erase(it);
    shifts.push_back((after_ms - before_ms) / ((after_ms + before_ms) / 2.0));
    differences.push_back(std::abs(shifts.back()));
    if (is_steady) steady.push_back(differences.back());
    if (differences.back() >= found.largest) {
      found.largest = differences.back();
      found.worst = result.id;
    }
  }
  found.only_in_one += by_id.size();
  if (differences.empty()) return std::nullopt;
  std::sort(differences.begin(), differences.end());
  found.points = differences.size();
  found.median = Quantile(differences, 0.5);
  found.p90 = Quantile(differences, 0.9);
  found.shift = Median(shifts);
  found.steady_points = steady.size();
  if (!steady.empty()) found.steady_median = Median(steady);
  return found;
}

}  // namespace latcast::bench
