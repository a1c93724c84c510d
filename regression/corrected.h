// The relative family's linear forecast, times a learned factor: a Gaussian process over what is
// left (gaussian_process.h). Bounded by what the calibration saw, and fading where it saw nothing.
#ifndef LATCAST_REGRESSION_CORRECTED_H_
#define LATCAST_REGRESSION_CORRECTED_H_

#include <span>

#include "regression/design.h"
#include "regression/family.h"

namespace latcast::regression {

Tuning TuneCorrected(const Design& design, std::span<const double> latency_ms);

// The columns but the intercept are features. Latencies are positive.
Coefficients FitCorrected(const Design& design, std::span<const double> latency_ms,
                          const Tuning& tuning);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_CORRECTED_H_
