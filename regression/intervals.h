// Prediction intervals from forecasts of points that the fit did not see (split conformal, Vovk et
// al. 2005; normalised scores, Papadopoulos et al. 2002).
//
// With the spread s of a forecast (IntervalScale) the scores |ln(measured / forecast)| / s are of
// one size, and the interval at level p is forecast * exp(-+ q s), q the ceil((n + 1) p)-th
// smallest. Any s gives the promised coverage on average; a good one gives it to small and large,
// to near and far networks alike, and so is narrower. Here s is the one with the least
//
//   mean over levels 0.5, 0.8, 0.9, 0.95 of ln q_level  +  mean over points of ln s,
//
// the mean logarithm of the half-widths, and each of its three parts (size, leverage, distance) is
// used only where it makes the intervals six per cent narrower: less is within the chance of a
// hundred points, and pays for itself in coverage.
#ifndef LATCAST_REGRESSION_INTERVALS_H_
#define LATCAST_REGRESSION_INTERVALS_H_

#include <algorithm>
#include <span>
#include <vector>

#include "regression/latency_model.h"

namespace latcast::regression {

// Forecasts of points by models that did not see them; all of one length.
struct Unseen {
  std::vector<double> latency_ms;
  std::vector<double> leverage;
  std::vector<double> distance;  // from the nodes of the correction; 0 without one
};

// The spread of a forecast, the latency held within the calibration's range. A leverage above 4
// counts as 4: it says no more than that nothing is known.
double SpreadOf(const IntervalScale& scale, double latency_ms, double leverage, double distance);

// |ln(measured / forecast)| of every point, in their order. A forecast of zero, which would be
// infinitely far, counts as a factor of 1000, and so does everything beyond it.
std::vector<double> AbsLogRatios(std::span<const double> predicted_ms,
                                 std::span<const double> measured_ms);

// Sets abs_log_ratios, those of `unseen`, and, where a spread pays, interval_scale; the latency
// range is set. Where `unseen` are whole groups, which are far from all other points, `near` holds
// forecasts with the rest of their group in the fit: only both together tell how the error grows
// with distance, so the spread is chosen on both. Else `near` is empty.
void SetIntervals(const Unseen& unseen, const Unseen& near, std::span<const double> measured_ms,
                  LatencyModel& model);

// The ceil((n + 1) level)-th of n sorted scores, the largest where n is too small; 0 of none.
inline double ConformalQuantile(std::span<const double> sorted, double level) {
  if (sorted.empty()) return 0.0;
  const double n = static_cast<double>(sorted.size());
  // The small subtraction keeps 30 * 0.9 at rank 27 whichever way the product is rounded.
  const double rank = std::clamp((n + 1.0) * level - 1e-9, 1.0, n);
  const size_t below = static_cast<size_t>(rank);
  return sorted[static_cast<double>(below) < rank ? below : below - 1];
}

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_INTERVALS_H_
