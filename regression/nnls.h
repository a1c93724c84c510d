// Non-negative least squares: minimise |a x - b| over x >= 0, by the active-set method of Lawson
// and Hanson. Coefficients of a latency are times of work done, which cannot be negative; the bound
// is also what keeps many correlated columns from over-fitting few points.
//
// At the minimum the gradient g = a'(b - a x) is zero where x > 0 and not positive where x = 0
// (Karush, Kuhn, Tucker). The method moves one column at a time into the set of positive ones, the
// one with the largest g, and solves there by QR; columns that would turn negative leave the set.
#ifndef LATCAST_REGRESSION_NNLS_H_
#define LATCAST_REGRESSION_NNLS_H_

#include <span>
#include <vector>

#include "regression/design.h"

namespace latcast::regression {

struct Nnls {
  std::vector<double> x;  // exact zeros where the bound holds
  int iterations = 0;
  bool converged = false;
};

// All numbers must be finite. Columns that depend on each other share no unique solution; one is
// found all the same.
Nnls SolveNnls(const Design& a, std::span<const double> b);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_NNLS_H_
