// Honest accuracy: forecasts of points that the fit did not see, with their intervals.
#ifndef LATCAST_REGRESSION_EVALUATE_H_
#define LATCAST_REGRESSION_EVALUATE_H_

#include <map>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "regression/fit.h"

namespace latcast::regression {

// A point and how a model that did not see it forecast it, with the 90 % interval.
struct TestForecast {
  std::string name;
  std::string group;
  double measured_ms = 0.0;
  double forecast_ms = 0.0;
  double lower_ms = 0.0;
  double upper_ms = 0.0;
};

struct Evaluation {
  std::string family;       // the one asked for, "auto" too
  std::string feature_set;  // of the first fit
  int n_train = 0;          // of one fit
  int n_test = 0;           // forecasts, all fits together
  Accuracy accuracy;        // over all forecasts
  double coverage90 = 0.0;  // share of measurements inside the 90 % interval
  double width90 = 0.0;     // mean of upper / forecast - 1
  // Fits by what they became, "corrected general": with "auto" each fit chooses for itself.
  std::map<std::string, int> chosen = {};
  std::vector<TestForecast> forecasts = {};
};

// Fits `train`, forecasts `test`. The errors of Fit; INVALID_ARGUMENT without test points, for test
// points whose features the model needs and does not find, and whose latency is not positive.
absl::StatusOr<Evaluation> Evaluate(std::span<const Point> train, std::span<const Point> test,
                                    const FitOptions& options = {});

// `repeats` draws of `n_train` random points to fit, the rest to forecast; the draws depend on
// options.seed alone. INVALID_ARGUMENT when no point is left to forecast.
absl::StatusOr<Evaluation> EvaluateSplits(std::span<const Point> points, int n_train, int repeats,
                                          const FitOptions& options = {});

// Forecasts each group by a fit of the others. FAILED_PRECONDITION for fewer than three groups.
absl::StatusOr<Evaluation> EvaluateGroups(std::span<const Point> points,
                                          const FitOptions& options = {});

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_EVALUATE_H_
