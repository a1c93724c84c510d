#include "clients/cli/local_forecast.h"

#include "absl/strings/str_cat.h"
#include "analyzer/report/parts.h"
#include "base/status_macros.h"
#include "clients/cli/exit_status.h"

namespace latcast::cli {
namespace {

std::vector<PartForecast> Parts(const graph::Graph& graph, const features::GraphFeatures& features,
                                const regression::LatencyModel& model, double latency_ms,
                                int depth) {
  std::vector<PartForecast> parts;
  const double scale = regression::ContributionScale(features.total, model, latency_ms);
  double sum = 0.0;
  for (const report::Part& part : report::CutIntoParts(graph, features, depth)) {
    parts.push_back(
        {part.path, part.class_name, scale * regression::Contribution(part.features, model), 0.0});
    sum += parts.back().latency_ms;
  }
  for (PartForecast& part : parts) part.share = sum > 0.0 ? part.latency_ms / sum : 0.0;
  return parts;
}

ForecastSet EmptySet(const LatencyProfile& profile, const ForecastOptions& options) {
  ForecastSet set;
  set.source = SourceOf(profile);
  set.interval_level = options.interval_level;
  set.with_parts = options.parts_depth > 0;
  set.with_terms = options.terms;
  return set;
}

}  // namespace

ForecastSource SourceOf(const LatencyProfile& profile) {
  const regression::LatencyModel& model = profile.model;
  return {.device = profile.device,
          .version = 0,
          .family = model.family,
          .metric = model.mode.metric,
          .threads = model.mode.threads,
          .model_hash = regression::ModelHash(model)};
}

absl::StatusOr<ForecastSet> ForecastGraphs(std::span<const NamedGraph> graphs,
                                           const LatencyProfile& profile,
                                           const ForecastOptions& options) {
  ForecastSet set = EmptySet(profile, options);
  for (const NamedGraph& named : graphs) {
    ASSIGN_OR_RETURN(const features::GraphFeatures features,
                     At(FeaturesFor(named.graph, profile.model), named.name));
    Forecast forecast;
    forecast.name = named.name;
    forecast.prediction = regression::Predict(features.total, profile.model,
                                              {.interval_level = options.interval_level});
    forecast.terms =
        regression::SplitLatency(features.total, profile.model, forecast.prediction.latency_ms);
    if (set.with_parts) {
      forecast.parts = Parts(named.graph, features, profile.model, forecast.prediction.latency_ms,
                             options.parts_depth);
    }
    for (const cost::UnknownOp& op : features.unknown_ops) forecast.unknown_ops.push_back(op.type);
    set.forecasts.push_back(std::move(forecast));
  }
  return set;
}

absl::StatusOr<ForecastSet> ForecastPoints(std::span<const regression::Point> points,
                                           const LatencyProfile& profile,
                                           const ForecastOptions& options) {
  ForecastSet set = EmptySet(profile, options);
  for (const regression::Point& point : points) {
    RETURN_IF_ERROR(Annotate(regression::CheckFeatures(point.features, profile.model),
                             absl::StrCat("line ", point.line)));
    Forecast forecast;
    forecast.name = point.name;
    forecast.prediction = regression::Predict(point.features, profile.model,
                                              {.interval_level = options.interval_level});
    forecast.terms =
        regression::SplitLatency(point.features, profile.model, forecast.prediction.latency_ms);
    if (point.latency_ms > 0.0) forecast.measured_ms = point.latency_ms;
    set.forecasts.push_back(std::move(forecast));
  }
  return set;
}

}  // namespace latcast::cli
