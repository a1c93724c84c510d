#include "regression/correction.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace latcast::regression {

namespace {

// A pair of numbers as GCC and Clang keep them in one register.
using Two = double __attribute__((vector_size(16)));

// Products with even and with odd index are summed apart, then added: half as many steps that wait
// for each other. PredictColumns sums in the same order. Goes on from the sums so far.
double PairwiseSum(const double* a, const double* b, size_t n, Two sum) {
  size_t j = 0;
  for (; j + 1 < n; j += 2) sum += Two{a[j], a[j + 1]} * Two{b[j], b[j + 1]};
  if (j < n) sum[0] += a[j] * b[j];
  return sum[0] + sum[1];
}

}  // namespace

double SizeCoordinate(const Correction& correction, double x) {
  return std::log(x) / correction.size_length;
}

double MixCoordinate(const CorrectionInput& input, double feature, double x) {
  return std::log1p(feature / x / input.offset) / input.length;
}

double MaternOf(double squared_distance) {
  const double a = std::sqrt(5.0 * squared_distance);
  if (!(a < 700.0)) return 0.0;  // where exp(-a) vanishes
  return (1.0 + a + a * a / 3.0) * std::exp(-a);
}

CorrectionValue Evaluate(const Correction& correction, const FeatureVector& features, double x) {
  if (!(x > 0.0)) return {};
  const size_t dimension = correction.coordinates();
  std::array<double, kFeatureCount + 1> z;
  z[0] = SizeCoordinate(correction, x);
  for (size_t j = 1; j < dimension; ++j) {
    const CorrectionInput& input = correction.inputs[j - 1];
    z[j] = MixCoordinate(input, features[input.feature], x);
  }
  double g = 0.0;
  double nearest = 0.0;  // the largest m
  const double* at = correction.at.data();
  for (const double weight : correction.weights) {
    double squared = 0.0;
    for (size_t j = 0; j < dimension; ++j) squared += (z[j] - at[j]) * (z[j] - at[j]);
    at += dimension;
    const double m = MaternOf(squared);
    g += weight * m;
    nearest = std::max(nearest, m);
  }
  if (std::isnan(g)) g = 0.0;  // weights that cancel beyond the largest number
  return {std::clamp(g, -correction.bound, correction.bound), 1.0 - nearest * nearest};
}

double LeverageOf(const LatencyModel& model, const FeatureVector& features, double first_piece_ms) {
  if (!(first_piece_ms > 0.0)) return 0.0;
  std::array<double, kFeatureCount + 1> z;
  const size_t terms = model.terms.size();
  const double inverse = 1.0 / first_piece_ms;
  for (size_t j = 0; j < terms; ++j) z[j] = features[model.terms[j].feature] * inverse;
  z[terms] = inverse;  // the intercept's, where the factor has its row
  const std::vector<double>& factor = model.leverage->factor;
  const size_t rows = factor.size() == terms * (terms + 1) / 2 ? terms : terms + 1;
  const double* row = factor.data();
  double h = 0.0;
  size_t length = 1;
  for (; length <= rows % 4; row += length, ++length) {
    const double u = PairwiseSum(row, z.data(), length, Two{});
    h += u * u;
  }
  // The others four abreast: their sums do not wait for each other.
  for (; length <= rows; row += 4 * length + 6, length += 4) {
    const double* const four[] = {row, row + length, row + 2 * length + 1, row + 3 * length + 3};
    const size_t even = length / 2 * 2;
    Two u[4] = {};
    for (size_t j = 0; j < even; j += 2) {
      const Two pair = {z[j], z[j + 1]};
      for (size_t i = 0; i < 4; ++i) u[i] += Two{four[i][j], four[i][j + 1]} * pair;
    }
    for (size_t i = 0; i < 4; ++i) {
      const double sum = PairwiseSum(four[i] + even, z.data() + even, length + i - even, u[i]);
      h += sum * sum;
    }
  }
  return std::isnan(h) ? std::numeric_limits<double>::infinity() : h;
}

}  // namespace latcast::regression
