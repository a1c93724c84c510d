#include "server/store/fit_upload.h"

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"
#include "base/units.h"
#include "regression/calibration.h"

namespace latcast::server {
namespace {

using nlohmann::json;
using regression::Point;

constexpr std::string_view kNetworkGroup = "network";

absl::Status KeepOtherModes(regression::DeviceProfile& profile, ProfileRegistry& profiles) {
  const absl::StatusOr<StoredProfile> active = profiles.Get(profile.device, 0);
  if (absl::IsNotFound(active.status())) return absl::OkStatus();
  RETURN_IF_ERROR(active.status());
  const regression::Mode& mode = profile.models.front().mode;
  for (const regression::LatencyModel& model : active->profile.models) {
    if (model.mode != mode) profile.models.push_back(model);
  }
  return absl::OkStatus();
}

std::string Report(const regression::Calibration& calibration) {
  std::string report = calibration.fit.summary.Report(calibration.fit.model);
  const auto add = [&report](const char* what,
                             const std::optional<regression::Accuracy>& accuracy) {
    if (!accuracy) return;
    absl::StrAppend(&report, what, ": n ", accuracy->n, ", MdRE ", FormatPercent(accuracy->mdre),
                    ", within 10 %: ", FormatPercent(accuracy->in10), "\n");
  };
  add("random blocks held out", calibration.held_out);
  add("whole networks, which the fit has not seen", NetworkAccuracy(calibration));
  for (const regression::NetworkCheck& network : calibration.networks) {
    absl::StrAppend(&report, "  ", network.name, ": measured ", FormatLatency(network.measured_ms),
                    ", forecast ", FormatLatency(network.forecast.latency_ms), "\n");
  }
  return report;
}

}  // namespace

std::string FormatOutcome(const CalibrationOutcome& outcome) {
  json object = {{"version", outcome.version},
                 {"points", outcome.points},
                 {"networks", outcome.networks},
                 {"cross_validated_mdre", outcome.cross_validated_mdre},
                 {"report", outcome.report}};
  if (outcome.networks_mdre) object["networks_mdre"] = *outcome.networks_mdre;
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

absl::StatusOr<CalibrationOutcome> ParseOutcome(std::string_view text) {
  CalibrationOutcome outcome;
  try {
    const json object = json::parse(text);
    object.at("version").get_to(outcome.version);
    object.at("points").get_to(outcome.points);
    object.at("networks").get_to(outcome.networks);
    object.at("cross_validated_mdre").get_to(outcome.cross_validated_mdre);
    object.at("report").get_to(outcome.report);
    if (object.contains("networks_mdre")) {
      outcome.networks_mdre = object["networks_mdre"].get<double>();
    }
  } catch (const json::exception& e) {
    return absl::InvalidArgumentError(absl::StrCat("not the result of a calibration: ", e.what()));
  }
  return outcome;
}

absl::StatusOr<CalibrationOutcome> FitUpload(const JobRecord& job, std::string_view points_csv,
                                             ProfileRegistry& profiles) {
  ASSIGN_OR_RETURN(regression::PointsFile points,
                   Annotate(regression::ParsePoints(points_csv), "points"));
  ASSIGN_OR_RETURN(const regression::Provenance provenance,
                   Annotate(regression::ParseProvenance(job.provenance), "provenance"));
  const std::vector<Point> networks = regression::Take(
      points.points, [](const Point& point) { return point.group == kNetworkGroup; });
  ASSIGN_OR_RETURN(regression::Calibration calibration,
                   regression::Calibrate(job.device, points, provenance, networks));
  RETURN_IF_ERROR(KeepOtherModes(calibration.profile, profiles));
  ASSIGN_OR_RETURN(const StoredProfile stored,
                   profiles.Create(calibration.profile, /*activate=*/true, job.name));
  CalibrationOutcome outcome;
  outcome.version = stored.version;
  outcome.points = static_cast<int64_t>(calibration.points.size());
  outcome.networks = static_cast<int64_t>(networks.size());
  outcome.cross_validated_mdre = calibration.fit.summary.cross_validated.mdre;
  if (const auto accuracy = NetworkAccuracy(calibration)) outcome.networks_mdre = accuracy->mdre;
  outcome.report = Report(calibration);
  return outcome;
}

}  // namespace latcast::server
