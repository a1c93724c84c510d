#include "regression/intervals.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "regression/forecast_parts.h"
#include "regression/median.h"

namespace latcast::regression {
namespace {

constexpr double kLargestRatio = 1000.0;
constexpr double kWorthwhile = 0.06;  // of the width, for each part of the spread
constexpr double kSmallestScore = 1e-6;
constexpr size_t kFewestPoints = 20;
constexpr double kLevels[] = {0.5, 0.8, 0.9, 0.95};
constexpr double kSizeExponents[] = {0.0, -0.25, 0.25, -0.5, 0.5};
constexpr double kLeverageGains[] = {0.0, 1.0, 3.0, 10.0, 30.0};
constexpr double kDistanceGains[] = {0.0, 1.0, 4.0, 16.0, 64.0};

// Forecasts with the size of their errors.
struct Errors {
  const Unseen& unseen;
  std::vector<double> ratios;
};

struct Scores {
  std::vector<double> sorted;
  double mean_log_spread = 0.0;
};

Scores ScoresOf(const Errors& errors, const LatencyModel& model, const IntervalScale& scale) {
  Scores scores;
  for (size_t i = 0; i < errors.ratios.size(); ++i) {
    const double held =
        std::clamp(errors.unseen.latency_ms[i], model.min_latency_ms, model.max_latency_ms);
    const double spread =
        SpreadOf(scale, held, errors.unseen.leverage[i], errors.unseen.distance[i]);
    scores.sorted.push_back(errors.ratios[i] / spread);
    scores.mean_log_spread += std::log(spread) / static_cast<double>(errors.ratios.size());
  }
  std::sort(scores.sorted.begin(), scores.sorted.end());
  return scores;
}

// Mean logarithm of the half-widths over all errors, and what the parts of the spread have to pay
// for.
double CostOf(const std::vector<Errors>& all, const LatencyModel& model,
              const IntervalScale& scale) {
  std::vector<double> pooled;
  double cost = 0.0;
  for (const Errors& errors : all) {
    const Scores scores = ScoresOf(errors, model, scale);
    pooled.insert(pooled.end(), scores.sorted.begin(), scores.sorted.end());
    cost += scores.mean_log_spread / static_cast<double>(all.size());
  }
  std::sort(pooled.begin(), pooled.end());
  for (const double level : kLevels) {
    const double q = std::max(ConformalQuantile(pooled, level), kSmallestScore);
    cost += std::log(q) / std::size(kLevels);
  }
  const int parts =
      (scale.size_exponent != 0.0) + (scale.leverage_gain != 0.0) + (scale.distance_gain != 0.0);
  return cost + kWorthwhile * parts;
}

}  // namespace

double SpreadOf(const IntervalScale& scale, double latency_ms, double leverage, double distance) {
  const double mix = MixSquared(scale, leverage, distance);
  if (scale.size_exponent == 0.0) return std::sqrt(mix);
  return std::sqrt(mix * SizeSquared(scale, latency_ms, 0.0, kMaxLatency));
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

void SetIntervals(const Unseen& unseen, const Unseen& near, std::span<const double> measured_ms,
                  LatencyModel& model) {
  std::vector<Errors> all = {{unseen, AbsLogRatios(unseen.latency_ms, measured_ms)}};
  if (!near.latency_ms.empty()) all.push_back({near, AbsLogRatios(near.latency_ms, measured_ms)});
  IntervalScale best;
  best.reference_ms = Median({measured_ms.begin(), measured_ms.end()});
  if (measured_ms.size() >= kFewestPoints) {
    double least = CostOf(all, model, best);
    for (const double exponent : kSizeExponents) {
      for (const double leverage : kLeverageGains) {
        for (const double distance : kDistanceGains) {
          if (distance != 0.0 && !model.correction) continue;
          const IntervalScale tried = {best.reference_ms, exponent, leverage, distance};
          const double cost = CostOf(all, model, tried);
          if (!(cost < least)) continue;
          least = cost;
          model.interval_scale = tried;
        }
      }
    }
  }
  model.abs_log_ratios = ScoresOf(all.front(), model, model.interval_scale.value_or(best)).sorted;
}

}  // namespace latcast::regression
