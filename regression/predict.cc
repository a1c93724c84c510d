#include "regression/predict.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/text.h"
#include "regression/correction.h"
#include "regression/elementary.h"
#include "regression/forecast_parts.h"
#include "regression/intervals.h"

namespace latcast::regression {
namespace {

bool OutOfDomain(const FeatureVector& features, const LatencyModel& model, double leverage) {
  if (model.leverage && leverage > model.leverage->limit) return true;
  return std::any_of(model.domain.begin(), model.domain.end(), [&](const FeatureRange& range) {
    return Counts(range, model) && IsBeyond(features, range.feature, range.min / kDomainTolerance,
                                            range.max * kDomainTolerance, model.domain_per_kernel);
  });
}

}  // namespace

double DomainValue(const FeatureVector& features, Feature feature, bool per_kernel) {
  return InDomainUnits(features, feature, per_kernel);
}

double FirstPiece(const FeatureVector& features, const LatencyModel& model) {
  std::array<double, kFeatureCount + 1> f;
  return Gather(features, model, f.data());
}

Prediction Predict(const FeatureVector& features, const LatencyModel& model,
                   const PredictOptions& options) {
  const Evaluated value = EvaluateAt(features, model);
  const double factor =
      IntervalFactor(ConformalQuantile(model.abs_log_ratios, options.interval_level),
                     SpreadIn(model, value.latency_ms, value.leverage, value.distance));
  return {.latency_ms = value.latency_ms,
          .lower_ms = Lower(value.latency_ms, factor),
          .upper_ms = Upper(value.latency_ms, factor),
          .out_of_domain = OutOfDomain(features, model, value.leverage)};
}

double SpreadOfForecast(const FeatureVector& features, const LatencyModel& model) {
  const Evaluated value = EvaluateAt(features, model);
  return SpreadIn(model, value.latency_ms, value.leverage, value.distance);
}

absl::Status CheckFeatures(const FeatureVector& features, const LatencyModel& model) {
  std::vector<absl::string_view> missing;
  for (const Term& term : model.terms) {
    const FeatureInfo& info = Info(term.feature);
    if (!features.Has(term.feature)) {
      missing.push_back(ToAbsl(info.name));
      continue;
    }
    const double value = features[term.feature];
    if (!std::isfinite(value) || value < 0.0) {
      return absl::InvalidArgumentError(
          absl::StrCat("feature '", ToAbsl(info.name), "': ", value, " is not a finite count"));
    }
  }
  if (missing.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the model needs the feature", missing.size() > 1 ? "s " : " ",
                   absl::StrJoin(missing, ", "), ", which the vector does not hold"));
}

}  // namespace latcast::regression
