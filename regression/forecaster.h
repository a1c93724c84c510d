// Many forecasts by one model, one after the other: what does not depend on the network - the
// quantile of the intervals, their width where all are alike, the bounds of the domain - is worked
// out once. (By columns it is faster still: predict_columns.h.)
//
//   const Forecaster forecaster(model, {.interval_level = 0.9});
//   for (const FeatureVector& features : networks) Use(forecaster.Predict(features));
#ifndef LATCAST_REGRESSION_FORECASTER_H_
#define LATCAST_REGRESSION_FORECASTER_H_

#include <vector>

#include "base/features.h"
#include "regression/latency_model.h"
#include "regression/predict.h"

namespace latcast::regression {

class Forecaster {
 public:
  // The model is looked at until the last forecast.
  explicit Forecaster(const LatencyModel& model, const PredictOptions& options = {});

  // To the last bit what Predict of predict.h gives, on the same conditions. No lock, no
  // allocation.
  Prediction Predict(const FeatureVector& features) const;

 private:
  // Of the features whose ranges count, the tolerance included.
  struct Bounds {
    Feature feature;
    double low;
    double high;
  };

  const LatencyModel& model_;
  const double q_;
  const double factor_;  // of the interval, where the model has no scale
  std::vector<Bounds> bounds_;
};

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_FORECASTER_H_
