#include "regression/forecaster.h"

#include "regression/forecast_parts.h"
#include "regression/intervals.h"

namespace latcast::regression {

Forecaster::Forecaster(const LatencyModel& model, const PredictOptions& options)
    : model_(model),
      q_(ConformalQuantile(model.abs_log_ratios, options.interval_level)),
      factor_(IntervalFactor(q_, 1.0)) {
  for (const FeatureRange& range : model.domain) {
    if (!Counts(range, model)) continue;
    bounds_.push_back({range.feature, range.min / kDomainTolerance, range.max * kDomainTolerance});
  }
}

Prediction Forecaster::Predict(const FeatureVector& features) const {
  const Evaluated value = EvaluateAt(features, model_);
  const double factor =
      model_.interval_scale
          ? IntervalFactor(q_, SpreadIn(model_, value.latency_ms, value.leverage, value.distance))
          : factor_;
  bool outside = model_.leverage && value.leverage > model_.leverage->limit;
  for (const Bounds& bounds : bounds_) {
    outside = outside ||
              IsBeyond(features, bounds.feature, bounds.low, bounds.high, model_.domain_per_kernel);
  }
  return {.latency_ms = value.latency_ms,
          .lower_ms = Lower(value.latency_ms, factor),
          .upper_ms = Upper(value.latency_ms, factor),
          .out_of_domain = outside};
}

}  // namespace latcast::regression
