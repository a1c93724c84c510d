// From a job's uploaded points to a new profile version: what `latcast calibrate` does, on the
// server.
#ifndef LATCAST_SERVER_STORE_FIT_UPLOAD_H_
#define LATCAST_SERVER_STORE_FIT_UPLOAD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/store/job_store.h"
#include "server/store/profile_registry.h"

namespace latcast::server {

struct CalibrationOutcome {
  int version = 0;  // of the profile
  int64_t points = 0;
  int64_t networks = 0;
  double cross_validated_mdre = 0.0;
  std::optional<double> networks_mdre;
  std::string report;  // the evidence, for people
};

// JSON, and back. INVALID_ARGUMENT for other text.
std::string FormatOutcome(const CalibrationOutcome& outcome);
absl::StatusOr<CalibrationOutcome> ParseOutcome(std::string_view text);

// Fits the points (rows of the group "network" are held back and forecast) and creates and
// activates a profile version of the job's device; models of other modes in the active profile
// stay. Doing it again gives the same version. Errors as ParsePoints, ParseProvenance, Calibrate
// and ProfileRegistry::Create.
absl::StatusOr<CalibrationOutcome> FitUpload(const JobRecord& job, std::string_view points_csv,
                                             ProfileRegistry& profiles);

}  // namespace latcast::server

#endif  // LATCAST_SERVER_STORE_FIT_UPLOAD_H_
