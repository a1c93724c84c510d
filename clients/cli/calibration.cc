#include "clients/cli/calibration.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "clients/cli/held_out.h"

namespace latcast::cli {
namespace {

absl::StatusOr<NetworkCheck> Check(const regression::Point& network,
                                   const regression::LatencyModel& model,
                                   const regression::LatencyModel* classic) {
  RETURN_IF_ERROR(Annotate(regression::CheckFeatures(network.features, model), network.name));
  NetworkCheck check;
  check.name = network.name;
  check.measured_ms = network.latency_ms;
  check.forecast = regression::Predict(network.features, model);
  if (classic != nullptr && regression::CheckFeatures(network.features, *classic).ok()) {
    check.classic_ms = regression::Predict(network.features, *classic).latency_ms;
  }
  return check;
}

}  // namespace

absl::StatusOr<Calibration> Calibrate(std::string device, const regression::PointsFile& points,
                                      const Provenance& provenance,
                                      const std::vector<regression::Point>& networks) {
  Calibration calibration;
  calibration.points = points.points;
  const std::vector<regression::Point> held_out = regression::TakeHeldOut(calibration.points);
  regression::FitOptions options = {.family = "auto", .mode = provenance.mode};
  ASSIGN_OR_RETURN(calibration.fit, regression::Fit(calibration.points, options));
  ASSIGN_OR_RETURN(calibration.held_out, AccuracyOn(held_out, calibration.fit.model));
  options.family = "classic";
  options.feature_set = "classic";
  absl::StatusOr<regression::FitResult> classic = regression::Fit(calibration.points, options);
  if (classic.ok()) {
    calibration.classic = *std::move(classic);
  } else {
    calibration.no_classic = std::string(classic.status().message());
  }
  calibration.profile = {.device = std::move(device),
                         .description = DeviceDescription(provenance),
                         .provenance = provenance.entries,
                         .models = {calibration.fit.model}};
  RETURN_IF_ERROR(regression::Validate(calibration.profile));
  for (const regression::Point& network : networks) {
    ASSIGN_OR_RETURN(NetworkCheck check,
                     Check(network, calibration.fit.model,
                           calibration.classic ? &calibration.classic->model : nullptr));
    calibration.networks.push_back(std::move(check));
  }
  return calibration;
}

std::optional<regression::Accuracy> NetworkAccuracy(const Calibration& calibration) {
  if (calibration.networks.empty()) return std::nullopt;
  std::vector<double> predicted;
  std::vector<double> measured;
  for (const NetworkCheck& network : calibration.networks) {
    predicted.push_back(network.forecast.latency_ms);
    measured.push_back(network.measured_ms);
  }
  return regression::Measure(predicted, measured);
}

}  // namespace latcast::cli
