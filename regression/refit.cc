#include "regression/refit.h"

namespace latcast::regression {

Tuning TuneColumns(std::span<const Point* const> points, const Columns& columns,
                   const Family& family) {
  return family.tune == nullptr ? Tuning{}
                                : family.tune(MakeDesign(points, columns), LatenciesOf(points));
}

Refit FitColumns(std::span<const Point* const> points, const Columns& columns, const Family& family,
                 const Tuning& tuning) {
  const Design design = MakeDesign(points, columns);
  const std::vector<double> latency_ms = LatenciesOf(points);
  const Coefficients coefficients = family.fit_tuned != nullptr
                                        ? family.fit_tuned(design, latency_ms, tuning)
                                        : family.fit(design, latency_ms);
  Refit refit;
  for (size_t j = 0; j < columns.fitted.size(); ++j) {
    refit.model.terms.push_back({columns.fitted[j], coefficients.values[j]});
  }
  if (columns.intercept) refit.model.intercept_ms = coefficients.values.back();
  refit.model.two_piece = coefficients.two_piece;
  refit.model.correction = coefficients.correction;
  refit.iterations = coefficients.iterations;
  refit.converged = coefficients.converged;
  return refit;
}

}  // namespace latcast::regression
