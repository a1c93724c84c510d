// latcast.v1.Profiles: translate, validate, map errors.
#ifndef LATCAST_SERVER_RPC_PROFILES_SERVICE_H_
#define LATCAST_SERVER_RPC_PROFILES_SERVICE_H_

#include "latcast/v1/profiles.grpc.pb.h"
#include "server/core/call_gate.h"
#include "server/store/profile_registry.h"

namespace latcast::server {

// What it refers to must outlive it.
class ProfilesService final : public v1::Profiles::Service {
 public:
  ProfilesService(CallGate& gate, ProfileRegistry& registry) : gate_(gate), registry_(registry) {}

  grpc::Status CreateProfile(grpc::ServerContext* context, const v1::CreateProfileRequest* request,
                             v1::StoredProfile* response) override;
  grpc::Status GetProfile(grpc::ServerContext* context, const v1::GetProfileRequest* request,
                          v1::StoredProfile* response) override;
  grpc::Status ListProfiles(grpc::ServerContext* context, const v1::ListProfilesRequest* request,
                            v1::ListProfilesResponse* response) override;
  grpc::Status ActivateProfile(grpc::ServerContext* context,
                               const v1::ActivateProfileRequest* request,
                               v1::StoredProfile* response) override;
  grpc::Status DeleteProfile(grpc::ServerContext* context, const v1::DeleteProfileRequest* request,
                             v1::DeleteProfileResponse* response) override;

 private:
  CallGate& gate_;
  ProfileRegistry& registry_;
};

}  // namespace latcast::server

#endif  // LATCAST_SERVER_RPC_PROFILES_SERVICE_H_
