#include "regression/fit.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "regression/columns.h"
#include "regression/cross_validation.h"
#include "regression/family.h"
#include "regression/fit_input.h"
#include "regression/fit_warnings.h"
#include "regression/least_squares.h"
#include "regression/leverage.h"
#include "regression/predict.h"
#include "regression/refit.h"
#include "regression/select.h"

namespace latcast::regression {
namespace {

// Groups to leave out one by one; more are dealt into as many folds.
constexpr int kMaxGroupFolds = 15;

void SetDomain(const PointRefs& points, const std::vector<Feature>& features, LatencyModel& model) {
  model.domain_per_kernel =
      std::find(features.begin(), features.end(), Feature::kKernels) != features.end();
  for (const Feature feature : features) {
    if (model.domain_per_kernel && feature == Feature::kKernels) continue;  // one, always
    FeatureRange range{feature, std::numeric_limits<double>::infinity(), 0.0};
    for (const Point* point : points) {
      const double value = DomainValue(point->features, feature, model.domain_per_kernel);
      range.min = std::min(range.min, value);
      range.max = std::max(range.max, value);
    }
    model.domain.push_back(range);
  }
}

// The residuals in the order the points were given in.
std::vector<Residual> ResidualsOf(std::span<const Point> given, const PointRefs& points,
                                  const std::vector<double>& predicted,
                                  const std::vector<double>& cross_validated) {
  std::vector<Residual> residuals(points.size());
  for (size_t i = 0; i < points.size(); ++i) {
    residuals[static_cast<size_t>(points[i] - given.data())] = {
        points[i]->name, points[i]->latency_ms, predicted[i], cross_validated[i]};
  }
  return residuals;
}

}  // namespace

absl::StatusOr<FitResult> Fit(std::span<const Point> given, const FitOptions& options) {
  if (options.folds < 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("folds: ", options.folds, "; cross-validation needs at least 2"));
  }
  RETURN_IF_ERROR(CheckPoints(given));
  const PointRefs points = InCanonicalOrder(given);
  const std::vector<int> groups = Deal(GroupFolds(points), kMaxGroupFolds);
  const std::vector<int> shuffled = ShuffledFolds(points.size(), options.folds, options.seed);
  ASSIGN_OR_RETURN(const Choice choice,
                   Choose(points, options, groups.empty() ? shuffled : groups));
  const Family& family = *choice.family;
  const Columns& columns = choice.columns;

  Refit fit = FitColumns(points, columns, family, choice.tuning);
  FitResult result{std::move(fit.model), {}};
  LatencyModel& model = result.model;
  model.family = family.name;
  model.feature_set = columns.set->name;
  model.mode = options.mode;
  SetDomain(points, columns.held, model);
  model.leverage = MakeLeverage(points, columns, model);

  const std::vector<double> measured = LatenciesOf(points);
  const auto [low, high] = std::minmax_element(measured.begin(), measured.end());
  model.min_latency_ms = *low;
  model.max_latency_ms = *high;
  std::vector<double> predicted;
  for (const Point* point : points) {
    predicted.push_back(Predict(point->features, model).latency_ms);
  }
  model.in_sample = Measure(predicted, measured);

  const Unseen unseen_points =
      groups.empty() ? choice.unseen
                     : CrossValidate(points, columns, family, shuffled, choice.tuning);
  model.cross_validated = Measure(unseen_points.latency_ms, measured);
  if (!groups.empty()) model.leave_group_out = Measure(choice.unseen.latency_ms, measured);
  SetIntervals(choice.unseen, groups.empty() ? Unseen{} : unseen_points, measured, model);
  RETURN_IF_ERROR(Annotate(Validate(model), "fitted model"));

  FitSummary& summary = result.summary;
  summary.family = model.family;
  summary.feature_set = model.feature_set;
  summary.candidates = choice.candidates;
  summary.n = static_cast<int>(points.size());
  summary.residuals = ResidualsOf(given, points, predicted, unseen_points.latency_ms);
  summary.in_sample = model.in_sample;
  summary.cross_validated = model.cross_validated;
  summary.leave_group_out = model.leave_group_out;
  summary.condition_number = ConditionNumber(MakeDesign(points, columns));
  summary.iterations = fit.iterations;
  summary.zero_terms = ZeroTerms(model, columns.intercept);
  summary.warnings = columns.warnings;
  AppendWarnings(model, fit.converged, columns, points, summary);
  return result;
}

}  // namespace latcast::regression
