#include "regression/classic.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "regression/least_squares.h"
#include "regression/nnls.h"
#include "regression/weighted_l1_line.h"

namespace latcast::regression {
namespace {

constexpr double kBreakpointStep = 1e-3;   // of max(x)
constexpr double kBreakpointLimit = 1e-1;  // of max(x)

}  // namespace

std::vector<double> Breakpoints(double max_x, double intercept_ms) {
  std::vector<double> breakpoints;
  const double step = kBreakpointStep * max_x;
  for (int k = 0; step > 0.0 && intercept_ms + k * step < kBreakpointLimit * max_x; ++k) {
    breakpoints.push_back(intercept_ms + k * step);
  }
  return breakpoints;
}

std::optional<TwoPiece> FitSecondPiece(std::span<const double> x,
                                       std::span<const double> latency_ms, double intercept_ms) {
  const size_t n = x.size();
  std::vector<size_t> order(n);
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return x[a] < x[b]; });
  std::vector<double> sorted_x(n), y(n), weight(n), above(n + 1, 0.0);
  for (size_t i = 0; i < n; ++i) {
    sorted_x[i] = x[order[i]];
    y[i] = latency_ms[order[i]];
    weight[i] = 1.0 / y[i];
  }
  for (size_t i = n; i-- > 0;) above[i] = above[i + 1] + weight[i] * std::abs(y[i] - sorted_x[i]);

  std::optional<TwoPiece> best;
  double best_sum = std::numeric_limits<double>::infinity();
  size_t below = 0;  // points below the candidate
  size_t pivot = 0;
  for (const double candidate : Breakpoints(sorted_x.back(), intercept_ms)) {
    const size_t last = below;
    while (below < n && sorted_x[below] < candidate) ++below;
    // The same points below have the same best line: the first candidate stands for all.
    if (below == last || sorted_x[0] == sorted_x[below - 1]) continue;
    const L1Line line =
        FitWeightedL1Line(std::span(sorted_x).first(below), std::span(y).first(below),
                          std::span(weight).first(below), pivot);
    pivot = line.pivot;
    if (line.sum + above[below] < best_sum) {
      best_sum = line.sum + above[below];
      best = TwoPiece{candidate, line.slope, line.offset};
    }
  }
  return best;
}

Coefficients FitClassicFirstPiece(const Design& design, std::span<const double> latency_ms) {
  Coefficients result;
  result.values = SolveLeastSquares(design, latency_ms).x;
  if (std::any_of(result.values.begin(), result.values.end(), [](double c) { return c < 0.0; })) {
    Nnls nnls = SolveNnls(design, latency_ms);
    result.values = std::move(nnls.x);
    result.iterations = nnls.iterations;
    result.converged = nnls.converged;
  }
  return result;
}

Coefficients FitClassic(const Design& design, std::span<const double> latency_ms) {
  Coefficients result = FitClassicFirstPiece(design, latency_ms);
  const std::vector<double> x = FirstPieces(design, result.values);
  result.two_piece = FitSecondPiece(x, latency_ms, InterceptOf(design, result.values));
  return result;
}

}  // namespace latcast::regression
