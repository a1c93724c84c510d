#include "server/core/model_forecast.h"

#include <utility>

#include "analyzer/features/graph_features.h"
#include "analyzer/report/parts.h"
#include "base/status_macros.h"

namespace latcast::server {
namespace {

double Contribution(const FeatureVector& features, const regression::LatencyModel& model) {
  double latency_ms = 0.0;
  for (const regression::Term& term : model.terms) {
    latency_ms += term.coefficient * features[term.feature];
  }
  return latency_ms;
}

}  // namespace

absl::StatusOr<ModelForecast> PredictModel(const ChosenModel& chosen, const graph::Graph& graph,
                                           int depth) {
  const regression::LatencyModel& model = chosen.model();
  ASSIGN_OR_RETURN(const features::GraphFeatures features,
                   features::ComputeFeatures(graph, {.threads = model.mode.threads}));
  RETURN_IF_ERROR(regression::CheckFeatures(features.total, model));

  ModelForecast forecast;
  forecast.whole = regression::Predict(features.total, model, {chosen.interval_level});
  forecast.unknown_ops = features.unknown_ops;
  double sum_ms = 0.0;
  for (report::Part& part : report::CutIntoParts(graph, features, depth)) {
    const double latency_ms = Contribution(part.features, model);
    sum_ms += latency_ms;
    forecast.parts.push_back({std::move(part.path), std::move(part.class_name), latency_ms, 0.0});
  }
  for (PartForecast& part : forecast.parts) {
    if (sum_ms != 0.0) part.share = part.latency_ms / sum_ms;
  }
  return forecast;
}

}  // namespace latcast::server
