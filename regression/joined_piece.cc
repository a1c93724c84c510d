#include "regression/joined_piece.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "regression/classic.h"
#include "regression/relative.h"

namespace latcast::regression {
namespace {

struct Weighted {
  double value = 0.0;
  double weight = 0.0;
};

double WeightedMedian(std::vector<Weighted> values) {
  std::sort(values.begin(), values.end(),
            [](const Weighted& a, const Weighted& b) { return a.value < b.value; });
  double half = 0.0;
  for (const Weighted& v : values) half += 0.5 * v.weight;
  double sum = 0.0;
  for (const Weighted& v : values) {
    sum += v.weight;
    if (sum >= half) return v.value;
  }
  return values.back().value;
}

// The offset at which the line meets b, or the next below at which rounding does not lift it above:
// then a forecast never falls across the breakpoint, not by a bit.
double JoiningOffset(double b, double slope) {
  double offset = b * (1.0 - slope);
  while (slope * b + offset > b) {
    offset = std::nextafter(offset, -std::numeric_limits<double>::infinity());
  }
  return offset;
}

Coefficients WithJoinedPiece(const Design& design, std::span<const double> latency_ms,
                             Coefficients coefficients) {
  coefficients.two_piece = FitJoinedPiece(FirstPieces(design, coefficients.values), latency_ms,
                                          InterceptOf(design, coefficients.values));
  return coefficients;
}

}  // namespace

std::optional<TwoPiece> FitJoinedPiece(std::span<const double> x,
                                       std::span<const double> latency_ms, double intercept_ms) {
  const size_t n = x.size();
  std::vector<size_t> order(n);
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return x[a] < x[b]; });
  std::vector<double> above(n + 1, 0.0);  // error of the points from here on without a piece
  for (size_t k = n; k-- > 0;) {
    const size_t i = order[k];
    above[k] = above[k + 1] + std::abs(latency_ms[i] - x[i]) / latency_ms[i];
  }

  std::optional<TwoPiece> best;
  double best_sum = above[0];
  size_t below = 0;
  for (const double b : Breakpoints(x[order.back()], intercept_ms)) {
    while (below < n && x[order[below]] < b) ++below;
    if (below == 0 || x[order[0]] == x[order[below - 1]]) continue;
    std::vector<Weighted> slopes;
    for (size_t k = 0; k < below; ++k) {
      const double y = latency_ms[order[k]];
      const double down = b - x[order[k]];
      slopes.push_back({(b - y) / down, down / y});
    }
    const double most = b > intercept_ms ? b / (b - intercept_ms) : 1.0;
    const double slope = std::clamp(WeightedMedian(std::move(slopes)), 0.0, most);
    double sum = above[below];
    for (size_t k = 0; k < below; ++k) {
      const double y = latency_ms[order[k]];
      sum += std::abs(b + slope * (x[order[k]] - b) - y) / y;
    }
    if (sum < best_sum) {
      best_sum = sum;
      best = TwoPiece{b, slope, JoiningOffset(b, slope)};
    }
  }
  return best;
}

Coefficients FitClassicJoined(const Design& design, std::span<const double> latency_ms) {
  return WithJoinedPiece(design, latency_ms, FitClassicFirstPiece(design, latency_ms));
}

Coefficients FitRelativeJoined(const Design& design, std::span<const double> latency_ms) {
  return WithJoinedPiece(design, latency_ms, FitRelative(design, latency_ms));
}

}  // namespace latcast::regression
