#include "regression/calibration.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "regression/held_out.h"

namespace latcast::regression {
namespace {

absl::StatusOr<NetworkCheck> Check(const Point& network, const LatencyModel& model,
                                   const LatencyModel* classic) {
  RETURN_IF_ERROR(Annotate(CheckFeatures(network.features, model), network.name));
  NetworkCheck check;
  check.name = network.name;
  check.measured_ms = network.latency_ms;
  check.forecast = Predict(network.features, model);
  if (classic != nullptr && CheckFeatures(network.features, *classic).ok()) {
    check.classic_ms = Predict(network.features, *classic).latency_ms;
  }
  return check;
}

}  // namespace

absl::StatusOr<Calibration> Calibrate(std::string device, const PointsFile& points,
                                      const Provenance& provenance,
                                      const std::vector<Point>& networks) {
  Calibration calibration;
  calibration.points = points.points;
  const std::vector<Point> held_out = TakeHeldOut(calibration.points);
  FitOptions options = {.family = "auto", .mode = provenance.mode};
  ASSIGN_OR_RETURN(calibration.fit, Fit(calibration.points, options));
  ASSIGN_OR_RETURN(calibration.held_out, AccuracyOn(held_out, calibration.fit.model));
  options.family = "classic";
  options.feature_set = "classic";
  absl::StatusOr<FitResult> classic = Fit(calibration.points, options);
  if (classic.ok()) {
    calibration.classic = *std::move(classic);
  } else {
    calibration.no_classic = std::string(classic.status().message());
  }
  calibration.profile = {.device = std::move(device),
                         .description = DeviceDescription(provenance),
                         .provenance = provenance.entries,
                         .models = {calibration.fit.model}};
  RETURN_IF_ERROR(Validate(calibration.profile));
  for (const Point& network : networks) {
    ASSIGN_OR_RETURN(NetworkCheck check,
                     Check(network, calibration.fit.model,
                           calibration.classic ? &calibration.classic->model : nullptr));
    calibration.networks.push_back(std::move(check));
  }
  return calibration;
}

std::optional<Accuracy> NetworkAccuracy(const Calibration& calibration) {
  if (calibration.networks.empty()) return std::nullopt;
  std::vector<double> predicted;
  std::vector<double> measured;
  for (const NetworkCheck& network : calibration.networks) {
    predicted.push_back(network.forecast.latency_ms);
    measured.push_back(network.measured_ms);
  }
  return Measure(predicted, measured);
}

}  // namespace latcast::regression
