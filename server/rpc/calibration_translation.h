// Calibrations between the wire and the server's own types.
#ifndef LATCAST_SERVER_RPC_CALIBRATION_TRANSLATION_H_
#define LATCAST_SERVER_RPC_CALIBRATION_TRANSLATION_H_

#include <string>

#include "absl/status/statusor.h"
#include "latcast/v1/calibrations.pb.h"
#include "server/store/calibration_desk.h"

namespace latcast::server {

// The text that the store keeps: the message's JSON form, with defaults filled in. INVALID_ARGUMENT
// as Validate(CalibrationSpec).
absl::StatusOr<std::string> SpecText(const v1::CalibrationSpec& spec);
// INTERNAL for a text that SpecText did not make.
absl::StatusOr<v1::CalibrationSpec> SpecFromText(const std::string& text);

absl::StatusOr<v1::Operation> ToProto(const JobStatus& status);
v1::Device ToProto(const DeviceStatus& status);
v1::Mode ToProto(const regression::Mode& mode);

}  // namespace latcast::server

#endif  // LATCAST_SERVER_RPC_CALIBRATION_TRANSLATION_H_
