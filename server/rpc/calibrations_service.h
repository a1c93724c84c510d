// latcast.v1.Calibrations: translate, validate, map errors.
#ifndef LATCAST_SERVER_RPC_CALIBRATIONS_SERVICE_H_
#define LATCAST_SERVER_RPC_CALIBRATIONS_SERVICE_H_

#include <atomic>

#include "latcast/v1/calibrations.grpc.pb.h"
#include "server/core/call_gate.h"
#include "server/rpc/agent_stream.h"
#include "server/store/calibration_desk.h"

namespace latcast::server {

// Each holds a thread.
inline constexpr int kMaxWaitingCalls = 64;
inline constexpr double kMaxWait_s = 30.0;

// What it refers to must outlive it.
class CalibrationsService final : public v1::Calibrations::Service {
 public:
  CalibrationsService(CallGate& gate, CalibrationDesk& desk) : gate_(gate), desk_(desk) {}

  grpc::Status StartCalibration(grpc::ServerContext* context,
                                const v1::StartCalibrationRequest* request,
                                v1::Operation* response) override;
  grpc::Status GetOperation(grpc::ServerContext* context, const v1::GetOperationRequest* request,
                            v1::Operation* response) override;
  grpc::Status WaitOperation(grpc::ServerContext* context, const v1::WaitOperationRequest* request,
                             v1::Operation* response) override;
  grpc::Status ListOperations(grpc::ServerContext* context,
                              const v1::ListOperationsRequest* request,
                              v1::ListOperationsResponse* response) override;
  grpc::Status CancelOperation(grpc::ServerContext* context,
                               const v1::CancelOperationRequest* request,
                               v1::Operation* response) override;
  grpc::Status ListDevices(grpc::ServerContext* context, const v1::ListDevicesRequest* request,
                           v1::ListDevicesResponse* response) override;
  grpc::Status ServeDevice(grpc::ServerContext* context, AgentReaderWriter* stream) override;
  grpc::Status UploadPoints(grpc::ServerContext* context, const v1::UploadPointsRequest* request,
                            v1::UploadPointsResponse* response) override;

 private:
  CallGate& gate_;
  CalibrationDesk& desk_;
  std::atomic<int> waiting_ = 0;
};

}  // namespace latcast::server

#endif  // LATCAST_SERVER_RPC_CALIBRATIONS_SERVICE_H_
