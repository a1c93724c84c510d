#include "server/rpc/calibrations_service.h"

#include <chrono>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "server/core/limits.h"
#include "server/core/upload_piece.h"
#include "server/rpc/answer.h"
#include "server/rpc/calibration_translation.h"

namespace latcast::server {
namespace {

constexpr size_t kMaxProvenanceBytes = 256 << 10;

absl::Status CheckRequestId(const std::string& id) {
  if (id.size() <= kMaxRequestIdBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("request_id: longer than ", kMaxRequestIdBytes, " bytes"));
}

absl::Status Fill(absl::StatusOr<JobStatus> status, v1::Operation& response) {
  RETURN_IF_ERROR(status.status());
  ASSIGN_OR_RETURN(response, ToProto(*status));
  return absl::OkStatus();
}

absl::Status Start(CalibrationDesk& desk, const v1::StartCalibrationRequest& request,
                   v1::Operation& response) {
  if (request.device().empty()) return absl::InvalidArgumentError("device: must be named");
  RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  ASSIGN_OR_RETURN(const std::string spec, SpecText(request.spec()));
  return Fill(desk.Start(request.device(), spec, request.request_id()), response);
}

absl::Status Wait(CalibrationDesk& desk, std::atomic<int>& waiting,
                  const v1::WaitOperationRequest& request, v1::Operation& response) {
  const double timeout_s = request.timeout_s() == 0.0 ? kMaxWait_s : request.timeout_s();
  if (!(timeout_s > 0.0 && timeout_s <= kMaxWait_s)) {
    return absl::InvalidArgumentError(
        absl::StrCat("timeout_s: ", timeout_s, " is not within 0 to ", kMaxWait_s));
  }
  const absl::Cleanup leave = [&waiting] { --waiting; };
  if (++waiting > kMaxWaitingCalls) {
    return absl::ResourceExhaustedError("too many calls wait for operations; ask again later");
  }
  const auto timeout = std::chrono::duration<double>(timeout_s);
  return Fill(
      desk.Wait(request.name(), std::chrono::duration_cast<std::chrono::milliseconds>(timeout)),
      response);
}

absl::Status List(CalibrationDesk& desk, const v1::ListOperationsRequest& request,
                  v1::ListOperationsResponse& response) {
  ASSIGN_OR_RETURN(const std::vector<JobStatus> jobs, desk.List(request.device()));
  for (const JobStatus& job : jobs) {
    ASSIGN_OR_RETURN(*response.add_operations(), ToProto(job));
  }
  return absl::OkStatus();
}

absl::Status Upload(CalibrationDesk& desk, const v1::UploadPointsRequest& request,
                    v1::UploadPointsResponse& response) {
  RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  if (request.request_id().empty()) return absl::InvalidArgumentError("request_id: empty");
  if (request.total_bytes() < 1 || request.total_bytes() > kMaxPointsBytes) {
    return absl::InvalidArgumentError(absl::StrCat("total_bytes: ", request.total_bytes(),
                                                   " is not within 1 to ", kMaxPointsBytes));
  }
  if (static_cast<int64_t>(request.data().size()) > kMaxPieceBytes) {
    return absl::InvalidArgumentError(absl::StrCat("data: longer than ", kMaxPieceBytes, " bytes"));
  }
  if (request.provenance_json().size() > kMaxProvenanceBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("provenance_json: longer than ", kMaxProvenanceBytes, " bytes"));
  }
  CalibrationDesk::Piece piece;
  piece.upload = request.request_id();
  piece.offset = request.offset();
  piece.data = request.data();
  piece.total_bytes = request.total_bytes();
  piece.provenance_json = request.provenance_json();
  ASSIGN_OR_RETURN(const int64_t bytes, desk.Upload(request.operation(), piece));
  response.set_acknowledged_bytes(bytes);
  response.set_complete(bytes == request.total_bytes() && !request.provenance_json().empty());
  return absl::OkStatus();
}

}  // namespace

grpc::Status CalibrationsService::StartCalibration(grpc::ServerContext*,
                                                   const v1::StartCalibrationRequest* request,
                                                   v1::Operation* response) {
  return Answer(gate_, [&] { return Start(desk_, *request, *response); });
}

grpc::Status CalibrationsService::GetOperation(grpc::ServerContext*,
                                               const v1::GetOperationRequest* request,
                                               v1::Operation* response) {
  return Answer(gate_, [&] { return Fill(desk_.Get(request->name()), *response); });
}

grpc::Status CalibrationsService::WaitOperation(grpc::ServerContext*,
                                                const v1::WaitOperationRequest* request,
                                                v1::Operation* response) {
  return Answer(gate_, [&] { return Wait(desk_, waiting_, *request, *response); });
}

grpc::Status CalibrationsService::ListOperations(grpc::ServerContext*,
                                                 const v1::ListOperationsRequest* request,
                                                 v1::ListOperationsResponse* response) {
  return Answer(gate_, [&] { return List(desk_, *request, *response); });
}

grpc::Status CalibrationsService::CancelOperation(grpc::ServerContext*,
                                                  const v1::CancelOperationRequest* request,
                                                  v1::Operation* response) {
  return Answer(gate_, [&] { return Fill(desk_.Cancel(request->name()), *response); });
}

grpc::Status CalibrationsService::ListDevices(grpc::ServerContext*, const v1::ListDevicesRequest*,
                                              v1::ListDevicesResponse* response) {
  return Answer(gate_, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<DeviceStatus> devices, desk_.Devices());
    for (const DeviceStatus& device : devices) *response->add_devices() = ToProto(device);
    return absl::OkStatus();
  });
}

grpc::Status CalibrationsService::ServeDevice(grpc::ServerContext* context,
                                              AgentReaderWriter* stream) {
  return Answer(gate_, [&] { return AgentStream(*context, *stream).Serve(desk_); });
}

grpc::Status CalibrationsService::UploadPoints(grpc::ServerContext*,
                                               const v1::UploadPointsRequest* request,
                                               v1::UploadPointsResponse* response) {
  return Answer(gate_, [&] { return Upload(desk_, *request, *response); });
}

}  // namespace latcast::server
