#include "regression/incremental.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "regression/columns.h"
#include "regression/family.h"
#include "regression/fit.h"
#include "regression/fit_input.h"
#include "regression/intervals.h"
#include "regression/leverage.h"
#include "regression/predict.h"
#include "regression/refit.h"

namespace latcast::regression {
namespace {

// The columns the model was fitted on.
Columns ColumnsOf(const LatencyModel& model, const Family& family) {
  Columns columns;
  columns.set = FindFeatureSet(model.feature_set);
  bool counts_calls = false;
  for (const Term& term : model.terms) {
    columns.fitted.push_back(term.feature);
    counts_calls = counts_calls || term.feature == Feature::kKernels;
  }
  columns.intercept = family.always_intercept || !counts_calls;
  return columns;
}

// The family whose coefficients are fitted: under a correction that stays, the relative one.
absl::StatusOr<const Family*> FamilyOf(const LatencyModel& model) {
  const Family* family = FindFamily(model.family);
  if (family == nullptr) {
    return absl::FailedPreconditionError(
        absl::StrCat("a model of the family '", model.family, "' is not fitted here"));
  }
  return family->fit != nullptr ? family : FindFamily("relative");
}

// What the model says of points it never saw, among its log ratios.
void AddLogRatios(std::span<const Point> added, LatencyModel& model) {
  std::vector<double> forecasts, measured;
  for (const Point& point : added) {
    forecasts.push_back(Predict(point.features, model).latency_ms);
    measured.push_back(point.latency_ms);
  }
  const std::vector<double> ratios = AbsLogRatios(forecasts, measured);
  for (size_t i = 0; i < added.size(); ++i) {
    model.abs_log_ratios.push_back(ratios[i] / SpreadOfForecast(added[i].features, model));
  }
  std::sort(model.abs_log_ratios.begin(), model.abs_log_ratios.end());
}

void ExtendDomain(std::span<const Point> added, LatencyModel& model) {
  for (const Point& point : added) {
    for (FeatureRange& range : model.domain) {
      const double value = DomainValue(point.features, range.feature, model.domain_per_kernel);
      range.min = std::min(range.min, value);
      range.max = std::max(range.max, value);
    }
    model.min_latency_ms = std::min(model.min_latency_ms, point.latency_ms);
    model.max_latency_ms = std::max(model.max_latency_ms, point.latency_ms);
  }
}

}  // namespace

absl::StatusOr<LatencyModel> AddPoints(const LatencyModel& model, std::span<const Point> points,
                                       std::span<const Point> added) {
  ASSIGN_OR_RETURN(const Family* family, FamilyOf(model));
  std::vector<Point> all(points.begin(), points.end());
  all.insert(all.end(), added.begin(), added.end());
  RETURN_IF_ERROR(CheckPoints(all));
  for (const Point& point : all) {
    RETURN_IF_ERROR(
        Annotate(CheckFeatures(point.features, model), absl::StrCat("point '", point.name, "'")));
  }
  LatencyModel result = model;
  AddLogRatios(added, result);
  ExtendDomain(added, result);

  const Columns columns = ColumnsOf(model, *family);
  const PointRefs refs = InCanonicalOrder(all);
  Refit fit = FitColumns(refs, columns, *family);
  result.intercept_ms = fit.model.intercept_ms;
  result.terms = std::move(fit.model.terms);
  result.two_piece = fit.model.two_piece;
  if (model.leverage) result.leverage = MakeLeverage(refs, columns, result);

  std::vector<double> forecasts;
  for (const Point* point : refs) {
    forecasts.push_back(Predict(point->features, result).latency_ms);
  }
  result.in_sample = Measure(forecasts, LatenciesOf(refs));
  RETURN_IF_ERROR(Annotate(Validate(result), "model with points added"));
  return result;
}

}  // namespace latcast::regression
