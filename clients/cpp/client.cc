#include "clients/cpp/client.h"

#include <utility>

#include "base/status_macros.h"
#include "clients/cpp/connection.h"
#include "latcast/v1/analyzer.grpc.pb.h"
#include "latcast/v1/predictor.grpc.pb.h"
#include "latcast/v1/profiles.grpc.pb.h"

namespace latcast::client {

struct Client::Connection {
  Connection(std::string address_in, const ClientOptions& options_in,
             const std::shared_ptr<grpc::Channel>& channel)
      : address(std::move(address_in)),
        options(options_in),
        predictor(v1::Predictor::NewStub(channel)),
        analyzer(v1::Analyzer::NewStub(channel)),
        profiles(v1::Profiles::NewStub(channel)) {}

  template <typename Response, typename Stub, typename Method, typename Request>
  absl::StatusOr<Response> Call(const Stub& stub, Method method, const Request& request) const {
    return client::Call<Response>(stub, method, request, address, options.timeout);
  }

  const std::string address;
  const ClientOptions options;
  const std::unique_ptr<v1::Predictor::Stub> predictor;
  const std::unique_ptr<v1::Analyzer::Stub> analyzer;
  const std::unique_ptr<v1::Profiles::Stub> profiles;
};

Client::Client(std::shared_ptr<const Connection> connection) : connection_(std::move(connection)) {}

absl::StatusOr<Client> Client::Connect(const std::string& address, const ClientOptions& options) {
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, OpenChannel(address));
  return Client(std::make_shared<const Connection>(address, options, channel));
}

absl::StatusOr<v1::StoredProfile> Client::CreateProfile(const v1::DeviceProfile& profile,
                                                        bool activate,
                                                        const std::string& request_id) const {
  v1::CreateProfileRequest request;
  *request.mutable_profile() = profile;
  request.set_activate(activate);
  request.set_request_id(request_id);
  return connection_->Call<v1::StoredProfile>(connection_->profiles,
                                              &v1::Profiles::Stub::CreateProfile, request);
}

absl::StatusOr<v1::StoredProfile> Client::GetProfile(const std::string& device, int version) const {
  v1::GetProfileRequest request;
  request.set_device(device);
  request.set_version(version);
  return connection_->Call<v1::StoredProfile>(connection_->profiles,
                                              &v1::Profiles::Stub::GetProfile, request);
}

absl::StatusOr<v1::ListProfilesResponse> Client::ListProfiles(const std::string& device) const {
  v1::ListProfilesRequest request;
  request.set_device(device);
  return connection_->Call<v1::ListProfilesResponse>(connection_->profiles,
                                                     &v1::Profiles::Stub::ListProfiles, request);
}

absl::StatusOr<v1::StoredProfile> Client::ActivateProfile(const std::string& device,
                                                          int version) const {
  v1::ActivateProfileRequest request;
  request.set_device(device);
  request.set_version(version);
  return connection_->Call<v1::StoredProfile>(connection_->profiles,
                                              &v1::Profiles::Stub::ActivateProfile, request);
}

absl::Status Client::DeleteProfile(const std::string& device, int version) const {
  v1::DeleteProfileRequest request;
  request.set_device(device);
  request.set_version(version);
  return connection_
      ->Call<v1::DeleteProfileResponse>(connection_->profiles, &v1::Profiles::Stub::DeleteProfile,
                                        request)
      .status();
}

absl::StatusOr<v1::PredictResponse> Client::Predict(const v1::PredictRequest& request) const {
  return connection_->Call<v1::PredictResponse>(connection_->predictor,
                                                &v1::Predictor::Stub::Predict, request);
}

absl::StatusOr<v1::PredictResponse> Client::PredictBlock(const std::string& spec,
                                                         const v1::Target& target) const {
  v1::PredictRequest request;
  *request.mutable_target() = target;
  request.set_block(spec);
  return Predict(request);
}

absl::StatusOr<v1::PredictResponse> Client::PredictFeatures(const FeatureVector& features,
                                                            const v1::Target& target) const {
  v1::PredictRequest request;
  *request.mutable_target() = target;
  request.mutable_features();
  for (size_t i = 0; i < kFeatureCount; ++i) {
    const auto feature = static_cast<Feature>(i);
    if (!features.Has(feature)) continue;
    v1::FeatureValue& value = *request.mutable_features()->add_values();
    value.set_name(std::string(Info(feature).name));
    value.set_value(features[feature]);
  }
  return Predict(request);
}

absl::StatusOr<v1::BatchPredictResponse> Client::BatchPredict(
    const v1::BatchPredictRequest& request) const {
  return connection_->Call<v1::BatchPredictResponse>(connection_->predictor,
                                                     &v1::Predictor::Stub::BatchPredict, request);
}

absl::StatusOr<v1::PredictModelResponse> Client::PredictModel(
    const v1::PredictModelRequest& request) const {
  return connection_->Call<v1::PredictModelResponse>(connection_->predictor,
                                                     &v1::Predictor::Stub::PredictModel, request);
}

absl::StatusOr<v1::AnalyzeResponse> Client::Analyze(const v1::AnalyzeRequest& request) const {
  return connection_->Call<v1::AnalyzeResponse>(connection_->analyzer, &v1::Analyzer::Stub::Analyze,
                                                request);
}

absl::StatusOr<v1::ListBlocksResponse> Client::ListBlocks() const {
  return connection_->Call<v1::ListBlocksResponse>(
      connection_->analyzer, &v1::Analyzer::Stub::ListBlocks, v1::ListBlocksRequest());
}

}  // namespace latcast::client
