#include "bench/harness/statistics.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace latcast::bench {
namespace {

constexpr double kTail = 0.025;
// 2^-n is a normal double up to here; beyond, the normal approximation is exact to a rank.
constexpr size_t kExactUpTo = 1000;

// The largest k with P(Binomial(n, 1/2) < k) <= kTail; 0 when there is none.
size_t MedianRank(size_t n) {
  const double count = static_cast<double>(n);
  if (n > kExactUpTo) return static_cast<size_t>((count - 1.959964 * std::sqrt(count)) / 2.0);
  double probability = std::pow(0.5, count);  // of exactly k successes
  double below_or_equal = probability;
  size_t k = 0;
  while (below_or_equal <= kTail) {
    ++k;
    probability *= (count - static_cast<double>(k) + 1.0) / static_cast<double>(k);
    below_or_equal += probability;
  }
  return k;
}

}  // namespace

std::optional<double> Statistics::RelativeHalfWidth() const {
  if (!median_interval.has_value() || median <= 0.0) return std::nullopt;
  return (median_interval->upper - median_interval->lower) / (2.0 * median);
}

double Quantile(std::span<const double> sorted, double q) {
  assert(!sorted.empty() && q >= 0.0 && q <= 1.0);
  const double position = q * static_cast<double>(sorted.size() - 1);
  const size_t below = static_cast<size_t>(position);
  if (below + 1 >= sorted.size()) return sorted.back();
  return std::lerp(sorted[below], sorted[below + 1], position - std::floor(position));
}

double Median(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return Quantile(sorted, 0.5);
}

std::optional<Interval> MedianInterval(std::span<const double> sorted) {
  const size_t k = MedianRank(sorted.size());
  if (k == 0) return std::nullopt;
  return Interval{sorted[k - 1], sorted[sorted.size() - k]};
}

Statistics Summarize(std::span<const double> values) {
  Statistics result;
  if (values.empty()) return result;
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  result.count = sorted.size();
  result.median = Quantile(sorted, 0.5);
  result.min = sorted.front();
  result.p5 = Quantile(sorted, 0.05);
  result.p10 = Quantile(sorted, 0.10);
  result.p95 = Quantile(sorted, 0.95);
  result.max = sorted.back();
  result.median_interval = MedianInterval(sorted);
  const double upper = Quantile(sorted, 0.75);
  const double fence = upper + 3.0 * (upper - Quantile(sorted, 0.25));
  result.outliers =
      static_cast<size_t>(sorted.end() - std::upper_bound(sorted.begin(), sorted.end(), fence));
  for (double& value : sorted) value = std::abs(value - result.median);
  result.mad = Median(sorted);
  return result;
}

}  // namespace latcast::bench
