// DeviceProfile on the wire <-> regression::DeviceProfile, through the JSON form that both share,
// so that one validator speaks for files and for requests.
#ifndef LATCAST_SERVER_RPC_PROFILE_TRANSLATION_H_
#define LATCAST_SERVER_RPC_PROFILE_TRANSLATION_H_

#include "absl/status/statusor.h"
#include "latcast/v1/profile.pb.h"
#include "latcast/v1/profiles.pb.h"
#include "regression/profile.h"
#include "server/store/profile_registry.h"

namespace latcast::server {

// As regression::ParseProfile; messages begin with "profile.".
absl::StatusOr<regression::DeviceProfile> FromProto(const v1::DeviceProfile& proto);
absl::StatusOr<v1::DeviceProfile> ToProto(const regression::DeviceProfile& profile);

absl::StatusOr<v1::StoredProfile> ToProto(const StoredProfile& stored);

}  // namespace latcast::server

#endif  // LATCAST_SERVER_RPC_PROFILE_TRANSLATION_H_
