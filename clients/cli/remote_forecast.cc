#include "clients/cli/remote_forecast.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "analyzer/import/lcg.h"
#include "base/status_macros.h"
#include "clients/cli/exit_status.h"
#include "clients/cli/remote_profiles.h"
#include "clients/cpp/client.h"

namespace latcast::cli {
namespace {

constexpr size_t kBatchLimit = 16384;  // items of a BatchPredict

v1::Target MakeTarget(const RemoteTarget& target, const ForecastOptions& options) {
  v1::Target message;
  message.set_device(target.device);
  message.set_metric(target.mode.metric);
  message.set_precision(target.mode.precision);
  message.set_threads(target.mode.threads);
  message.set_interval_level(options.interval_level);
  return message;
}

ForecastSource ToSource(const v1::Source& source) {
  return {.device = source.device(),
          .version = source.version(),
          .family = source.family(),
          .metric = source.metric(),
          .threads = source.threads(),
          .model_hash = source.model_hash()};
}

ForecastSet EmptySet(const ForecastOptions& options) {
  ForecastSet set;
  set.interval_level = options.interval_level;
  set.with_parts = options.parts_depth > 0;
  set.with_terms = options.terms;
  return set;
}

Forecast ToForecast(const std::string& name, const v1::PredictModelResponse& answer,
                    bool with_parts) {
  Forecast forecast;
  forecast.name = name;
  forecast.prediction = {.latency_ms = answer.forecast().latency_ms(),
                         .lower_ms = answer.forecast().lower_ms(),
                         .upper_ms = answer.forecast().upper_ms(),
                         .out_of_domain = answer.forecast().out_of_domain()};
  forecast.terms = {.memory_ms = answer.forecast().terms().memory_ms(),
                    .compute_ms = answer.forecast().terms().compute_ms(),
                    .launch_ms = answer.forecast().terms().launch_ms(),
                    .other_ms = answer.forecast().terms().other_ms()};
  forecast.unknown_ops.assign(answer.unknown_ops().begin(), answer.unknown_ops().end());
  if (!with_parts) return forecast;
  for (const v1::Part& part : answer.parts()) {
    forecast.parts.push_back({part.path(), part.class_name(), part.latency_ms(), part.share()});
  }
  return forecast;
}

// The columns all points have; a points file gives every point the same ones.
v1::FeatureColumns ToColumns(std::span<const regression::Point> points) {
  v1::FeatureColumns columns;
  for (size_t i = 0; i < kFeatureCount; ++i) {
    const auto feature = static_cast<Feature>(i);
    if (!points.front().features.Has(feature)) continue;
    v1::Column& column = *columns.add_columns();
    column.set_name(std::string(Info(feature).name));
    for (const regression::Point& point : points) column.add_values(point.features[feature]);
  }
  return columns;
}

absl::Status AddBatch(const client::Client& client, const v1::Target& target,
                      std::span<const regression::Point> points, ForecastSet& set) {
  v1::BatchPredictRequest request;
  *request.mutable_target() = target;
  *request.mutable_features() = ToColumns(points);
  request.set_terms(true);
  ASSIGN_OR_RETURN(const v1::BatchPredictResponse answer, client.BatchPredict(request));
  if (!answer.errors().empty()) {
    const v1::ItemError& error = answer.errors(0);
    const auto index = std::min(static_cast<size_t>(error.index()), points.size() - 1);
    return absl::InvalidArgumentError(
        absl::StrCat("line ", points[index].line, ": ", error.message()));
  }
  if (static_cast<size_t>(answer.latency_ms_size()) != points.size() ||
      answer.lower_ms_size() != answer.latency_ms_size() ||
      answer.upper_ms_size() != answer.latency_ms_size() ||
      answer.out_of_domain_size() != answer.latency_ms_size() ||
      answer.terms().memory_ms_size() != answer.latency_ms_size() ||
      answer.terms().compute_ms_size() != answer.latency_ms_size() ||
      answer.terms().launch_ms_size() != answer.latency_ms_size() ||
      answer.terms().other_ms_size() != answer.latency_ms_size()) {
    return absl::InternalError("the answer has another number of forecasts than the request");
  }
  for (int i = 0; i < answer.latency_ms_size(); ++i) {
    const regression::Point& point = points[static_cast<size_t>(i)];
    Forecast forecast;
    forecast.name = point.name;
    forecast.prediction = {.latency_ms = answer.latency_ms(i),
                           .lower_ms = answer.lower_ms(i),
                           .upper_ms = answer.upper_ms(i),
                           .out_of_domain = answer.out_of_domain(i)};
    forecast.terms = {.memory_ms = answer.terms().memory_ms(i),
                      .compute_ms = answer.terms().compute_ms(i),
                      .launch_ms = answer.terms().launch_ms(i),
                      .other_ms = answer.terms().other_ms(i)};
    if (point.latency_ms > 0.0) forecast.measured_ms = point.latency_ms;
    set.forecasts.push_back(std::move(forecast));
  }
  set.source = ToSource(answer.source());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ForecastSet> ForecastGraphsRemotely(std::span<const NamedGraph> graphs,
                                                   const RemoteTarget& target,
                                                   const ForecastOptions& options) {
  ASSIGN_OR_RETURN(const client::Client client, ConnectTo(target.server));
  ForecastSet set = EmptySet(options);
  for (const NamedGraph& named : graphs) {
    v1::PredictModelRequest request;
    *request.mutable_target() = MakeTarget(target, options);
    *request.mutable_graph() = import::ToProto(named.graph);
    request.set_depth(std::max(options.parts_depth, 1));
    const absl::StatusOr<v1::PredictModelResponse> answer = client.PredictModel(request);
    if (!answer.ok()) return FromServer(answer.status(), target.server, named.name);
    set.source = ToSource(answer->source());
    set.forecasts.push_back(ToForecast(named.name, *answer, set.with_parts));
  }
  return set;
}

absl::StatusOr<ForecastSet> ForecastPointsRemotely(std::span<const regression::Point> points,
                                                   const RemoteTarget& target,
                                                   const ForecastOptions& options) {
  ASSIGN_OR_RETURN(const client::Client client, ConnectTo(target.server));
  ForecastSet set = EmptySet(options);
  for (size_t i = 0; i < points.size(); i += kBatchLimit) {
    const auto chunk = points.subspan(i, std::min(kBatchLimit, points.size() - i));
    const absl::Status added = AddBatch(client, MakeTarget(target, options), chunk, set);
    if (!added.ok()) return FromServer(added, target.server);
  }
  return set;
}

}  // namespace latcast::cli
