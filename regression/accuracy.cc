#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "regression/fit.h"
#include "regression/median.h"

namespace latcast::regression {
namespace {

int64_t PairsOf(int64_t n) { return n * (n - 1) / 2; }

// Number of pairs (i < j) with values[i] > values[j]; sorts `values` by merging.
int64_t SortCountingInversions(std::vector<double>& values) {
  std::vector<double> merged(values.size());
  int64_t inversions = 0;
  for (size_t width = 1; width < values.size(); width *= 2) {
    for (size_t low = 0; low < values.size(); low += 2 * width) {
      const size_t middle = std::min(low + width, values.size());
      const size_t high = std::min(low + 2 * width, values.size());
      size_t left = low;
      size_t right = middle;
      for (size_t out = low; out < high; ++out) {
        if (right == high || (left < middle && values[left] <= values[right])) {
          merged[out] = values[left++];
        } else {
          inversions += static_cast<int64_t>(middle - left);
          merged[out] = values[right++];
        }
      }
    }
    values.swap(merged);
  }
  return inversions;
}

// Pairs of equal neighbours in a sorted range.
template <typename T>
int64_t TiedPairs(const std::vector<T>& sorted) {
  int64_t pairs = 0;
  for (auto run = sorted.begin(); run != sorted.end();) {
    const auto end = std::find_if(run, sorted.end(), [&](const T& v) { return v != *run; });
    pairs += PairsOf(end - run);
    run = end;
  }
  return pairs;
}

// Kendall's tau-b by Knight's O(n log n) method: sort by a, then count the exchanges that sorting
// by b needs. 0 where one of the two is constant.
double KendallTau(std::span<const double> a, std::span<const double> b) {
  std::vector<std::pair<double, double>> pairs(a.size());
  for (size_t i = 0; i < a.size(); ++i) pairs[i] = {a[i], b[i]};
  std::sort(pairs.begin(), pairs.end());
  std::vector<double> first, second;
  for (const auto& [x, y] : pairs) {
    first.push_back(x);
    second.push_back(y);
  }
  const int64_t tied_first = TiedPairs(first);
  const int64_t tied_both = TiedPairs(pairs);
  const int64_t inversions = SortCountingInversions(second);
  const int64_t tied_second = TiedPairs(second);
  const int64_t all = PairsOf(static_cast<int64_t>(a.size()));
  if (all == tied_first || all == tied_second) return 0.0;
  const double concordance =
      static_cast<double>(all - tied_first - tied_second + tied_both - 2 * inversions);
  return concordance /
         std::sqrt(static_cast<double>(all - tied_first) * static_cast<double>(all - tied_second));
}

double RSquared(std::span<const double> predicted, std::span<const double> measured) {
  const double mean =
      std::accumulate(measured.begin(), measured.end(), 0.0) / static_cast<double>(measured.size());
  double residual = 0.0;
  double total = 0.0;
  for (size_t i = 0; i < measured.size(); ++i) {
    residual += (measured[i] - predicted[i]) * (measured[i] - predicted[i]);
    total += (measured[i] - mean) * (measured[i] - mean);
  }
  return total > 0.0 ? 1.0 - residual / total : 0.0;
}

}  // namespace

Accuracy Measure(std::span<const double> predicted_ms, std::span<const double> measured_ms) {
  std::vector<double> errors(measured_ms.size());
  int within = 0;
  double sum = 0.0;
  for (size_t i = 0; i < errors.size(); ++i) {
    errors[i] = std::abs(predicted_ms[i] - measured_ms[i]) / measured_ms[i];
    sum += errors[i];
    if (errors[i] <= 0.1) ++within;
  }
  const double n = static_cast<double>(errors.size());
  Accuracy accuracy;
  accuracy.n = static_cast<int>(errors.size());
  accuracy.mape = sum / n;
  accuracy.in10 = within / n;
  accuracy.tau = KendallTau(predicted_ms, measured_ms);
  accuracy.r2 = RSquared(predicted_ms, measured_ms);
  accuracy.mdre = Median(std::move(errors));
  return accuracy;
}

}  // namespace latcast::regression
