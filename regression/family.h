// What a family of latency models is to the fitter: a name and a function from a design and
// latencies to coefficients. To add one, write its file and add a line to family.cc.
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
  std::optional<Correction> correction;
  int iterations = 0;
  bool converged = true;
};

// What a family chooses once, before coefficients: the same for all folds of a cross-validation.
struct Tuning {
  std::vector<double> offsets;  // a column each (gaussian_process.h)
  std::vector<double> lengths;  // of the size, then a column each
  double noise = 0.0;
};

// x of every row [ms], and the coefficient of the column of ones (0 without one).
std::vector<double> FirstPieces(const Design& design, std::span<const double> coefficients);
double InterceptOf(const Design& design, std::span<const double> coefficients);

struct Family {
  std::string_view name;
  std::string_view description;
  // Always an intercept, or only where no column counts calls and so carries the constant.
  bool always_intercept = false;
  // Whether its columns are the classic ones where "auto" is asked for, or the richest held.
  bool classic_columns = false;
  // Whether columns that depend on each other leave the family without an answer.
  bool needs_independent_columns = false;
  Coefficients (*fit)(const Design& design, std::span<const double> latency_ms) = nullptr;
  // Instead of `fit`, for a family that has something to tune.
  Tuning (*tune)(const Design& design, std::span<const double> latency_ms) = nullptr;
  Coefficients (*fit_tuned)(const Design& design, std::span<const double> latency_ms,
                            const Tuning& tuning) = nullptr;
};

// All families, the simpler before the richer.
std::span<const Family> Families();
const Family* FindFamily(std::string_view name);  // null for an unknown name

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_FAMILY_H_
