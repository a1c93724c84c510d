// Which columns a model is fitted on: the choice of the feature set, and what has to be left out of
// it because the points do not hold it or hold only zeros.
#ifndef LATCAST_REGRESSION_COLUMNS_H_
#define LATCAST_REGRESSION_COLUMNS_H_

#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/features.h"
#include "regression/design.h"
#include "regression/family.h"
#include "regression/fit_input.h"

namespace latcast::regression {

// The sets that are no default: `auto` has to find that one pays, or the caller asks for it.
inline constexpr std::string_view kSetsByMerit[] = {"cuda", "cpu-full"};

struct Columns {
  const FeatureSet* set = nullptr;
  std::vector<Feature> fitted;  // one coefficient each
  std::vector<Feature> held;    // and those that are zero in every point: the domain
  bool intercept = false;
  std::vector<std::string> warnings;  // what was left out

  size_t coefficient_count() const { return fitted.size() + (intercept ? 1 : 0); }
  // Whether the points hold the set, but for one column in eight: sets grow.
  bool HoldsNearlyAll() const {
    return 8 * (set->predictors.size() - held.size()) <= set->predictors.size();
  }
};

// The columns of the set called `name` (macs_all in the place of flops, where the points hold only
// that), or by "auto" of the first set that the points hold in full
// (but for one column in eight, since sets grow) and are enough for: classic first for the classic
// families, else the richest first, kSetsByMerit left out; where none is held in full, of the set
// with most columns. INVALID_ARGUMENT for an unknown set or a column that only some points hold,
// FAILED_PRECONDITION when the points cannot determine the coefficients: no column, too few points,
// features that are equal in all points, or, for a family that needs them to be independent, a
// column that is constant or a combination of others (named).
absl::StatusOr<Columns> ChooseColumns(std::span<const Point* const> points, std::string_view name,
                                      const Family& family);

// The columns as numbers, the intercept last.
Design MakeDesign(std::span<const Point* const> points, const Columns& columns);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_COLUMNS_H_
