#include "regression/evaluate.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "regression/cross_validation.h"
#include "regression/fit_input.h"
#include "regression/forecaster.h"

namespace latcast::regression {
namespace {

// Collects the forecasts of one or more fits.
class Evaluator {
 public:
  explicit Evaluator(const FitOptions& options) : options_(options) {}

  absl::Status Run(std::span<const Point> train, std::span<const Point> test) {
    ASSIGN_OR_RETURN(const FitResult fit, Fit(train, options_));
    if (measured_.empty()) {
      result_.family = options_.family;
      result_.feature_set = fit.model.feature_set;
      result_.n_train = static_cast<int>(train.size());
    }
    ++result_.chosen[absl::StrCat(fit.model.family, " ", fit.model.feature_set)];
    const Forecaster forecaster(fit.model, {.interval_level = 0.9});
    for (const Point& point : test) {
      RETURN_IF_ERROR(Annotate(CheckFeatures(point.features, fit.model),
                               absl::StrCat("point '", point.name, "'")));
      if (!(point.latency_ms > 0.0)) {
        return absl::InvalidArgumentError(absl::StrCat("point '", point.name, "': latency_ms is ",
                                                       point.latency_ms, ", not a positive time"));
      }
      const Prediction p = forecaster.Predict(point.features);
      predicted_.push_back(p.latency_ms);
      measured_.push_back(point.latency_ms);
      result_.forecasts.push_back(
          {point.name, point.group, point.latency_ms, p.latency_ms, p.lower_ms, p.upper_ms});
      if (p.lower_ms <= point.latency_ms && point.latency_ms <= p.upper_ms) ++covered_;
      if (p.latency_ms > 0.0) widths_ += p.upper_ms / p.latency_ms - 1.0;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Evaluation> Finish() {
    if (measured_.empty()) return absl::InvalidArgumentError("no points are left to forecast");
    const double n = static_cast<double>(measured_.size());
    result_.n_test = static_cast<int>(measured_.size());
    result_.accuracy = Measure(predicted_, measured_);
    result_.coverage90 = covered_ / n;
    result_.width90 = widths_ / n;
    return result_;
  }

 private:
  const FitOptions& options_;
  Evaluation result_;
  std::vector<double> predicted_, measured_;
  int covered_ = 0;
  double widths_ = 0.0;
};

// The points of `fold` go to the test, all others to the fit.
absl::Status RunFold(const PointRefs& points, const std::vector<int>& folds, int fold,
                     Evaluator& evaluator) {
  std::vector<Point> train, test;
  for (size_t i = 0; i < points.size(); ++i) {
    (folds[i] == fold ? test : train).push_back(*points[i]);
  }
  return evaluator.Run(train, test);
}

}  // namespace

absl::StatusOr<Evaluation> Evaluate(std::span<const Point> train, std::span<const Point> test,
                                    const FitOptions& options) {
  Evaluator evaluator(options);
  RETURN_IF_ERROR(evaluator.Run(train, test));
  return evaluator.Finish();
}

absl::StatusOr<Evaluation> EvaluateSplits(std::span<const Point> points, int n_train, int repeats,
                                          const FitOptions& options) {
  const int n = static_cast<int>(points.size());
  if (n_train < 1 || n_train >= n || repeats < 1) {
    return absl::InvalidArgumentError(absl::StrCat("cannot draw ", n_train, " of ", n, " points ",
                                                   repeats, " times and have some left"));
  }
  const PointRefs refs = InCanonicalOrder(points);
  Evaluator evaluator(options);
  for (int repeat = 0; repeat < repeats; ++repeat) {
    // As many folds as points deal every point its own rank; the first ranks are the training set.
    std::vector<int> folds =
        ShuffledFolds(points.size(), n, options.seed + static_cast<uint64_t>(repeat));
    for (int& fold : folds) fold = fold < n_train ? 0 : 1;
    RETURN_IF_ERROR(RunFold(refs, folds, 1, evaluator));
  }
  return evaluator.Finish();
}

absl::StatusOr<Evaluation> EvaluateGroups(std::span<const Point> points,
                                          const FitOptions& options) {
  const PointRefs refs = InCanonicalOrder(points);
  const std::vector<int> folds = GroupFolds(refs);
  if (folds.empty()) {
    return absl::FailedPreconditionError(
        "leaving groups out needs three groups or more, and a group for every point");
  }
  Evaluator evaluator(options);
  const int groups = *std::max_element(folds.begin(), folds.end()) + 1;
  for (int fold = 0; fold < groups; ++fold) RETURN_IF_ERROR(RunFold(refs, folds, fold, evaluator));
  return evaluator.Finish();
}

}  // namespace latcast::regression
