// Forecasts of points by models that did not see them.
#ifndef LATCAST_REGRESSION_CROSS_VALIDATION_H_
#define LATCAST_REGRESSION_CROSS_VALIDATION_H_

#include <cstdint>
#include <span>
#include <vector>

#include "regression/columns.h"
#include "regression/family.h"
#include "regression/fit_input.h"
#include "regression/intervals.h"

namespace latcast::regression {

// The fold of each of n points: `folds` of equal size (but for one point), dealt in an order that
// depends on the seed alone. No more folds than points.
std::vector<int> ShuffledFolds(size_t n, int folds, uint64_t seed);

// The fold of each point is its group. Empty when there are fewer than three groups or a point has
// none: then nothing can be said about a group that was never seen.
std::vector<int> GroupFolds(std::span<const Point* const> points);

// The same folds, dealt to `most` at most.
std::vector<int> Deal(std::vector<int> folds, int most);

// The forecast of every point by a model of the other folds, fitted anew but for the tuning.
Unseen CrossValidate(std::span<const Point* const> points, const Columns& columns,
                     const Family& family, const std::vector<int>& folds,
                     const Tuning& tuning = {});

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_CROSS_VALIDATION_H_
