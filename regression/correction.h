// The value of a model's correction and of its leverage (latency_model.h): pure, no allocation.
#ifndef LATCAST_REGRESSION_CORRECTION_H_
#define LATCAST_REGRESSION_CORRECTION_H_

#include "base/features.h"
#include "regression/latency_model.h"

namespace latcast::regression {

struct CorrectionValue {
  double log_factor = 0.0;  // g, the logarithm of the factor on the linear forecast
  double distance = 1.0;    // 1 - m^2 at the nearest node: 0 at a node, 1 far from all
};

// Of the linear forecast x [ms]. The features must hold every input; they are not negative. Where x
// is not positive there is no mix, and no correction.
CorrectionValue Evaluate(const Correction& correction, const FeatureVector& features, double x);

// The coordinates of a size, and of a feature at that size.
double SizeCoordinate(const Correction& correction, double x);
double MixCoordinate(const CorrectionInput& input, double feature, double x);

// Matern 5/2 at a squared distance.
double MaternOf(double squared_distance);

// h = |F z|^2, where first_piece_ms is the x that z is taken relative to; 0 where x is not
// positive, for then there is no mix.
double LeverageOf(const LatencyModel& model, const FeatureVector& features, double first_piece_ms);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_CORRECTION_H_
