#include "regression/correction.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "regression/elementary.h"
#include "regression/forecast_parts.h"
#include "regression/vector_clones.h"

namespace latcast::regression {
namespace {

constexpr double kSmallest = std::numeric_limits<double>::min();
constexpr double kLargest = 1e300;
constexpr double kFarthest = 700.0;  // where exp(-a) vanishes
constexpr size_t kNodes = 64;        // of a correction that are looked at together
constexpr size_t kMaxCoordinates = kFeatureCount + 1;

// Numbers as GCC and Clang keep them in one register, or in two.
using Four = double __attribute__((vector_size(32)));

inline double SumOf(const Four& s) { return (s[0] + s[2]) + (s[1] + s[3]); }

inline double SquaredDistance(const double* a, const double* b, size_t n) {
  Four sum = {};
  size_t j = 0;
  for (; j + 4 <= n; j += 4) {
    const Four d =
        Four{a[j], a[j + 1], a[j + 2], a[j + 3]} - Four{b[j], b[j + 1], b[j + 2], b[j + 3]};
    sum += d * d;
  }
  double rest = 0.0;
  for (; j < n; ++j) rest += (a[j] - b[j]) * (a[j] - b[j]);
  return SumOf(sum) + rest;
}

inline double Matern(double squared_distance) {
  const double a = std::sqrt(5.0 * squared_distance);
  const double held = a < kFarthest ? a : kFarthest;
  return (1.0 + held + held * held * (1.0 / 3.0)) * ExpOf(-held);
}

// Adds weight_k m_k over some nodes to four sums, and keeps the largest m of each.
LATCAST_VECTOR_CLONES void AddNodes(const double* z, size_t dimension, const double* at,
                                    const double* weights, size_t nodes, double* sums,
                                    double* largest) {
  std::array<double, kNodes> m;
  for (size_t k = 0; k < nodes; ++k) m[k] = SquaredDistance(z, at + k * dimension, dimension);
  for (size_t k = nodes; k < kNodes; ++k) m[k] = std::numeric_limits<double>::max() / 8.0;
  for (size_t k = 0; k < kNodes; ++k) m[k] = Matern(m[k]);
  for (size_t k = 0; k < nodes; ++k) sums[k % 4] += weights[k] * m[k];
  for (size_t k = 0; k < nodes; ++k) largest[k % 4] = std::max(largest[k % 4], m[k]);
}

}  // namespace

double SizeCoordinate(const Correction& correction, double x) {
  return LogOf(std::clamp(x, kSmallest, kLargest)) / correction.size_length;
}

double MixCoordinate(const CorrectionInput& input, double feature, double x) {
  return LogOf(std::min(1.0 + feature / x / input.offset, kLargest)) / input.length;
}

double MaternOf(double squared_distance) { return Matern(squared_distance); }

CorrectionValue Evaluate(const Correction& correction, const FeatureVector& features, double x) {
  if (!(x > 0.0)) return {};
  const size_t dimension = correction.coordinates();
  std::array<double, kMaxCoordinates> z;
  z[0] = SizeCoordinate(correction, x);
  for (size_t j = 1; j < dimension; ++j) {
    const CorrectionInput& input = correction.inputs[j - 1];
    z[j] = MixCoordinate(input, features[input.feature], x);
  }
  double sums[4] = {};
  double largest[4] = {};
  const size_t nodes = correction.weights.size();
  for (size_t k = 0; k < nodes; k += kNodes) {
    AddNodes(z.data(), dimension, correction.at.data() + k * dimension,
             correction.weights.data() + k, std::min(kNodes, nodes - k), sums, largest);
  }
  double g = (sums[0] + sums[2]) + (sums[1] + sums[3]);
  if (std::isnan(g)) g = 0.0;  // weights that cancel beyond the largest number
  const double nearest = *std::max_element(largest, largest + 4);
  return {std::clamp(g, -correction.bound, correction.bound), 1.0 - nearest * nearest};
}

double LeverageOf(const LatencyModel& model, const FeatureVector& features, double first_piece_ms) {
  std::array<double, kMaxCoordinates> f;
  Gather(features, model, f.data());
  return LeverageOf(*model.leverage, f.data(), first_piece_ms);
}

}  // namespace latcast::regression
