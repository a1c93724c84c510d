#include "regression/predict.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/text.h"
#include "regression/correction.h"
#include "regression/intervals.h"

namespace latcast::regression {
namespace {

constexpr double kMaxLatency = std::numeric_limits<double>::max();
constexpr double kMaxLogRatio = 700.0;  // exp of more is no number

bool OutOfDomain(const FeatureVector& features, const LatencyModel& model, double leverage) {
  if (model.leverage && leverage > model.leverage->limit) return true;
  return std::any_of(model.domain.begin(), model.domain.end(), [&](const FeatureRange& range) {
    if (model.leverage && range.max > 0.0) return false;  // the leverage's to judge
    if (!features.Has(range.feature)) return false;
    const double value = DomainValue(features, range.feature, model.domain_per_kernel);
    return value < range.min / kDomainTolerance || value > range.max * kDomainTolerance;
  });
}

// s of latency_model.h.
double Spread(const LatencyModel& model, double latency_ms, double leverage, double distance) {
  if (!model.interval_scale) return 1.0;
  const double held = std::clamp(latency_ms, model.min_latency_ms, model.max_latency_ms);
  return SpreadOf(*model.interval_scale, held, leverage, distance);
}

}  // namespace

double DomainValue(const FeatureVector& features, Feature feature, bool per_kernel) {
  if (!per_kernel) return features[feature];
  const double kernels = features[Feature::kKernels];
  return kernels > 0.0 ? features[feature] / kernels : 0.0;
}

double FirstPiece(const FeatureVector& features, const LatencyModel& model) {
  double x = model.intercept_ms;
  for (const Term& term : model.terms) x += term.coefficient * features[term.feature];
  return x;
}

Prediction Predict(const FeatureVector& features, const LatencyModel& model,
                   const PredictOptions& options) {
  const double x = FirstPiece(features, model);
  double latency = x;
  if (model.two_piece && latency < model.two_piece->breakpoint_ms) {
    latency = model.two_piece->slope * latency + model.two_piece->offset_ms;
  }
  CorrectionValue correction;
  if (model.correction) {
    correction = Evaluate(*model.correction, features, x);
    latency *= std::exp(correction.log_factor);
  }
  const double leverage = model.leverage ? LeverageOf(model, features, x) : 0.0;

  Prediction prediction;
  prediction.latency_ms = std::clamp(latency, 0.0, kMaxLatency);
  double q = ConformalQuantile(model.abs_log_ratios, options.interval_level);
  if (q > 0.0) q *= Spread(model, prediction.latency_ms, leverage, correction.distance);
  q = std::min(q, kMaxLogRatio);
  prediction.lower_ms = prediction.latency_ms * std::exp(-q);
  prediction.upper_ms = std::min(prediction.latency_ms * std::exp(q), kMaxLatency);
  prediction.out_of_domain = OutOfDomain(features, model, leverage);
  return prediction;
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
