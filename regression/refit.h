// One fit without its evidence: what the fitter and every fold of its cross-validation do.
#ifndef LATCAST_REGRESSION_REFIT_H_
#define LATCAST_REGRESSION_REFIT_H_

#include <span>

#include "regression/columns.h"
#include "regression/family.h"
#include "regression/fit_input.h"
#include "regression/latency_model.h"

namespace latcast::regression {

struct Refit {
  LatencyModel model;  // intercept, terms, second piece, correction
  int iterations = 0;
  bool converged = true;
};

// The tuning of a family that has one; else empty.
Tuning TuneColumns(std::span<const Point* const> points, const Columns& columns,
                   const Family& family);

Refit FitColumns(std::span<const Point* const> points, const Columns& columns, const Family& family,
                 const Tuning& tuning = {});

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_REFIT_H_
