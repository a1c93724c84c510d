// The one pure function where both flows meet: no lock, no allocation, no I/O.
#ifndef LATCAST_REGRESSION_PREDICT_H_
#define LATCAST_REGRESSION_PREDICT_H_

#include <string>

#include "absl/status/status.h"
#include "base/features.h"
#include "regression/latency_model.h"

namespace latcast::regression {

// A feature is outside the calibrated range when it lies beyond it by more than this factor:
// below min / 1.1 or above max * 1.1. A range of zero flags every positive value, for the
// calibration never saw the feature at work.
inline constexpr double kDomainTolerance = 1.1;

struct Prediction {
  double latency_ms = 0.0;
  double lower_ms = 0.0;  // prediction interval; both equal latency_ms where none is known
  double upper_ms = 0.0;
  bool out_of_domain = false;  // the calibration points say little about such a network
};

struct PredictOptions {
  double interval_level = 0.9;  // in (0, 1)
};

// The features must hold every term of the model: check once with CheckFeatures.
// The interval at level p is latency * exp(-+ q s), where q is the ceil((n + 1) p)-th smallest of
// the model's n log ratios (split conformal prediction), and the largest where n is too small for
// p, and s the spread of this forecast (IntervalScale). Out of the domain is a forecast of a
// leverage above the limit, or with a feature outside its range; where the model has a leverage, of
// the ranges only those of features that the calibration never saw at work count (max 0). A feature
// of the model's domain that the vector does not hold is not checked.
Prediction Predict(const FeatureVector& features, const LatencyModel& model,
                   const PredictOptions& options = {});

// How wide the interval of this forecast is, relative to the others': s of LatencyModel, 1 where
// all are alike.
double SpreadOfForecast(const FeatureVector& features, const LatencyModel& model);

// What the model's domain bounds: the feature, or the feature a kernel (0 where no kernel runs).
double DomainValue(const FeatureVector& features, Feature feature, bool per_kernel);

// x of the first piece, before the second piece is applied [ms].
double FirstPiece(const FeatureVector& features, const LatencyModel& model);

// INVALID_ARGUMENT naming the features the model needs that are missing, and values that are
// negative or not finite.
absl::Status CheckFeatures(const FeatureVector& features, const LatencyModel& model);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_PREDICT_H_
