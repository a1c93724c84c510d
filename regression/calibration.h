// What a calibration finds: the fits on the blocks, and how their forecasts of whole networks meet
// the measurements. The command line and the server conclude from points in the same way.
#ifndef LATCAST_REGRESSION_CALIBRATION_H_
#define LATCAST_REGRESSION_CALIBRATION_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "regression/fit.h"
#include "regression/points.h"
#include "regression/predict.h"
#include "regression/profile.h"
#include "regression/provenance.h"

namespace latcast::regression {

// One network, measured and forecast; the fits never saw it.
struct NetworkCheck {
  std::string name;
  double measured_ms = 0.0;
  Prediction forecast;
  std::optional<double> classic_ms;
};

struct Calibration {
  DeviceProfile profile;             // of the model that `auto` chose
  std::vector<Point> points;         // fitted on
  std::optional<Accuracy> held_out;  // on the blocks that the plan holds out
  FitResult fit;
  std::optional<FitResult> classic;
  std::string no_classic;  // why, where there is none
  std::vector<NetworkCheck> networks;
};

// Fits `auto` and the classic family on the points and forecasts the networks. The mode and
// provenance are those of the points. Fails as Fit and CheckFeatures do for `auto`.
absl::StatusOr<Calibration> Calibrate(std::string device, const PointsFile& points,
                                      const Provenance& provenance,
                                      const std::vector<Point>& networks);

// What to know when the device, by its probes, was not equally fast while the blocks and while the
// networks were measured, by more than 5 %; absent when it was, or when either has no probes.
std::optional<std::string> SpeedDifference(const Provenance& blocks, const Provenance& networks);

// Accuracy of the network forecasts; absent without networks.
std::optional<Accuracy> NetworkAccuracy(const Calibration& calibration);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_CALIBRATION_H_
