// The default family: coefficients c >= 0 that minimise the summed relative error
//
//   sum_i | x_i - y_i | / y_i  +  a weak ridge,      x = sum_j c_j column_j
//
// A relative error weighs a block of 0.1 ms as much as one of 100 ms; its absolute value, instead
// of its square, leaves out outliers; non-negative coefficients keep correlated columns from
// cancelling each other. This carries from blocks to networks, where least squares does not.
//
// The minimum is found by iteratively re-weighted non-negative least squares. |r| is smoothed to
// s(r) = sqrt(r^2 + e^2), and at the relative errors r0 of the last step s is replaced by a square,
//
//   w / 2 (r - r0 + s'(r0) / w)^2,      w = s''(r0) = e^2 / s(r0)^3,
//
// which makes a non-negative least squares problem (Newton's method under a bound); the step is
// halved while the sum does not fall. Where it is stuck, w = 1 / s(r0) gives a square above s,
// whose minimum never lies higher. The smoothing e falls from 0.1 to 1e-4, far below the noise of a
// measurement; about 20 steps in all.
#ifndef LATCAST_REGRESSION_RELATIVE_H_
#define LATCAST_REGRESSION_RELATIVE_H_

#include <span>

#include "regression/design.h"
#include "regression/family.h"

namespace latcast::regression {

// Latencies are positive. Never fails; `converged` is false where the last steps still moved.
Coefficients FitRelative(const Design& design, std::span<const double> latency_ms);

// The same with the ridge, of another strength, around `prior` instead of zero: a coefficient about
// which the points say nothing stays where it was. One prior a column, none negative.
Coefficients FitRelativeTowards(const Design& design, std::span<const double> latency_ms,
                                std::span<const double> prior, double strength);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_RELATIVE_H_
