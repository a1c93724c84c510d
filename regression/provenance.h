// What stands beside a points file: how its points were measured.
#ifndef LATCAST_REGRESSION_PROVENANCE_H_
#define LATCAST_REGRESSION_PROVENANCE_H_

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "regression/latency_model.h"

namespace latcast::regression {

struct Provenance {
  Mode mode;
  std::map<std::string, std::string> entries;  // cpu_model, torch_version, date, ...
};

// {"mode": {...}, "provenance": {...}}; INVALID_ARGUMENT naming the field that is not what the
// bench writes. Fields that are missing keep their defaults.
absl::StatusOr<Provenance> ParseProvenance(std::string_view json);
// Reads POINTS.provenance.json; the defaults where there is no such file. INVALID_ARGUMENT naming
// the file and the field when it is not what the bench writes.
absl::StatusOr<Provenance> ReadProvenance(const std::string& points_path);

// A resource id for the device: its processor's or its own name in letters, digits and dashes.
std::string DeviceId(const Provenance& provenance);
// "AMD EPYC 9R14, 1 thread, torch 2.11.0": for people.
std::string DeviceDescription(const Provenance& provenance);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_PROVENANCE_H_
