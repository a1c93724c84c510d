#include "regression/refit.h"

namespace latcast::regression {

Refit FitColumns(std::span<const Point* const> points, const Columns& columns,
                 const Family& family) {
  const Coefficients coefficients = family.fit(MakeDesign(points, columns), LatenciesOf(points));
  Refit refit;
  for (size_t j = 0; j < columns.fitted.size(); ++j) {
    refit.model.terms.push_back({columns.fitted[j], coefficients.values[j]});
  }
  if (columns.intercept) refit.model.intercept_ms = coefficients.values.back();
  refit.model.two_piece = coefficients.two_piece;
  refit.iterations = coefficients.iterations;
  refit.converged = coefficients.converged;
  return refit;
}

}  // namespace latcast::regression
