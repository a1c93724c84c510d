#include "clients/cpp/calibrations.h"

#include <utility>

#include "base/status_macros.h"
#include "clients/cpp/agent_link.h"
#include "clients/cpp/connection.h"
#include "latcast/v1/calibrations.grpc.pb.h"

namespace latcast::client {

using Stub = v1::Calibrations::Stub;

struct Calibrations::Connection {
  template <typename Response, typename Method, typename Request>
  absl::StatusOr<Response> Call(Method method, const Request& request,
                                absl::Duration more = absl::ZeroDuration()) const {
    return client::Call<Response>(stub, method, request, address, options.timeout + more);
  }

  const std::string address;
  const ClientOptions options;
  const std::shared_ptr<Stub> stub;
};

Calibrations::Calibrations(std::shared_ptr<const Connection> connection)
    : connection_(std::move(connection)) {}

absl::StatusOr<Calibrations> Calibrations::Connect(const std::string& address,
                                                   const ClientOptions& options) {
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, OpenChannel(address));
  return Calibrations(std::shared_ptr<const Connection>(
      new Connection{address, options, v1::Calibrations::NewStub(channel)}));
}

absl::StatusOr<v1::Operation> Calibrations::Start(
    const v1::StartCalibrationRequest& request) const {
  return connection_->Call<v1::Operation>(&Stub::StartCalibration, request);
}

absl::StatusOr<v1::Operation> Calibrations::Get(const std::string& name) const {
  v1::GetOperationRequest request;
  request.set_name(name);
  return connection_->Call<v1::Operation>(&Stub::GetOperation, request);
}

absl::StatusOr<v1::Operation> Calibrations::Wait(const std::string& name,
                                                 absl::Duration timeout) const {
  v1::WaitOperationRequest request;
  request.set_name(name);
  request.set_timeout_s(absl::ToDoubleSeconds(timeout));
  return connection_->Call<v1::Operation>(&Stub::WaitOperation, request, timeout);
}

absl::StatusOr<v1::ListOperationsResponse> Calibrations::List(const std::string& device) const {
  v1::ListOperationsRequest request;
  request.set_device(device);
  return connection_->Call<v1::ListOperationsResponse>(&Stub::ListOperations, request);
}

absl::StatusOr<v1::Operation> Calibrations::Cancel(const std::string& name) const {
  v1::CancelOperationRequest request;
  request.set_name(name);
  return connection_->Call<v1::Operation>(&Stub::CancelOperation, request);
}

absl::StatusOr<v1::ListDevicesResponse> Calibrations::Devices() const {
  return connection_->Call<v1::ListDevicesResponse>(&Stub::ListDevices, v1::ListDevicesRequest());
}

absl::StatusOr<v1::UploadPointsResponse> Calibrations::UploadPoints(
    const v1::UploadPointsRequest& request) const {
  return connection_->Call<v1::UploadPointsResponse>(&Stub::UploadPoints, request);
}

std::unique_ptr<AgentLink> Calibrations::Serve(const v1::AgentHello& hello) const {
  return MakeAgentLink(connection_->stub, connection_->address, hello);
}

}  // namespace latcast::client
