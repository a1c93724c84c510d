// The leverage of a fit: how little its points say about a mix of work (Leverage in
// latency_model.h).
#ifndef LATCAST_REGRESSION_LEVERAGE_H_
#define LATCAST_REGRESSION_LEVERAGE_H_

#include <span>

#include "regression/columns.h"
#include "regression/latency_model.h"
#include "regression/points.h"

namespace latcast::regression {

// Of `model`, fitted on these points and columns. By QR: Z = Q R, and (Z'Z)^-1 = R^-1 R'^-1, so
// that F = R'^-1 gives h = |F z|^2. The columns are scaled to root mean square one, and under them
// stand rows of sqrt(0.001): a mix that no point had at all gets a large leverage, not an infinite
// one. Points whose x is not positive have no mix and are left out.
Leverage MakeLeverage(std::span<const Point* const> points, const Columns& columns,
                      const LatencyModel& model);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_LEVERAGE_H_
