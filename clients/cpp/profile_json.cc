#include "clients/cpp/profile_json.h"

#include <google/protobuf/util/json_util.h>

#include "absl/status/status.h"

namespace latcast::client {

namespace util = google::protobuf::util;

absl::StatusOr<v1::DeviceProfile> ProfileFromJson(const std::string& json) {
  v1::DeviceProfile profile;
  const auto status = util::JsonStringToMessage(json, &profile);
  if (!status.ok()) return absl::InvalidArgumentError(status.message().ToString());
  return profile;
}

absl::StatusOr<std::string> ProfileToJson(const v1::DeviceProfile& profile) {
  util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  options.add_whitespace = true;
  std::string json;
  const auto status = util::MessageToJsonString(profile, &json, options);
  if (!status.ok()) return absl::InvalidArgumentError(status.message().ToString());
  return json;
}

}  // namespace latcast::client
