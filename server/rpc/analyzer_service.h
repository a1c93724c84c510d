// latcast.v1.Analyzer: translate, validate, map errors.
#ifndef LATCAST_SERVER_RPC_ANALYZER_SERVICE_H_
#define LATCAST_SERVER_RPC_ANALYZER_SERVICE_H_

#include "absl/status/status.h"
#include "latcast/v1/analyzer.grpc.pb.h"
#include "server/core/admission.h"
#include "server/core/call_gate.h"

namespace latcast::server {

// What it refers to must outlive it.
class AnalyzerService final : public v1::Analyzer::Service {
 public:
  AnalyzerService(CallGate& gate, Admission& admission) : gate_(gate), admission_(admission) {}

  grpc::Status Analyze(grpc::ServerContext* context, const v1::AnalyzeRequest* request,
                       v1::AnalyzeResponse* response) override;
  grpc::Status ListBlocks(grpc::ServerContext* context, const v1::ListBlocksRequest* request,
                          v1::ListBlocksResponse* response) override;

 private:
  absl::Status DoAnalyze(grpc::ServerContext& context, const v1::AnalyzeRequest& request,
                         v1::AnalyzeResponse& response);

  CallGate& gate_;
  Admission& admission_;
};

}  // namespace latcast::server

#endif  // LATCAST_SERVER_RPC_ANALYZER_SERVICE_H_
