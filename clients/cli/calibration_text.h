// A calibration as text for the terminal, as Markdown and as a picture.
#ifndef LATCAST_CLIENTS_CLI_CALIBRATION_TEXT_H_
#define LATCAST_CLIENTS_CLI_CALIBRATION_TEXT_H_

#include <string>

#include "absl/status/statusor.h"
#include "regression/calibration.h"

namespace latcast::cli {

std::string CalibrationText(const regression::Calibration& calibration);
std::string CalibrationMarkdown(const regression::Calibration& calibration);
// Blocks (cross-validated) and networks, predicted against measured.
absl::StatusOr<std::string> CalibrationPlot(const regression::Calibration& calibration);

}  // namespace latcast::cli

#endif  // LATCAST_CLIENTS_CLI_CALIBRATION_TEXT_H_
