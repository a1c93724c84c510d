// Points -> LatencyModel + FitSummary: the entry to all families.
//
//   ASSIGN_OR_RETURN(const FitResult fit, Fit(file.points, {.family = "auto"}));
//   std::cout << fit.summary.Report();
#ifndef LATCAST_REGRESSION_FIT_H_
#define LATCAST_REGRESSION_FIT_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "regression/latency_model.h"
#include "regression/points.h"

namespace latcast::regression {

struct FitOptions {
  // A name of Families(), or "auto": the simplest of the relative family, the relative family with
  // a second piece and the corrected family that is no worse than the best of them on unseen groups
  // (select.h). The relative family has an intercept only where no `kernels` column carries the
  // constant: then a forecast does not depend on how a network is cut.
  std::string family = "auto";
  // Columns to fit on; "auto" takes the richest set whose columns the points hold and that they are
  // enough for: cpu, general, classic (for the classic families: classic first). With both "auto",
  // a smaller set that is no worse is preferred. Columns of the set that no point holds, or that
  // are zero in every point, are left out, and the summary says so.
  std::string feature_set = "auto";
  Mode mode{};
  int folds = 10;     // of the cross-validation, at least 2
  uint64_t seed = 1;  // of its shuffling
};

struct Residual {
  std::string name;
  double measured_ms = 0.0;
  double predicted_ms = 0.0;        // in sample
  double cross_validated_ms = 0.0;  // by the fold that did not see it
};

// What "auto" compared.
struct Candidate {
  std::string family;
  std::string feature_set;
  double median_log_error = 0.0;  // of |ln(measured / forecast)| on unseen groups, or points
};

struct FitSummary {
  std::string family;
  std::string feature_set;
  int n = 0;
  std::vector<Candidate> candidates;  // from the simplest to the richest; empty without "auto"
  std::vector<Residual> residuals;    // by point
  Accuracy in_sample;
  Accuracy cross_validated;
  std::optional<Accuracy> leave_group_out;
  double condition_number = 0.0;  // of the column-scaled design
  int iterations = 0;
  std::vector<std::string> zero_terms;  // coefficients that are exactly zero
  std::vector<std::string> warnings;    // what a user should know before trusting the model

  // Several lines for people: coefficients with units, accuracy, warnings.
  std::string Report(const LatencyModel& model) const;
};

struct FitResult {
  LatencyModel model;
  FitSummary summary;
};

// INVALID_ARGUMENT for an unknown family or set, for points that are negative, zero or NaN, and
// FAILED_PRECONDITION when the points cannot determine the model: too few, all latencies or all
// features equal, and for the classic family a column that is constant or a combination of others
// (named); the relative family's ridge shares the latency between such columns, and the summary
// warns. The result does not depend on the order of the points, and is the same to the last bit
// from run to run.
absl::StatusOr<FitResult> Fit(std::span<const Point> points, const FitOptions& options = {});

// Accuracy of forecasts against measurements, of one length > 0, the measurements positive. tau is
// Kendall's tau-b, 0 where forecasts or measurements are all equal; r2 is 0 where measurements are.
Accuracy Measure(std::span<const double> predicted_ms, std::span<const double> measured_ms);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_FIT_H_
