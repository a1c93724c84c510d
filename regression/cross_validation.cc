#include "regression/cross_validation.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <random>
#include <utility>

#include "regression/predict.h"
#include "regression/refit.h"

namespace latcast::regression {
namespace {

constexpr size_t kFewestGroups = 3;
constexpr double kLargestRatio = 1000.0;

}  // namespace

std::vector<int> ShuffledFolds(size_t n, int folds, uint64_t seed) {
  std::vector<size_t> order(n);
  std::iota(order.begin(), order.end(), size_t{0});
  // Written out, since std::shuffle may differ from one standard library to another.
  std::mt19937_64 random(seed);
  for (size_t i = n; i > 1; --i) std::swap(order[i - 1], order[random() % i]);
  std::vector<int> fold(n);
  const size_t count = std::min(static_cast<size_t>(folds), n);
  for (size_t i = 0; i < n; ++i) fold[order[i]] = static_cast<int>(i % count);
  return fold;
}

std::vector<int> GroupFolds(std::span<const Point* const> points) {
  std::map<std::string_view, int> groups;
  std::vector<int> folds;
  for (const Point* point : points) {
    if (point->group.empty()) return {};
    folds.push_back(groups.emplace(point->group, static_cast<int>(groups.size())).first->second);
  }
  if (groups.size() < kFewestGroups) folds.clear();
  return folds;
}

std::vector<double> CrossValidate(std::span<const Point* const> points, const Columns& columns,
                                  const Family& family, const std::vector<int>& folds) {
  std::vector<double> forecasts(points.size());
  const int count = *std::max_element(folds.begin(), folds.end()) + 1;
  for (int fold = 0; fold < count; ++fold) {
    PointRefs seen;
    for (size_t i = 0; i < points.size(); ++i) {
      if (folds[i] != fold) seen.push_back(points[i]);
    }
    const LatencyModel model = FitColumns(seen, columns, family).model;
    for (size_t i = 0; i < points.size(); ++i) {
      if (folds[i] == fold) forecasts[i] = Predict(points[i]->features, model).latency_ms;
    }
  }
  return forecasts;
}

std::vector<double> AbsLogRatios(std::span<const double> predicted_ms,
                                 std::span<const double> measured_ms) {
  std::vector<double> ratios;
  for (size_t i = 0; i < predicted_ms.size(); ++i) {
    const double ratio = predicted_ms[i] / measured_ms[i];
    ratios.push_back(std::abs(std::log(std::clamp(ratio, 1.0 / kLargestRatio, kLargestRatio))));
  }
  std::sort(ratios.begin(), ratios.end());
  return ratios;
}

}  // namespace latcast::regression
