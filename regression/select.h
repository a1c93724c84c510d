// `--family auto`: which family on which columns, decided by forecasts of points that were not in
// the fit, whole groups at a time where there are groups.
//
// A candidate's error is the mean of |ln(measured / forecast)|, each held at three times the median
// of the best candidate's, so that outliers decide nothing. By the one-standard-error rule (Breiman
// et al. 1984) the simplest candidate wins whose error is within one standard error of the least:
// the error of the paired difference, which is small where two candidates err on the same points,
// with groups as units. Less than five per cent of the least error, or than 0.0001, is not
// worth a richer model either, however sure it is.
//
// First the feature set is chosen by the relative family, among those with a column that counts
// calls (a model without one depends on how a network is cut), the compact set only where there are
// fewer than three points a coefficient of the default of columns.h; then, on that set,
// among relative, relative-joined and corrected.
#ifndef LATCAST_REGRESSION_SELECT_H_
#define LATCAST_REGRESSION_SELECT_H_

#include <optional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "regression/columns.h"
#include "regression/family.h"
#include "regression/fit.h"
#include "regression/fit_input.h"
#include "regression/intervals.h"

namespace latcast::regression {

struct Choice {
  const Family* family = nullptr;
  Columns columns;
  Tuning tuning;
  Unseen unseen;                      // by folds
  std::vector<Candidate> candidates;  // what was compared, none for a family that was asked for
};

// The family asked for, on the columns asked for, or the best of `auto`. Errors as Fit.
absl::StatusOr<Choice> Choose(const PointRefs& points, const FitOptions& options,
                              const std::vector<int>& folds);

// The index of the winner among candidates from the simplest to the richest, given the error of
// each on every point (all of one length) and the unit every point belongs to.
size_t OneStandardError(const std::vector<std::vector<double>>& errors,
                        const std::vector<int>& units);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_SELECT_H_
