// What a calibration found: the fits on the blocks, and how their forecasts of whole networks meet
// the measurements.
#ifndef LATCAST_CLIENTS_CLI_CALIBRATION_H_
#define LATCAST_CLIENTS_CLI_CALIBRATION_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/cli/provenance_file.h"
#include "regression/fit.h"
#include "regression/points.h"
#include "regression/predict.h"
#include "regression/profile.h"

namespace latcast::cli {

// One network, measured and forecast; the fits never saw it.
struct NetworkCheck {
  std::string name;
  double measured_ms = 0.0;
  regression::Prediction forecast;
  std::optional<double> classic_ms;
};

struct Calibration {
  regression::DeviceProfile profile;             // of the model that `auto` chose
  std::vector<regression::Point> points;         // fitted on
  std::optional<regression::Accuracy> held_out;  // on the blocks that the plan holds out
  regression::FitResult fit;
  std::optional<regression::FitResult> classic;
  std::string no_classic;  // why, where there is none
  std::vector<NetworkCheck> networks;
};

// Fits `auto` and the classic family on the points and forecasts the networks. The mode and
// provenance are those of the points. Fails as Fit and CheckFeatures do for `auto`.
absl::StatusOr<Calibration> Calibrate(std::string device, const regression::PointsFile& points,
                                      const Provenance& provenance,
                                      const std::vector<regression::Point>& networks);

// Accuracy of the network forecasts; absent without networks.
std::optional<regression::Accuracy> NetworkAccuracy(const Calibration& calibration);

std::string CalibrationText(const Calibration& calibration);
std::string CalibrationMarkdown(const Calibration& calibration);
// Blocks (cross-validated) and networks, predicted against measured.
absl::StatusOr<std::string> CalibrationPlot(const Calibration& calibration);

}  // namespace latcast::cli

#endif  // LATCAST_CLIENTS_CLI_CALIBRATION_H_
