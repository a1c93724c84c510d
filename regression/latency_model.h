// A fitted latency model, everything a forecast needs and the evidence for it.
//
//   x = intercept + sum_i coefficient_i * feature_i                      [ms]
//   latency = slope * x + offset   where x < breakpoint, if there is a second piece,
//             x                    elsewhere; never below zero;
//             times exp(correction), if there is one (correction.h).
//
// How far to trust it: the interval at level p is latency * exp(-+ q s), where q is the conformal
// quantile of `abs_log_ratios` and s the spread of this forecast (interval_scale, 1 without one).
#ifndef LATCAST_REGRESSION_LATENCY_MODEL_H_
#define LATCAST_REGRESSION_LATENCY_MODEL_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "base/features.h"
#include "regression/triangle.h"

namespace latcast::regression {

// How a latency was measured; a model forecasts only its own mode.
struct Mode {
  std::string metric = "wall";  // wall | gpu
  std::string precision = "float32";
  std::string execution = "eager";  // eager | graph | compiled
  std::string layout = "nchw";
  int threads = 1;
  friend bool operator==(const Mode&, const Mode&) = default;
};

struct Term {
  Feature feature{};
  double coefficient = 0.0;  // ms per unit of the feature
  friend bool operator==(const Term&, const Term&) = default;
};

struct TwoPiece {
  double breakpoint_ms = 0.0;
  double slope = 1.0;
  double offset_ms = 0.0;
  friend bool operator==(const TwoPiece&, const TwoPiece&) = default;
};

// A part of the mix of work that a correction looks at: z = ln(1 + feature / x / offset) / length,
// where x is the linear forecast. A feature far below its offset counts as none, far above it by
// its logarithm.
struct CorrectionInput {
  Feature feature{};
  double offset = 1.0;  // units of the feature per ms
  double length = 1.0;
  friend bool operator==(const CorrectionInput&, const CorrectionInput&) = default;
};

// A learned logarithm of measured / linear forecast, the mean of a Gaussian process over the size
// z_0 = ln(x / 1 ms) / size_length and the mix z_1, z_2, ... (inputs):
//
//   g(z) = sum_k weight_k m(|z - at_k|),  held within -+ bound,
//   m(d) = (1 + a + a^2 / 3) exp(-a),  a = sqrt(5) d          (Matern 5/2)
//
// Far from all nodes m and so g vanish: out of the domain the linear forecast stands alone.
struct Correction {
  double size_length = 1.0;
  std::vector<CorrectionInput> inputs;
  double bound = 0.0;
  std::vector<double> weights;  // one a node
  std::vector<double> at;       // node after node, coordinates() numbers each

  size_t coordinates() const { return inputs.size() + 1; }
  friend bool operator==(const Correction&, const Correction&) = default;
};

// How little the calibration says about a mix of work. The mix is z_j = feature_j / x, and 1 / x
// for the intercept: what the terms see of a forecast of one ms, whatever its size. The leverage is
//
//   h = |F z|^2,   F'F = inverse of the summed z z' over the calibration points,
//
// so that h is the variance of the forecast in units of that of one measurement. Beyond `limit` a
// forecast is flagged.
struct Leverage {
  // F: a column a term, then one of the intercept where the model was fitted with one.
  Triangle factor;
  double limit = 1.0;
  friend bool operator==(const Leverage&, const Leverage&) = default;
};

// The spread s of a forecast relative to the others':
//
//   s = (latency / reference)^size_exponent sqrt(1 + leverage_gain h + distance_gain d)
//
// with the latency held within the calibration's range, h the leverage, at most 4, and d = 1 - m^2
// at the correction's nearest node: 0 at a node, 1 far from all.
struct IntervalScale {
  double reference_ms = 1.0;
  double size_exponent = 0.0;
  double leverage_gain = 0.0;
  double distance_gain = 0.0;
  friend bool operator==(const IntervalScale&, const IntervalScale&) = default;
};

// Accuracy over some points; relative errors as fractions (0.05 is 5 %).
struct Accuracy {
  int n = 0;
  double mdre = 0.0;  // median of |forecast - measured| / measured
  double mape = 0.0;  // its mean
  double in10 = 0.0;  // share of points within 10 %
  double tau = 0.0;   // Kendall rank correlation
  double r2 = 0.0;    // 1 - residual / total sum of squares
  friend bool operator==(const Accuracy&, const Accuracy&) = default;
};

// Range of one feature over the calibration points, per kernel where the model says so; a forecast
// outside is flagged.
struct FeatureRange {
  Feature feature{};
  double min = 0.0;
  double max = 0.0;
  friend bool operator==(const FeatureRange&, const FeatureRange&) = default;
};

struct LatencyModel {
  std::string family;       // "classic", "continuous", "relative", "corrected"
  std::string feature_set;  // "classic", "general", "cpu"
  Mode mode;
  double intercept_ms = 0.0;
  std::vector<Term> terms;
  std::optional<TwoPiece> two_piece;
  std::optional<Correction> correction;

  // Sorted |ln(measured / forecast)| / s of cross-validated points. Empty: no interval is known.
  std::vector<double> abs_log_ratios;
  std::optional<IntervalScale> interval_scale;
  std::optional<Leverage> leverage;
  std::vector<FeatureRange> domain;
  // The ranges are of feature / kernels. Sums grow with a network, what a kernel does on average
  // stays within what the calibration's kernels did: so blocks can vouch for networks.
  bool domain_per_kernel = false;
  double min_latency_ms = 0.0;  // of the calibration points
  double max_latency_ms = 0.0;

  Accuracy in_sample;
  Accuracy cross_validated;                 // k-fold
  std::optional<Accuracy> leave_group_out;  // where the points have groups
  friend bool operator==(const LatencyModel&, const LatencyModel&) = default;
};

// INVALID_ARGUMENT naming the field when a model cannot be evaluated: no terms, a repeated feature,
// a value that is not finite, a negative breakpoint, threads < 1, an unknown metric or execution,
// log ratios that are negative or not sorted, a range with min above max, a correction on features
// that are no terms or without all coordinates of its nodes, a leverage of another
// size than the terms ask for. `path` stands in front of the field ("models[0]" gives
// "models[0].terms[2].coefficient: not finite").
absl::Status Validate(const LatencyModel& model, std::string_view path = "");

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_LATENCY_MODEL_H_
