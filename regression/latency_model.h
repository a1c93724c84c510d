// A fitted latency model, everything a forecast needs and the evidence for it.
//
//   x = intercept + sum_i coefficient_i * feature_i                      [ms]
//   latency = slope * x + offset   where x < breakpoint, if there is a second piece,
//             x                    elsewhere; never below zero.
#ifndef LATCAST_REGRESSION_LATENCY_MODEL_H_
#define LATCAST_REGRESSION_LATENCY_MODEL_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "base/features.h"

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
  std::string family;       // "classic", "relative"
  std::string feature_set;  // "classic", "general", "cpu"
  Mode mode;
  double intercept_ms = 0.0;
  std::vector<Term> terms;
  std::optional<TwoPiece> two_piece;

  // Sorted |ln(measured / forecast)| of cross-validated points: the interval at level p is
  // forecast * exp(-+ q), q its conformal quantile. Empty: no interval is known.
  std::vector<double> abs_log_ratios;
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
// log ratios that are negative or not sorted, a range with min above max. `path` stands in front of
// the field ("models[0]" gives "models[0].terms[2].coefficient: not finite").
absl::Status Validate(const LatencyModel& model, std::string_view path = "");

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_LATENCY_MODEL_H_
