#include "regression/corrected.h"

#include "regression/gaussian_process.h"
#include "regression/relative.h"

namespace latcast::regression {

Tuning TuneCorrected(const Design& design, std::span<const double> latency_ms) {
  const Coefficients linear = FitRelative(design, latency_ms);
  return TuneProcess(design, FirstPieces(design, linear.values), latency_ms);
}

Coefficients FitCorrected(const Design& design, std::span<const double> latency_ms,
                          const Tuning& tuning) {
  Coefficients result = FitRelative(design, latency_ms);
  result.correction = FitProcess(design, FirstPieces(design, result.values), latency_ms, tuning);
  return result;
}

}  // namespace latcast::regression
