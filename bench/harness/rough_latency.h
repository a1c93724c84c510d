// A guess of a latency from features alone, good to a factor of a few on any CPU of these years:
// enough to plan with before anything has been measured, and what the fake device answers.
#ifndef LATCAST_BENCH_HARNESS_ROUGH_LATENCY_H_
#define LATCAST_BENCH_HARNESS_ROUGH_LATENCY_H_

#include "base/features.h"

namespace latcast::bench {

// Linear in the cpu features, with the rates of one core at 110 GMAC/s and 30 GB/s.
inline double RoughLatencyMs(const FeatureVector& features) {
  constexpr double kPerMac = 1e3 / 110e9;
  constexpr double kPerElement = 1e3 * 4.0 / 30e9;
  constexpr double kPerKernel = 7e-3;
  constexpr double kPerLibraryConvolution = 26e-3;
  constexpr double kPerWindowElement = 3.2e-6;
  return kPerMac * features[Feature::kMacsAll] +
         kPerElement * (features[Feature::kIoAll] + features[Feature::kWeights]) +
         kPerKernel * features[Feature::kKernels] +
         kPerLibraryConvolution * features[Feature::kNMkl] +
         kPerWindowElement * (features[Feature::kPoolwin] + features[Feature::kAvgwin]);
}

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_HARNESS_ROUGH_LATENCY_H_
