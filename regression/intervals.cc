#include "regression/intervals.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "regression/median.h"

namespace latcast::regression {
namespace {

constexpr double kLargestRatio = 1000.0;
constexpr double kLargestLeverage = 4.0;
constexpr double kWorthwhile = 0.06;  // of the width, for each part of the spread
constexpr double kSmallestScore = 1e-6;
constexpr size_t kFewestPoints = 20;
constexpr double kLevels[] = {0.5, 0.8, 0.9, 0.95};
constexpr double kSizeExponents[] = {0.0, -0.2, 0.2, -0.4, 0.4};
constexpr double kLeverageGains[] = {0.0, 1.0, 3.0, 10.0, 30.0};
constexpr double kDistanceGains[] = {0.0, 1.0, 4.0, 16.0};

struct Scores {
  std::vector<double> sorted;
  double cost = 0.0;  // mean logarithm of the half-widths, and what the parts have to pay for
};

Scores ScoresOf(const std::vector<double>& ratios, const Unseen& unseen, const LatencyModel& model,
                const IntervalScale& scale) {
  Scores scores;
  double logs = 0.0;
  for (size_t i = 0; i < ratios.size(); ++i) {
    const double held =
        std::clamp(unseen.latency_ms[i], model.min_latency_ms, model.max_latency_ms);
    const double spread = SpreadOf(scale, held, unseen.leverage[i], unseen.distance[i]);
    scores.sorted.push_back(ratios[i] / spread);
    logs += std::log(spread);
  }
  std::sort(scores.sorted.begin(), scores.sorted.end());
  scores.cost = logs / static_cast<double>(ratios.size());
  for (const double level : kLevels) {
    const double q = std::max(ConformalQuantile(scores.sorted, level), kSmallestScore);
    scores.cost += std::log(q) / std::size(kLevels);
  }
  const int parts =
      (scale.size_exponent != 0.0) + (scale.leverage_gain != 0.0) + (scale.distance_gain != 0.0);
  scores.cost += kWorthwhile * parts;
  return scores;
}

}  // namespace

double SpreadOf(const IntervalScale& scale, double latency_ms, double leverage, double distance) {
  double spread = std::sqrt(1.0 + scale.leverage_gain * std::min(leverage, kLargestLeverage) +
                            scale.distance_gain * distance);
  if (scale.size_exponent != 0.0) {
    spread *= std::pow(latency_ms / scale.reference_ms, scale.size_exponent);
  }
  return std::isnan(spread) ? std::numeric_limits<double>::infinity() : spread;
}

std::vector<double> AbsLogRatios(std::span<const double> predicted_ms,
                                 std::span<const double> measured_ms) {
  std::vector<double> ratios;
  for (size_t i = 0; i < predicted_ms.size(); ++i) {
    const double ratio = predicted_ms[i] / measured_ms[i];
    ratios.push_back(std::abs(std::log(std::clamp(ratio, 1.0 / kLargestRatio, kLargestRatio))));
  }
  return ratios;
}

double ConformalQuantile(std::span<const double> sorted, double level) {
  if (sorted.empty()) return 0.0;
  const double n = static_cast<double>(sorted.size());
  // The small subtraction keeps 30 * 0.9 at rank 27 whichever way the product is rounded.
  const double rank = std::ceil((n + 1.0) * level - 1e-9);
  return sorted[static_cast<size_t>(std::clamp(rank, 1.0, n)) - 1];
}

void SetIntervals(const Unseen& unseen, std::span<const double> measured_ms, LatencyModel& model) {
  const std::vector<double> ratios = AbsLogRatios(unseen.latency_ms, measured_ms);
  IntervalScale scale;
  scale.reference_ms = Median({measured_ms.begin(), measured_ms.end()});
  Scores best = ScoresOf(ratios, unseen, model, scale);
  if (ratios.size() >= kFewestPoints) {
    for (const double exponent : kSizeExponents) {
      for (const double leverage : kLeverageGains) {
        for (const double distance : kDistanceGains) {
          if (distance != 0.0 && !model.correction) continue;
          const IntervalScale tried = {scale.reference_ms, exponent, leverage, distance};
          Scores scores = ScoresOf(ratios, unseen, model, tried);
          if (!(scores.cost < best.cost)) continue;
          best = std::move(scores);
          model.interval_scale = tried;
        }
      }
    }
  }
  model.abs_log_ratios = std::move(best.sorted);
}

}  // namespace latcast::regression
