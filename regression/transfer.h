// A model of a new device from few probes and the model of a known one.
//
//   ASSIGN_OR_RETURN(const Transfer t, FitFrom(probes, known_device_model, {}));
//   std::cout << t.Sentence();      // "scale: 0.52 times the forecasts of ..., expects 6.5 % ..."
#ifndef LATCAST_REGRESSION_TRANSFER_H_
#define LATCAST_REGRESSION_TRANSFER_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "regression/fit.h"
#include "regression/latency_model.h"
#include "regression/points.h"

namespace latcast::regression {

inline constexpr int kFewestProbes = 3;

// From little freedom to much:
enum class TransferMethod {
  kScale,   // one factor on all forecasts: exp of the median log ratio
  kShrink,  // that factor, then coefficients of their own drawn towards the scaled ones
  kOwn,     // a fit of the probes alone
};
std::string_view Name(TransferMethod method);

struct TransferCandidate {
  TransferMethod method{};
  double strength = 0.0;  // of the pull towards the known device, for kShrink
  Accuracy unseen;        // of probes left out
  double error = 0.0;     // mean |ln(measured / forecast)| of probes left out
};

struct Transfer {
  TransferMethod method{};
  double scale = 1.0;           // median of measured / forecast by the known device's model
  double strength = 0.0;        // for kShrink
  double expected_error = 0.0;  // median relative error on what was not probed, as a fraction
  FitResult fit;                // the model and its evidence; residuals are of the probes
  std::vector<TransferCandidate> candidates;  // all that were tried

  // Which it was, how far it was trusted and what it expects, one line.
  std::string Sentence() const;
};

// Every candidate forecasts probes that it did not see (one left out at a time up to twenty, ten
// folds beyond); the one with the smallest error wins, and the simplest that is worse by no more
// than one standard error of the difference is taken. With three to five probes only the scale is
// tried: it needs one number. A model of two pieces is scaled or replaced, not shrunk.
//
// The shrinking minimises, over coefficients c >= 0 and with s c0 the scaled ones,
//
//   sum_i |x_i - y_i| / y_i + strength n / 2 sum_j (share_j(c_j) - share_j(s c0_j))^2,
//
// share_j(c) the part of the latency that column j explains with it (root mean square over the
// probes), so that a coefficient about which the probes say nothing stays at the scaled one.
//
// The expected error is that on unseen probes; below ten probes no less than what the known device
// reached on its own. The interval is the known device's, widened where the probes' errors are
// larger; from twenty probes on it is theirs.
//
// FAILED_PRECONDITION for fewer than three probes, INVALID_ARGUMENT for probes that lack a feature
// of the model, are no measurements (as Fit says) or have a forecast of zero.
absl::StatusOr<Transfer> FitFrom(std::span<const Point> probes, const LatencyModel& known,
                                 const FitOptions& options = {});

// The model whose every forecast, interval bounds included, is `factor` > 0 times that of `model`.
LatencyModel Scaled(LatencyModel model, double factor);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_TRANSFER_H_
