// New points for a fitted model without a new search: coefficients in milliseconds, evidence that
// grows by what the old model said about the new points.
//
//   ASSIGN_OR_RETURN(model, AddPoints(model, points, added));
//   points.insert(points.end(), added.begin(), added.end());
#ifndef LATCAST_REGRESSION_INCREMENTAL_H_
#define LATCAST_REGRESSION_INCREMENTAL_H_

#include <span>

#include "absl/status/statusor.h"
#include "regression/latency_model.h"
#include "regression/points.h"

namespace latcast::regression {

// The model of `points`, which `model` was fitted on, and `added` together. Family, columns and, of
// a corrected family, the correction stay; the coefficients (and second piece) are those that a fit
// of this family to all points has, to the last bit where there is no correction. Nothing is
// cross-validated anew: the old model never saw the added points, so its log ratios on them join
// those of the interval, and the accuracies stay those of the last full fit, but for the one in
// sample. Domain, leverage and latency range cover the added points. CheckStaleness says beforehand
// whether old and new points belong together, Fit afterwards whether another family would be
// better.
//
// The errors of Fit; FAILED_PRECONDITION for a family that no fit made.
absl::StatusOr<LatencyModel> AddPoints(const LatencyModel& model, std::span<const Point> points,
                                       std::span<const Point> added);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_INCREMENTAL_H_
