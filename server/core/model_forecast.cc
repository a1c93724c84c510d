#include "server/core/model_forecast.h"

#include <utility>

#include "analyzer/features/graph_features.h"
#include "analyzer/report/parts.h"
#include "base/status_macros.h"

namespace latcast::server {
absl::StatusOr<ModelForecast> PredictModel(const ChosenModel& chosen, const graph::Graph& graph,
                                           int depth) {
  const regression::LatencyModel& model = chosen.model();
  ASSIGN_OR_RETURN(const features::GraphFeatures features,
                   features::ComputeFeatures(graph, {.threads = model.mode.threads}));
  RETURN_IF_ERROR(regression::CheckFeatures(features.total, model));

  ModelForecast forecast;
  forecast.whole = regression::Predict(features.total, model, {chosen.interval_level});
  forecast.terms = regression::SplitLatency(features.total, model, forecast.whole.latency_ms);
  forecast.unknown_ops = features.unknown_ops;
  const double scale =
      regression::ContributionScale(features.total, model, forecast.whole.latency_ms);
  double sum_ms = 0.0;
  for (report::Part& part : report::CutIntoParts(graph, features, depth)) {
    const double latency_ms = scale * regression::Contribution(part.features, model);
    sum_ms += latency_ms;
    forecast.parts.push_back({std::move(part.path), std::move(part.class_name), latency_ms, 0.0});
  }
  for (PartForecast& part : forecast.parts) {
    if (sum_ms != 0.0) part.share = part.latency_ms / sum_ms;
  }
  return forecast;
}

}  // namespace latcast::server
