// DeviceProfile: a device, how it was measured, and one LatencyModel for every measured mode.
// Stored as JSON (schema_version 1); the same content travels as latcast.v1.DeviceProfile.
#ifndef LATCAST_REGRESSION_PROFILE_H_
#define LATCAST_REGRESSION_PROFILE_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "regression/latency_model.h"

namespace latcast::regression {

inline constexpr int kProfileSchemaVersion = 1;

struct DeviceProfile {
  std::string device;       // resource id: letters, digits, '-', '_', '.'
  std::string description;  // "AMD EPYC, 1 thread"
  // Provenance in the measuring program's words: cpu_model, driver, torch_version, threads, load,
  // date, seed, harness_version, ...
  std::map<std::string, std::string> provenance;
  std::vector<LatencyModel> models;
  friend bool operator==(const DeviceProfile&, const DeviceProfile&) = default;
};

// Strict: INVALID_ARGUMENT with the place ("models[0].terms[2].coefficient: not a number") for a
// missing, unknown or wrong field; FAILED_PRECONDITION for another schema version.
absl::StatusOr<DeviceProfile> ParseProfile(std::string_view json);
absl::StatusOr<DeviceProfile> ReadProfile(const std::string& path);

// Byte-stable: equal profiles give equal text; numbers read back to the same double. The profile
// must be valid.
std::string FormatProfile(const DeviceProfile& profile);

// INVALID_ARGUMENT naming the field: a device that is no resource id (a letter or digit first, 128
// characters at most), text that is not UTF-8, no models, two models of one mode, an unknown
// feature set, or a model that Validate(LatencyModel) refuses.
absl::Status Validate(const DeviceProfile& profile);

// The part of it about the device.
absl::Status ValidateDevice(std::string_view device);

// A short content hash of one model, hexadecimal.
std::string ModelHash(const LatencyModel& model);

// The classic predictor.json: {a, b, c, d, breakpoint, slope, offset}, where a, b, c belong to
// acts, inp, flops. A breakpoint of zero is a model of one piece, and is written so.
// INVALID_ARGUMENT names the field.
absl::StatusOr<LatencyModel> ParseClassicPredictor(std::string_view json);
// FAILED_PRECONDITION when the model is not of the classic feature set.
absl::StatusOr<std::string> FormatClassicPredictor(const LatencyModel& model);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_PROFILE_H_
