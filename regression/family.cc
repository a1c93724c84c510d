#include "regression/family.h"

#include <algorithm>

#include "regression/classic.h"
#include "regression/corrected.h"
#include "regression/joined_piece.h"
#include "regression/relative.h"

namespace latcast::regression {
namespace {

constexpr Family kFamilies[] = {
    {.name = "classic",
     .description = "least squares and a second piece for small latencies",
     .always_intercept = true,
     .classic_columns = true,
     .needs_independent_columns = true,
     .fit = FitClassic},
    {.name = "classic-joined",
     .description = "least squares and a second piece that meets the first: continuous, monotone",
     .always_intercept = true,
     .classic_columns = true,
     .needs_independent_columns = true,
     .fit = FitClassicJoined},
    {.name = "relative",
     .description = "least relative error, non-negative, robust",
     .fit = FitRelative},
    {.name = "relative-joined",
     .description = "least relative error and a second piece that meets the first",
     .fit = FitRelativeJoined},
    {.name = "corrected",
     .description =
         "least relative error times a learned factor, bounded, fading out of the domain",
     .tune = TuneCorrected,
     .fit_tuned = FitCorrected},
};

}  // namespace

std::vector<double> FirstPieces(const Design& design, std::span<const double> coefficients) {
  std::vector<double> x(design.rows, 0.0);
  for (size_t j = 0; j < design.cols(); ++j) {
    const std::span<const double> column = design.Column(j);
    for (size_t i = 0; i < design.rows; ++i) x[i] += coefficients[j] * column[i];
  }
  return x;
}

double InterceptOf(const Design& design, std::span<const double> coefficients) {
  const auto it = std::find(design.names.begin(), design.names.end(), kIntercept);
  if (it == design.names.end()) return 0.0;
  return coefficients[static_cast<size_t>(it - design.names.begin())];
}

std::span<const Family> Families() { return kFamilies; }

const Family* FindFamily(std::string_view name) {
  const auto it = std::find_if(std::begin(kFamilies), std::end(kFamilies),
                               [&](const Family& family) { return family.name == name; });
  return it == std::end(kFamilies) ? nullptr : it;
}

}  // namespace latcast::regression
