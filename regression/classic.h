// The published low-overhead predictor: least squares on the absolute error, then a second piece
// for small latencies.
//
//   x = sum_i c_i column_i                minimises sum (x - y)^2, c >= 0
//   latency = slope x + offset where x < breakpoint, x elsewhere
//
// The breakpoint runs from the intercept upward in steps of max(x) / 1000 while it is below
// max(x) / 10. For each, slope and offset minimise the summed relative error sum |latency - y| / y,
// which is a weighted-L1 line through the points below it; the breakpoint with the smallest sum
// wins, the first of equals. Nothing joins the pieces: a forecast may jump at the breakpoint.
#ifndef LATCAST_REGRESSION_CLASSIC_H_
#define LATCAST_REGRESSION_CLASSIC_H_

#include <optional>
#include <span>
#include <vector>

#include "regression/design.h"
#include "regression/family.h"

namespace latcast::regression {

// Ordinary least squares, or non-negative least squares where that gives a negative coefficient.
// The design has the column `intercept`. Latencies are positive.
Coefficients FitClassic(const Design& design, std::span<const double> latency_ms);

// The same without a second piece.
Coefficients FitClassicFirstPiece(const Design& design, std::span<const double> latency_ms);

// The breakpoints that are tried, given the largest x.
std::vector<double> Breakpoints(double max_x, double intercept_ms);

// The second piece over first-piece values x; none where no two different x lie below max(x) / 10.
std::optional<TwoPiece> FitSecondPiece(std::span<const double> x,
                                       std::span<const double> latency_ms, double intercept_ms);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_CLASSIC_H_
