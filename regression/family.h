// What a family of latency models is to the fitter: a name and a function from a design and
// latencies to coefficients. To add one, write its file and add a line to Families() in fit.cc.
#ifndef LATCAST_REGRESSION_FAMILY_H_
#define LATCAST_REGRESSION_FAMILY_H_

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "regression/design.h"
#include "regression/latency_model.h"

namespace latcast::regression {

struct Coefficients {
  std::vector<double> values;  // one a column of the design
  std::optional<TwoPiece> two_piece;
  int iterations = 0;
  bool converged = true;
};

struct Family {
  std::string_view name;
  std::string_view description;
  // Always an intercept, or only where no column counts calls and so carries the constant.
  bool always_intercept = false;
  // Whether columns that depend on each other leave the family without an answer.
  bool needs_independent_columns = false;
  Coefficients (*fit)(const Design& design, std::span<const double> latency_ms) = nullptr;
};

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_FAMILY_H_
