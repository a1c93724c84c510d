#include "server/rpc/predictor_service.h"

#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "regression/predict.h"
#include "regression/terms.h"
#include "server/core/batch.h"
#include "server/core/limits.h"
#include "server/core/model_choice.h"
#include "server/core/model_forecast.h"
#include "server/rpc/answer.h"
#include "server/rpc/forecast_translation.h"
#include "server/rpc/subject.h"

namespace latcast::server {
namespace {

constexpr int kDefaultDepth = 2;

absl::StatusOr<FeatureVector> SubjectFeatures(const v1::PredictRequest& request, BlockCache& cache,
                                              int threads) {
  switch (request.subject_case()) {
    case v1::PredictRequest::kBlock:
      return Annotate(cache.Features(request.block(), threads), "block");
    case v1::PredictRequest::kFeatures:
      return FromProto(request.features());
    case v1::PredictRequest::SUBJECT_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError("subject: set block or features");
}

}  // namespace

grpc::Status PredictorService::Predict(grpc::ServerContext*, const v1::PredictRequest* request,
                                       v1::PredictResponse* response) {
  return Answer(gate_, [&] { return DoPredict(*request, *response); });
}

absl::Status PredictorService::DoPredict(const v1::PredictRequest& request,
                                         v1::PredictResponse& response) {
  RETURN_IF_ERROR(CheckForecastBytes(request.ByteSizeLong()));
  ASSIGN_OR_RETURN(const ChosenModel chosen,
                   ChooseModel(*profiles_.Get(), FromProto(request.target())));
  ASSIGN_OR_RETURN(const FeatureVector features,
                   SubjectFeatures(request, cache_, chosen.model().mode.threads));
  RETURN_IF_ERROR(Annotate(regression::CheckFeatures(features, chosen.model()),
                           request.has_block() ? "block" : "features"));
  const regression::Prediction forecast =
      regression::Predict(features, chosen.model(), {chosen.interval_level});
  ToProto(forecast, regression::SplitLatency(features, chosen.model(), forecast.latency_ms),
          *response.mutable_forecast());
  ToProto(chosen, *response.mutable_source());
  return absl::OkStatus();
}

grpc::Status PredictorService::BatchPredict(grpc::ServerContext* context,
                                            const v1::BatchPredictRequest* request,
                                            v1::BatchPredictResponse* response) {
  return Answer(gate_, [&] { return DoBatchPredict(*context, *request, *response); });
}

absl::Status PredictorService::DoBatchPredict(grpc::ServerContext& context,
                                              const v1::BatchPredictRequest& request,
                                              v1::BatchPredictResponse& response) {
  RETURN_IF_ERROR(CheckForecastBytes(request.ByteSizeLong()));
  ASSIGN_OR_RETURN(const ChosenModel chosen,
                   ChooseModel(*profiles_.Get(), FromProto(request.target())));
  BatchForecast forecast;
  if (request.has_blocks()) {
    const std::vector<std::string_view> specs(request.blocks().specs().begin(),
                                              request.blocks().specs().end());
    ASSIGN_OR_RETURN(forecast, PredictBlocks(
                                   chosen, cache_, specs,
                                   [&context] { return context.IsCancelled(); }, request.terms()));
  } else if (request.has_features()) {
    ASSIGN_OR_RETURN(const std::vector<FeatureColumn> columns, FromProto(request.features()));
    ASSIGN_OR_RETURN(forecast, PredictColumns(chosen, columns, request.terms()));
  } else {
    return absl::InvalidArgumentError("subject: set blocks or features");
  }
  ToProto(forecast, response);
  ToProto(chosen, *response.mutable_source());
  return absl::OkStatus();
}

grpc::Status PredictorService::PredictModel(grpc::ServerContext* context,
                                            const v1::PredictModelRequest* request,
                                            v1::PredictModelResponse* response) {
  return Answer(gate_, [&] { return DoPredictModel(*context, *request, *response); });
}

absl::Status PredictorService::DoPredictModel(grpc::ServerContext& context,
                                              const v1::PredictModelRequest& request,
                                              v1::PredictModelResponse& response) {
  if (request.depth() < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("depth: must not be negative, is ", request.depth()));
  }
  ASSIGN_OR_RETURN(const ChosenModel chosen,
                   ChooseModel(*profiles_.Get(), FromProto(request.target())));
  ASSIGN_OR_RETURN(const Admission::Ticket ticket, admission_.Enter(context.deadline()));
  ASSIGN_OR_RETURN(const graph::Graph graph, BuildGraph(SubjectOf(request)));
  ASSIGN_OR_RETURN(
      const ModelForecast forecast,
      server::PredictModel(chosen, graph, request.depth() == 0 ? kDefaultDepth : request.depth()));
  ToProto(forecast, response);
  ToProto(chosen, *response.mutable_source());
  return absl::OkStatus();
}

}  // namespace latcast::server
