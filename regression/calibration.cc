#include "regression/calibration.h"

#include <cmath>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"
#include "base/units.h"
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

constexpr double kEquallyFast = 0.05;

// Of the probe block, at the speed that the device held.
std::optional<double> ProbeMs(const Provenance& provenance) {
  const auto entry = provenance.entries.find("probe_ms");
  double ms = 0.0;
  if (entry == provenance.entries.end() || !absl::SimpleAtod(entry->second, &ms) || ms <= 0.0) {
    return std::nullopt;
  }
  return ms;
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

std::optional<std::string> SpeedDifference(const Provenance& blocks, const Provenance& networks) {
  const std::optional<double> blocks_ms = ProbeMs(blocks);
  const std::optional<double> networks_ms = ProbeMs(networks);
  if (!blocks_ms.has_value() || !networks_ms.has_value()) return std::nullopt;
  const double ratio = *networks_ms / *blocks_ms;
  if (std::abs(std::log(ratio)) <= std::log1p(kEquallyFast)) return std::nullopt;
  return absl::StrCat(
      "the device was not equally fast all the time: the probe took ", FormatLatency(*blocks_ms),
      " while blocks were measured, ", FormatLatency(*networks_ms),
      " while networks were; their errors hold that factor of ", absl::StrFormat("%.2f", ratio));
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
