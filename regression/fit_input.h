// The points of a fit: refused where they are no measurements, and put in an order of their own, so
// that a fit does not depend on the order of a file.
#ifndef LATCAST_REGRESSION_FIT_INPUT_H_
#define LATCAST_REGRESSION_FIT_INPUT_H_

#include <span>
#include <vector>

#include "absl/status/status.h"
#include "regression/points.h"

namespace latcast::regression {

using PointRefs = std::vector<const Point*>;

// INVALID_ARGUMENT naming the point for a latency that is not positive and a feature that is
// negative, or for one that is NaN or of a size no measurement has (outside 1e-30 .. 1e30).
// FAILED_PRECONDITION for no points and for points of one latency only.
absl::Status CheckPoints(std::span<const Point> points);

// By name, group, spec, latency, features.
PointRefs InCanonicalOrder(std::span<const Point> points);

std::vector<double> LatenciesOf(std::span<const Point* const> points);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_FIT_INPUT_H_
