#include "regression/correction.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace latcast::regression {

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
  for (size_t j = 0; j < terms; ++j) {
    z[j] = features[model.terms[j].feature] / first_piece_ms;
  }
  z[terms] = 1.0 / first_piece_ms;  // the intercept's, where the factor has its row
  const std::vector<double>& factor = model.leverage->factor;
  double h = 0.0;
  size_t k = 0;
  for (size_t row = 0; k < factor.size(); ++row) {
    double u = 0.0;
    for (size_t j = 0; j <= row; ++j) u += factor[k++] * z[j];
    h += u * u;
  }
  return std::isnan(h) ? std::numeric_limits<double>::infinity() : h;
}

}  // namespace latcast::regression
