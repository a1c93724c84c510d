#include "regression/cross_validation.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <utility>

#include "regression/correction.h"
#include "regression/leverage.h"
#include "regression/predict.h"
#include "regression/refit.h"

namespace latcast::regression {
namespace {

constexpr size_t kFewestGroups = 3;

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

std::vector<int> Deal(std::vector<int> folds, int most) {
  for (int& fold : folds) fold %= most;
  return folds;
}

Unseen CrossValidate(std::span<const Point* const> points, const Columns& columns,
                     const Family& family, const std::vector<int>& folds, const Tuning& tuning) {
  Unseen unseen;
  for (auto* values : {&unseen.latency_ms, &unseen.leverage, &unseen.distance}) {
    values->resize(points.size());
  }
  const int count = *std::max_element(folds.begin(), folds.end()) + 1;
  for (int fold = 0; fold < count; ++fold) {
    PointRefs seen;
    for (size_t i = 0; i < points.size(); ++i) {
      if (folds[i] != fold) seen.push_back(points[i]);
    }
    LatencyModel model = FitColumns(seen, columns, family, tuning).model;
    model.leverage = MakeLeverage(seen, columns, model);
    for (size_t i = 0; i < points.size(); ++i) {
      if (folds[i] != fold) continue;
      const FeatureVector& features = points[i]->features;
      const double x = FirstPiece(features, model);
      unseen.latency_ms[i] = Predict(features, model).latency_ms;
      unseen.leverage[i] = LeverageOf(model, features, x);
      if (model.correction) {
        unseen.distance[i] = Evaluate(*model.correction, features, x).distance;
      }
    }
  }
  return unseen;
}

}  // namespace latcast::regression
