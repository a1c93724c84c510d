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

std::vector<double> FirstPieces(const Design& design, const std::vector<double>& coefficients) {
  std::vector<double> x(design.rows, 0.0);
  for (size_t j = 0; j < design.cols(); ++j) {
    const std::span<const double> column = design.Column(j);
    for (size_t i = 0; i < design.rows; ++i) x[i] += coefficients[j] * column[i];
  }
  return x;
}

double InterceptOf(const Design& design, const std::vector<double>& coefficients) {
  const auto it = std::find(design.names.begin(), design.names.end(), kIntercept);
  if (it == design.names.end()) return 0.0;
  return coefficients[static_cast<size_t>(it - design.names.begin())];
}

}  // namespace

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
  const double step = kBreakpointStep * sorted_x.back();
  const double limit = kBreakpointLimit * sorted_x.back();
  size_t below = 0;  // points below the candidate
  size_t pivot = 0;
  for (int k = 0; step > 0.0 && intercept_ms + k * step < limit; ++k) {
    const double candidate = intercept_ms + k * step;
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

Coefficients FitClassic(const Design& design, std::span<const double> latency_ms) {
  Coefficients result;
  result.values = SolveLeastSquares(design, latency_ms).x;
  if (std::any_of(result.values.begin(), result.values.end(), [](double c) { return c < 0.0; })) {
    Nnls nnls = SolveNnls(design, latency_ms);
    result.values = std::move(nnls.x);
    result.iterations = nnls.iterations;
    result.converged = nnls.converged;
  }
  const std::vector<double> x = FirstPieces(design, result.values);
  result.two_piece = FitSecondPiece(x, latency_ms, InterceptOf(design, result.values));
  return result;
}

}  // namespace latcast::regression
