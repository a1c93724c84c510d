#include "regression/weighted_l1_line.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace latcast::regression {
namespace {

// Relative size of what counts as rounding in f and in a residual.
constexpr double kRounding = 1e-13;

struct Slope {
  double value = 0.0;
  double weight = 0.0;
  size_t point = 0;
};

// The entry at which the weights, summed by rising value, reach half of the total.
Slope WeightedMedian(std::vector<Slope>& slopes) {
  double total = 0.0;
  for (const Slope& slope : slopes) total += slope.weight;
  double below = 0.0;
  auto low = slopes.begin();
  auto high = slopes.end();
  while (true) {
    const auto middle = low + (high - low) / 2;
    std::nth_element(low, middle, high,
                     [](const Slope& a, const Slope& b) { return a.value < b.value; });
    double left = below;
    for (auto it = low; it != middle; ++it) left += it->weight;
    if (middle != low && left >= 0.5 * total) {
      high = middle;
    } else if (left + middle->weight >= 0.5 * total || high - middle == 1) {
      return *middle;
    } else {
      below = left + middle->weight;
      low = middle + 1;
    }
  }
}

class Fitter {
 public:
  Fitter(std::span<const double> x, std::span<const double> y, std::span<const double> w)
      : x_(x), y_(y), w_(w) {
    slopes_.reserve(x.size());
  }

  L1Line Fit(size_t start) {
    L1Line best = TurnAbout(start);
    while (true) {
      const L1Line next = TurnAbout(best.pivot);
      if (next.sum < best.sum * (1.0 - kRounding)) {
        best = next;
      } else if (!TurnAboutOthersOn(best)) {
        return best;
      }
    }
  }

 private:
  // The best line through one point; its pivot is the other point it passes through.
  L1Line TurnAbout(size_t pivot) {
    slopes_.clear();
    for (size_t i = 0; i < x_.size(); ++i) {
      const double dx = x_[i] - x_[pivot];
      if (dx != 0.0) slopes_.push_back({(y_[i] - y_[pivot]) / dx, w_[i] * std::abs(dx), i});
    }
    const Slope slope = WeightedMedian(slopes_);
    L1Line line{slope.value, y_[pivot] - slope.value * x_[pivot], 0.0, slope.point};
    for (size_t i = 0; i < x_.size(); ++i) line.sum += w_[i] * std::abs(Residual(line, i));
    return line;
  }

  // Where more than two points lie on the line, or the two turns went in a circle, the way down may
  // turn about any of them.
  bool TurnAboutOthersOn(L1Line& best) {
    for (size_t i = 0; i < x_.size(); ++i) {
      const double size = std::abs(y_[i]) + std::abs(best.slope * x_[i]) + std::abs(best.offset);
      if (std::abs(Residual(best, i)) > kRounding * size) continue;
      const L1Line next = TurnAbout(i);
      if (next.sum < best.sum * (1.0 - kRounding)) {
        best = next;
        return true;
      }
    }
    return false;
  }

  double Residual(const L1Line& line, size_t i) const {
    return y_[i] - line.slope * x_[i] - line.offset;
  }

  std::span<const double> x_, y_, w_;
  std::vector<Slope> slopes_;
};

}  // namespace

L1Line FitWeightedL1Line(std::span<const double> x, std::span<const double> y,
                         std::span<const double> w, size_t start) {
  return Fitter(x, y, w).Fit(start);
}

}  // namespace latcast::regression
