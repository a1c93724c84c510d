// The steps of a forecast, one truth for single ones (predict.cc) and for columns of them
// (predict_columns.cc). Internal to this room.
#ifndef LATCAST_REGRESSION_FORECAST_PARTS_H_
#define LATCAST_REGRESSION_FORECAST_PARTS_H_

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "regression/correction.h"
#include "regression/elementary.h"
#include "regression/latency_model.h"

namespace latcast::regression {

inline constexpr double kMaxLatency = std::numeric_limits<double>::max();
inline constexpr double kMaxLogRatio = 700.0;  // exp of more is no number
inline constexpr double kMinRatio = 1e-300;
inline constexpr double kMaxRatio = 1e300;
inline constexpr double kLargestLeverage = 4.0;  // more says no more than that nothing is known

// Sets f to the features of the model's terms, then 1 for the intercept, and returns x of
// latency_model.h. Terms with even and with odd index are summed apart: steps that do not wait for
// each other.
inline double Gather(const FeatureVector& features, const LatencyModel& model, double* f) {
  const Term* const terms = model.terms.data();
  const size_t count = model.terms.size();
  double even = model.intercept_ms;
  double odd = 0.0;
  size_t j = 0;
  for (; j + 1 < count; j += 2) {
    f[j] = features[terms[j].feature];
    f[j + 1] = features[terms[j + 1].feature];
    even += terms[j].coefficient * f[j];
    odd += terms[j + 1].coefficient * f[j + 1];
  }
  if (j < count) {
    f[j] = features[terms[j].feature];
    even += terms[j].coefficient * f[j];
    ++j;
  }
  f[j] = 1.0;
  return even + odd;
}

// The latency of the linear model at x, before a correction and the bounds.
inline double WithSecondPiece(const LatencyModel& model, double x) {
  if (!model.two_piece || !(x < model.two_piece->breakpoint_ms)) return x;
  return model.two_piece->slope * x + model.two_piece->offset_ms;
}

// h of latency_model.h, given |F f|^2 of the features f themselves; 0 where x is not positive, for
// then there is no mix.
inline double LeverageAt(double squared_length, double x) {
  const double inverse = 1.0 / x;
  const double h = squared_length * inverse * inverse;
  const double known = h <= kMaxLatency ? h : std::numeric_limits<double>::infinity();
  return x > 0.0 ? known : 0.0;
}

inline double LeverageOf(const Leverage& leverage, const double* f, double x) {
  return LeverageAt(leverage.factor.SquaredLengthOfProduct(f), x);
}

// What the size and what the mix make of s, s^2 = mix * size: (latency / reference)^(2 exponent),
// the latency held within the calibration's range, and 1 + leverage_gain h + distance_gain d.
// Fits choose the exponents for which roots do.
inline double SizeSquared(const IntervalScale& scale, double latency_ms, double min_ms,
                          double max_ms) {
  const double above = latency_ms < min_ms ? min_ms : latency_ms;
  const double ratio = (above > max_ms ? max_ms : above) * (1.0 / scale.reference_ms);
  if (scale.size_exponent == 0.25) return std::sqrt(ratio);
  if (scale.size_exponent == -0.25) return std::sqrt(1.0 / ratio);
  if (scale.size_exponent == 0.5) return ratio;
  if (scale.size_exponent == -0.5) return 1.0 / ratio;
  const double positive = ratio > kMinRatio ? ratio : kMinRatio;
  const double log = 2.0 * scale.size_exponent * LogOf(positive < kMaxRatio ? positive : kMaxRatio);
  const double low = log > -kMaxLogRatio ? log : -kMaxLogRatio;
  return ExpOf(low < kMaxLogRatio ? low : kMaxLogRatio);
}

inline double MixSquared(const IntervalScale& scale, double leverage, double distance) {
  const double held = leverage < kLargestLeverage ? leverage : kLargestLeverage;
  return 1.0 + scale.leverage_gain * held + scale.distance_gain * distance;
}

// s of latency_model.h.
inline double SpreadIn(const LatencyModel& model, double latency_ms, double leverage,
                       double distance) {
  if (!model.interval_scale) return 1.0;
  const IntervalScale& scale = *model.interval_scale;
  double squared = MixSquared(scale, leverage, distance);
  if (scale.size_exponent != 0.0) {
    squared *= SizeSquared(scale, latency_ms, model.min_latency_ms, model.max_latency_ms);
  }
  return std::sqrt(squared);
}

// The interval is latency / factor to latency * factor, q the model's quantile.
inline double IntervalFactor(double q, double spread) {
  const double log = q > 0.0 ? q * spread : q;
  return ExpOf(log < kMaxLogRatio ? log : kMaxLogRatio);
}

inline double Lower(double latency_ms, double factor) { return latency_ms / factor; }
inline double Upper(double latency_ms, double factor) {
  const double upper = latency_ms * factor;
  return upper < kMaxLatency ? upper : kMaxLatency;
}

// A network's latency, and what its interval depends on.
struct Evaluated {
  double latency_ms = 0.0;
  double leverage = 0.0;
  double distance = 1.0;  // from the correction's nodes
};

inline Evaluated EvaluateAt(const FeatureVector& features, const LatencyModel& model) {
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

// What the model's domain bounds (DomainValue of predict.h), and whether it lies beyond bounds; no
// where the vector does not hold the feature.
inline double InDomainUnits(const FeatureVector& features, Feature feature, bool per_kernel) {
  if (!per_kernel) return features[feature];
  const double kernels = features[Feature::kKernels];
  return kernels > 0.0 ? features[feature] / kernels : 0.0;
}

inline bool IsBeyond(const FeatureVector& features, Feature feature, double low, double high,
                     bool per_kernel) {
  if (!features.Has(feature)) return false;
  const double value = InDomainUnits(features, feature, per_kernel);
  return value < low || value > high;
}

// Whether a range counts in a model: where there is a leverage, only those of features that the
// calibration never saw at work do, the others are the leverage's to judge.
inline bool Counts(const FeatureRange& range, const LatencyModel& model) {
  return !(model.leverage && range.max > 0.0);
}

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_FORECAST_PARTS_H_
