#include "server/rpc/profile_translation.h"

#include <google/protobuf/util/json_util.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace latcast::server {

namespace util = google::protobuf::util;

absl::StatusOr<regression::DeviceProfile> FromProto(const v1::DeviceProfile& proto) {
  util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;  // zero is a value; absence is an error
  std::string json;
  if (const auto status = util::MessageToJsonString(proto, &json, options); !status.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("profile: ", status.ToString()));
  }
  auto profile = regression::ParseProfile(json);
  if (profile.ok()) return profile;
  return absl::Status(profile.status().code(),
                      absl::StrCat("profile.", profile.status().message()));
}

absl::StatusOr<v1::DeviceProfile> ToProto(const regression::DeviceProfile& profile) {
  v1::DeviceProfile proto;
  const auto status = util::JsonStringToMessage(regression::FormatProfile(profile), &proto);
  if (!status.ok()) return absl::InternalError(absl::StrCat("profile: ", status.ToString()));
  return proto;
}

absl::StatusOr<v1::StoredProfile> ToProto(const StoredProfile& stored) {
  v1::StoredProfile proto;
  proto.set_device(stored.profile.device);
  proto.set_version(stored.version);
  proto.set_active(stored.active);
  proto.set_created_at(stored.created_at);
  if (!stored.profile.models.empty()) {
    ASSIGN_OR_RETURN(*proto.mutable_profile(), ToProto(stored.profile));
  }
  return proto;
}

}  // namespace latcast::server
