#include "regression/profile.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "regression/json_reader.h"
#include "regression/model_json.h"

namespace latcast::regression {

using nlohmann::json;
using Ordered = nlohmann::ordered_json;

absl::StatusOr<DeviceProfile> ParseProfile(std::string_view text) {
  ASSIGN_OR_RETURN(const json value, ParseJson(text));
  ObjectReader reader(value, "");
  int schema_version = kProfileSchemaVersion;
  reader.Read("schema_version", schema_version);
  if (schema_version != kProfileSchemaVersion) {
    return absl::FailedPreconditionError(absl::StrCat("schema_version: ", schema_version,
                                                      "; this program reads version ",
                                                      kProfileSchemaVersion));
  }
  DeviceProfile profile;
  reader.Read("device", profile.device);
  reader.Read("description", profile.description);
  reader.Read("provenance", profile.provenance);
  reader.ReadArray("models", [&](const json& model, std::string path) {
    return ReadModel(model, std::move(path), profile.models.emplace_back());
  });
  RETURN_IF_ERROR(reader.Finish());
  RETURN_IF_ERROR(Validate(profile));
  return profile;
}

absl::StatusOr<DeviceProfile> ReadProfile(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  return Annotate(ParseProfile(text), path);
}

std::string FormatProfile(const DeviceProfile& profile) {
  Ordered out = {{"schema_version", kProfileSchemaVersion},
                 {"device", profile.device},
                 {"description", profile.description},
                 {"provenance", profile.provenance},
                 {"models", Ordered::array()}};
  for (const LatencyModel& model : profile.models) out["models"].push_back(ToJson(model));
  return out.dump(2, ' ', false, Ordered::error_handler_t::replace) + "\n";
}

std::string ModelHash(const LatencyModel& model) {
  // FNV-1a, 64 bits, of the compact JSON.
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : ToJson(model).dump(-1, ' ', false, Ordered::error_handler_t::replace)) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  return absl::StrFormat("%016x", hash);
}

}  // namespace latcast::regression
