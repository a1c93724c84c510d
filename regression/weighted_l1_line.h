// The line that minimises a weighted sum of absolute deviations, exactly.
//
//   f(slope, offset) = sum_i w_i |y_i - slope x_i - offset|
//
// f is convex and piecewise linear, so a minimum lies at a corner: a line through two points. Among
// the lines through one point the best is found by a weighted median of the slopes to the others,
// and it passes through a second point; turning about that one next, f falls from corner to corner.
// A corner where no turn about any of its points lowers f has no falling edge, and is therefore the
// minimum.
#ifndef LATCAST_REGRESSION_WEIGHTED_L1_LINE_H_
#define LATCAST_REGRESSION_WEIGHTED_L1_LINE_H_

#include <cstddef>
#include <span>

namespace latcast::regression {

struct L1Line {
  double slope = 0.0;
  double offset = 0.0;
  double sum = 0.0;  // f at the minimum
  size_t pivot = 0;  // a point the line passes through
};

// x, y, w of one length, w > 0, at least two different x. `start` is the first point to turn about:
// a point near the line saves turns.
L1Line FitWeightedL1Line(std::span<const double> x, std::span<const double> y,
                         std::span<const double> w, size_t start = 0);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_WEIGHTED_L1_LINE_H_
