// A profile file's text <-> the message that travels: one content in two forms.
#ifndef LATCAST_CLIENTS_CPP_PROFILE_JSON_H_
#define LATCAST_CLIENTS_CPP_PROFILE_JSON_H_

#include <string>

#include "absl/status/statusor.h"
#include "latcast/v1/profile.pb.h"

namespace latcast::client {

// INVALID_ARGUMENT for text that is no JSON or has a field the message does not know. Whether the
// content makes sense is checked by the server.
absl::StatusOr<v1::DeviceProfile> ProfileFromJson(const std::string& json);

// The JSON form with every field, as profile files have it; regression::ParseProfile reads it.
absl::StatusOr<std::string> ProfileToJson(const v1::DeviceProfile& profile);

}  // namespace latcast::client

#endif  // LATCAST_CLIENTS_CPP_PROFILE_JSON_H_
