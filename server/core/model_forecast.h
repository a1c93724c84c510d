// The forecast of a network: the whole, and what each part contributes.
#ifndef LATCAST_SERVER_CORE_MODEL_FORECAST_H_
#define LATCAST_SERVER_CORE_MODEL_FORECAST_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "analyzer/cost/graph_cost.h"
#include "analyzer/graph/graph.h"
#include "regression/predict.h"
#include "regression/terms.h"
#include "server/core/model_choice.h"

namespace latcast::server {

// A part's latency is the sum of coefficient * feature over its operators, scaled as the whole is
// by a second piece or a correction. However the network is cut, all parts add up to the whole
// without the share of its intercept, and their own shares to 1.
struct PartForecast {
  std::string path;
  std::string class_name;  // of the module call; for a single operator its type
  double latency_ms = 0.0;
  double share = 0.0;
};

struct ModelForecast {
  regression::Prediction whole;
  regression::LatencyTerms terms;            // of the whole
  std::vector<PartForecast> parts;           // as report::CutIntoParts cuts, in execution order
  std::vector<cost::UnknownOp> unknown_ops;  // left out: the forecast is then a lower bound
};

// `depth` >= 1. Fails as ComputeFeatures and CheckFeatures do.
absl::StatusOr<ModelForecast> PredictModel(const ChosenModel& chosen, const graph::Graph& graph,
                                           int depth);

}  // namespace latcast::server

#endif  // LATCAST_SERVER_CORE_MODEL_FORECAST_H_
