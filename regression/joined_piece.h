// A second piece for small latencies that meets the first: continuous, and never falling with more
// work, which the classic second piece does not promise.
//
//   latency = b + slope (x - b)  where x < b,   x elsewhere;   0 <= slope
#ifndef LATCAST_REGRESSION_JOINED_PIECE_H_
#define LATCAST_REGRESSION_JOINED_PIECE_H_

#include <optional>
#include <span>

#include "regression/design.h"
#include "regression/family.h"

namespace latcast::regression {

// Breakpoints are tried where the classic family tries them (classic.h). For each b the summed
// relative error sum |b + slope (x - b) - y| / y is least at a weighted median of (b - y) / (b -
// x), with the weights (b - x) / y: it is a sum of |slope - ratio_i| so weighted. A slope below
// zero becomes zero, the best of those allowed, since the sum is convex; one that would take x =
// intercept below zero becomes b / (b - intercept). The b with the smallest sum wins, the first of
// equals; none where no two different x lie below max(x) / 10.
std::optional<TwoPiece> FitJoinedPiece(std::span<const double> x,
                                       std::span<const double> latency_ms, double intercept_ms);

// The coefficients of the classic family, and of the relative one, with a joined piece.
Coefficients FitClassicJoined(const Design& design, std::span<const double> latency_ms);
Coefficients FitRelativeJoined(const Design& design, std::span<const double> latency_ms);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_JOINED_PIECE_H_
