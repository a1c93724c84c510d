#include "server/rpc/profiles_service.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "server/core/limits.h"
#include "server/rpc/answer.h"
#include "server/rpc/profile_translation.h"

namespace latcast::server {
namespace {

absl::Status CheckDevice(const std::string& device) {
  if (!device.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError("device: must be named");
}

absl::Status CheckVersion(int version, int least) {
  if (version >= least) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("version: must be at least ", least, ", is ", version));
}

absl::Status Store(absl::StatusOr<StoredProfile> stored, v1::StoredProfile& response) {
  RETURN_IF_ERROR(stored.status());
  ASSIGN_OR_RETURN(response, ToProto(*stored));
  return absl::OkStatus();
}

absl::Status Create(ProfileRegistry& registry, const v1::CreateProfileRequest& request,
                    v1::StoredProfile& response) {
  if (!request.has_profile()) return absl::InvalidArgumentError("profile: must be set");
  if (request.request_id().size() > kMaxRequestIdBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("request_id: longer than ", kMaxRequestIdBytes, " bytes"));
  }
  ASSIGN_OR_RETURN(const regression::DeviceProfile profile, FromProto(request.profile()));
  return Store(registry.Create(profile, request.activate(), request.request_id()), response);
}

absl::Status Get(ProfileRegistry& registry, const v1::GetProfileRequest& request,
                 v1::StoredProfile& response) {
  RETURN_IF_ERROR(CheckDevice(request.device()));
  RETURN_IF_ERROR(CheckVersion(request.version(), 0));
  return Store(registry.Get(request.device(), request.version()), response);
}

absl::Status List(ProfileRegistry& registry, const v1::ListProfilesRequest& request,
                  v1::ListProfilesResponse& response) {
  ASSIGN_OR_RETURN(const std::vector<StoredProfile> list, registry.List(request.device()));
  for (const StoredProfile& stored : list) {
    ASSIGN_OR_RETURN(*response.add_profiles(), ToProto(stored));
  }
  return absl::OkStatus();
}

absl::Status Activate(ProfileRegistry& registry, const v1::ActivateProfileRequest& request,
                      v1::StoredProfile& response) {
  RETURN_IF_ERROR(CheckDevice(request.device()));
  RETURN_IF_ERROR(CheckVersion(request.version(), 1));
  return Store(registry.Activate(request.device(), request.version()), response);
}

absl::Status Delete(ProfileRegistry& registry, const v1::DeleteProfileRequest& request) {
  RETURN_IF_ERROR(CheckDevice(request.device()));
  RETURN_IF_ERROR(CheckVersion(request.version(), 1));
  return registry.Delete(request.device(), request.version());
}

}  // namespace

grpc::Status ProfilesService::CreateProfile(grpc::ServerContext*,
                                            const v1::CreateProfileRequest* request,
                                            v1::StoredProfile* response) {
  return Answer(gate_, [&] { return Create(registry_, *request, *response); });
}

grpc::Status ProfilesService::GetProfile(grpc::ServerContext*, const v1::GetProfileRequest* request,
                                         v1::StoredProfile* response) {
  return Answer(gate_, [&] { return Get(registry_, *request, *response); });
}

grpc::Status ProfilesService::ListProfiles(grpc::ServerContext*,
                                           const v1::ListProfilesRequest* request,
                                           v1::ListProfilesResponse* response) {
  return Answer(gate_, [&] { return List(registry_, *request, *response); });
}

grpc::Status ProfilesService::ActivateProfile(grpc::ServerContext*,
                                              const v1::ActivateProfileRequest* request,
                                              v1::StoredProfile* response) {
  return Answer(gate_, [&] { return Activate(registry_, *request, *response); });
}

grpc::Status ProfilesService::DeleteProfile(grpc::ServerContext*,
                                            const v1::DeleteProfileRequest* request,
                                            v1::DeleteProfileResponse*) {
  return Answer(gate_, [&] { return Delete(registry_, *request); });
}

}  // namespace latcast::server
