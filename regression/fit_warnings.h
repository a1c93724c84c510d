// What a user should know about a fit before trusting it.
#ifndef LATCAST_REGRESSION_FIT_WARNINGS_H_
#define LATCAST_REGRESSION_FIT_WARNINGS_H_

#include <string>
#include <vector>

#include "regression/columns.h"
#include "regression/fit.h"
#include "regression/fit_input.h"

namespace latcast::regression {

// Names of the coefficients that are exactly zero.
std::vector<std::string> ZeroTerms(const LatencyModel& model, bool intercept);

// Points whose relative error is more than five times the median one (and more than 5 %), the worst
// first; at most `limit`, then a line with the number of the others.
std::vector<std::string> Outliers(const std::vector<Residual>& residuals, size_t limit = 10);

// Appends to summary.warnings, whose residuals and condition number are set: few points, no
// convergence, an ill-conditioned design, no groups, a second piece that jumps or falls, outliers.
void AppendWarnings(const LatencyModel& model, bool converged, const Columns& columns,
                    const PointRefs& points, FitSummary& summary);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_FIT_WARNINGS_H_
