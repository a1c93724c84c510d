// The steps of a forecast, one truth for single ones (predict.cc) and for columns of them
// (predict_columns.cc). Internal to this room.
#ifndef LATCAST_REGRESSION_FORECAST_PARTS_H_
#define LATCAST_REGRESSION_FORECAST_PARTS_H_

#include <algorithm>
#include <cmath>
#include <limits>

#include "regression/intervals.h"
#include "regression/latency_model.h"

namespace latcast::regression {

inline constexpr double kMaxLatency = std::numeric_limits<double>::max();
inline constexpr double kMaxLogRatio = 700.0;  // exp of more is no number

// The latency of the linear model at x, before a correction and the bounds.
inline double WithSecondPiece(const LatencyModel& model, double x) {
  if (!model.two_piece || !(x < model.two_piece->breakpoint_ms)) return x;
  return model.two_piece->slope * x + model.two_piece->offset_ms;
}

// s of latency_model.h.
inline double SpreadIn(const LatencyModel& model, double latency_ms, double leverage,
                       double distance) {
  if (!model.interval_scale) return 1.0;
  const double held = std::clamp(latency_ms, model.min_latency_ms, model.max_latency_ms);
  return SpreadOf(*model.interval_scale, held, leverage, distance);
}

// The interval is latency / factor to latency * factor, q the model's quantile.
inline double IntervalFactor(double q, double spread) {
  return std::exp(std::min(q > 0.0 ? q * spread : q, kMaxLogRatio));
}

inline double Lower(double latency_ms, double factor) { return latency_ms / factor; }
inline double Upper(double latency_ms, double factor) {
  return std::min(latency_ms * factor, kMaxLatency);
}

// Whether a range counts in a model: where there is a leverage, only those of features that the
// calibration never saw at work do, the others are the leverage's to judge.
inline bool Counts(const FeatureRange& range, const LatencyModel& model) {
  return !(model.leverage && range.max > 0.0);
}

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_FORECAST_PARTS_H_
