// Points made up for the tests of the fitter.
#ifndef LATCAST_TESTS_UNIT_REGRESSION_SAMPLE_POINTS_H_
#define LATCAST_TESTS_UNIT_REGRESSION_SAMPLE_POINTS_H_

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "regression/points.h"

namespace latcast::regression {

// `n` points of `groups` groups on the classic columns and `kernels`:
// latency = 1e-6 acts + 2e-6 inp + 1e-9 flops + 0.01 kernels, times log-normal noise.
inline std::vector<Point> SamplePoints(int n, int groups, double noise, uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  std::normal_distribution<double> normal;
  std::vector<Point> points;
  for (int i = 0; i < n; ++i) {
    Point point;
    point.name = "p" + std::to_string(i);
    if (groups > 0) point.group = "g" + std::to_string(i % groups);
    point.line = i + 2;
    const double acts = std::round(std::pow(10.0, 4 + 2 * uniform(random)));
    const double inp = std::round(std::pow(10.0, 4 + 2 * uniform(random)));
    const double flops = std::round(std::pow(10.0, 7 + 2 * uniform(random)));
    const double kernels = 1 + std::floor(20 * uniform(random));
    point.features.Set(Feature::kBatch, 1);
    point.features.Set(Feature::kActs, acts);
    point.features.Set(Feature::kInp, inp);
    point.features.Set(Feature::kFlops, flops);
    point.features.Set(Feature::kKernels, kernels);
    point.latency_ms = (1e-6 * acts + 2e-6 * inp + 1e-9 * flops + 0.01 * kernels) *
                       std::exp(noise * normal(random));
    points.push_back(point);
  }
  return points;
}

// The same points with all columns of the general set, those not in the formula zero. With
// `flops_are_macs` the general set holds all of the formula.
inline std::vector<Point> WithGeneralColumns(std::vector<Point> points,
                                             bool flops_are_macs = false) {
  for (Point& point : points) {
    if (flops_are_macs) point.features.Set(Feature::kMacsDense, point.features[Feature::kFlops]);
    for (const Feature feature : FindFeatureSet("general")->predictors) {
      if (!point.features.Has(feature)) point.features.Set(feature, 0.0);
    }
  }
  return points;
}

// The sample points as the general set sees them: their flops are those of dense convolutions.
inline std::vector<Point> GeneralPoints(int n, int groups, double noise, uint64_t seed = 1) {
  std::vector<Point> points = WithGeneralColumns(SamplePoints(n, groups, noise, seed));
  for (Point& point : points) {
    point.features.Set(Feature::kMacsDense, point.features[Feature::kFlops]);
  }
  return points;
}

// ... and slower by a smooth factor of their mix, up to e where calls are all of the time.
inline std::vector<Point> BentPoints(int n, int groups, double noise, uint64_t seed = 1) {
  std::vector<Point> points = GeneralPoints(n, groups, noise, seed);
  for (Point& point : points) {
    const double calls = 0.01 * point.features[Feature::kKernels];
    point.latency_ms *= std::exp(calls / (calls + 0.3));
  }
  return points;
}

}  // namespace latcast::regression

#endif  // LATCAST_TESTS_UNIT_REGRESSION_SAMPLE_POINTS_H_
