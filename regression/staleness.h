// Whether a profile still holds: a test of fresh measurements against its forecasts.
//
//   ASSIGN_OR_RETURN(const Staleness s, CheckStaleness(model, probes));
//   if (s.stale) std::cout << s.Sentence();   // "stale: 8 probes take 1.31 times the forecast ..."
#ifndef LATCAST_REGRESSION_STALENESS_H_
#define LATCAST_REGRESSION_STALENESS_H_

#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "regression/latency_model.h"
#include "regression/points.h"

namespace latcast::regression {

// A profile is stale when the probes shift together, by more than kFactor and by more than kSigmas
// of what its own errors explain, or when more of them lie outside their 90 % intervals than
// chance allows (probability below kChance).
inline constexpr double kStaleFactor = 1.05;
inline constexpr double kStaleSigmas = 3.0;
inline constexpr double kStaleChance = 1e-3;

// The test. r_i = ln(measured / forecast) / s_i, s_i the spread of the forecast (1 where the model
// has one spread for all). Blocks of one family err together, so the witnesses are not the points
// but the groups, each by its median r; a point without a group is a witness of its own. With m the
// median of k witnesses and sigma the larger of 1.4826 times the median and 1 / 1.645 times the 90
// % quantile of the model's cross-validated log ratios (both are the standard deviation where
// errors are normal, the second grows with their tails; ln 1.2 where the model knows no ratios),
//
//   sigmas = |m| / (1.2533 sigma / sqrt(k)),
//
// since the median of k normal witnesses has the standard deviation sqrt(pi / 2) sigma / sqrt(k).
// A witness is outside when most of its points are outside their 90 % intervals; `chance` is the
// binomial probability of so many witnesses outside where each is with 0.1.
struct Staleness {
  bool stale = false;
  int probes = 0;
  int witnesses = 0;
  double ratio = 1.0;   // exp of the witnesses' median log ratio: measured / forecast
  double sigmas = 0.0;  // how far that is from 1
  int outside = 0;      // witnesses outside their intervals; 0 where the model has none
  double chance = 1.0;

  // The verdict and its evidence, one line.
  std::string Sentence() const;
};

// INVALID_ARGUMENT without probes, for features that the model needs and a probe lacks, a latency
// that is not positive and a forecast of zero; the message names the probe.
absl::StatusOr<Staleness> CheckStaleness(const LatencyModel& model, std::span<const Point> probes);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_STALENESS_H_
