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
    if (!Counts(range, model)) return false;
    if (!features.Has(range.feature)) return false;
    const double value = DomainValue(features, range.feature, model.domain_per_kernel);
    return value < range.min / kDomainTolerance || value > range.max * kDomainTolerance;
  });
}

struct Evaluated {
  double latency_ms = 0.0;
  double leverage = 0.0;
  double distance = 1.0;  // from the correction's nodes
};

Evaluated Evaluate(const FeatureVector& features, const LatencyModel& model) {
  std::array<double, kFeatureCount + 1> f;
  const double x = Gather(features, model, f.data());
  double latency = WithSecondPiece(model, x);
  CorrectionValue correction;
  if (model.correction) {
    correction = Evaluate(*model.correction, features, x);
    latency *= ExpOf(correction.log_factor);
  }
  return {.latency_ms = std::clamp(latency, 0.0, kMaxLatency),
          .leverage = model.leverage ? LeverageOf(*model.leverage, f.data(), x) : 0.0,
          .distance = correction.distance};
}

}  // namespace

double DomainValue(const FeatureVector& features, Feature feature, bool per_kernel) {
  if (!per_kernel) return features[feature];
  const double kernels = features[Feature::kKernels];
  return kernels > 0.0 ? features[feature] / kernels : 0.0;
}

double FirstPiece(const FeatureVector& features, const LatencyModel& model) {
  std::array<double, kFeatureCount + 1> f;
  return Gather(features, model, f.data());
}

Prediction Predict(const FeatureVector& features, const LatencyModel& model,
                   const PredictOptions& options) {
  const Evaluated value = Evaluate(features, model);
  const double factor =
      IntervalFactor(ConformalQuantile(model.abs_log_ratios, options.interval_level),
                     SpreadIn(model, value.latency_ms, value.leverage, value.distance));
  return {.latency_ms = value.latency_ms,
          .lower_ms = Lower(value.latency_ms, factor),
          .upper_ms = Upper(value.latency_ms, factor),
          .out_of_domain = OutOfDomain(features, model, value.leverage)};
}

double SpreadOfForecast(const FeatureVector& features, const LatencyModel& model) {
  const Evaluated value = Evaluate(features, model);
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
