// latcast.v1.Predictor: translate, validate, map errors.
#ifndef LATCAST_SERVER_RPC_PREDICTOR_SERVICE_H_
#define LATCAST_SERVER_RPC_PREDICTOR_SERVICE_H_

#include "absl/status/status.h"
#include "latcast/v1/predictor.grpc.pb.h"
#include "server/core/admission.h"
#include "server/core/block_cache.h"
#include "server/core/call_gate.h"
#include "server/core/profile_snapshot.h"

namespace latcast::server {

// What it refers to must outlive it.
class PredictorService final : public v1::Predictor::Service {
 public:
  PredictorService(CallGate& gate, const SnapshotHolder& profiles, Admission& admission)
      : gate_(gate), profiles_(profiles), admission_(admission) {}

  grpc::Status Predict(grpc::ServerContext* context, const v1::PredictRequest* request,
                       v1::PredictResponse* response) override;
  grpc::Status BatchPredict(grpc::ServerContext* context, const v1::BatchPredictRequest* request,
                            v1::BatchPredictResponse* response) override;
  grpc::Status PredictModel(grpc::ServerContext* context, const v1::PredictModelRequest* request,
                            v1::PredictModelResponse* response) override;

 private:
  absl::Status DoPredict(const v1::PredictRequest& request, v1::PredictResponse& response);
  absl::Status DoBatchPredict(grpc::ServerContext& context, const v1::BatchPredictRequest& request,
                              v1::BatchPredictResponse& response);
  absl::Status DoPredictModel(grpc::ServerContext& context, const v1::PredictModelRequest& request,
                              v1::PredictModelResponse& response);

  CallGate& gate_;
  const SnapshotHolder& profiles_;
  Admission& admission_;
  BlockCache cache_;
};

}  // namespace latcast::server

#endif  // LATCAST_SERVER_RPC_PREDICTOR_SERVICE_H_
