#include "server/rpc/forecast_translation.h"

#include <cmath>
#include <span>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::server {
namespace {

constexpr double kDefaultIntervalLevel = 0.9;

// The feature called `name`, marked as seen.
absl::StatusOr<Feature> Resolve(const std::string& name, FeatureVector& seen) {
  const std::optional<Feature> feature = FindFeature(name);
  if (!feature) {
    return absl::InvalidArgumentError(
        absl::StrCat("unknown feature '", name, "'", DidYouMean(name, FeatureNames())));
  }
  if (seen.Has(*feature)) {
    return absl::InvalidArgumentError(absl::StrCat("'", name, "' is there twice"));
  }
  seen.Set(*feature, 0.0);
  return *feature;
}

}  // namespace

Target FromProto(const v1::Target& proto) {
  return {.device = proto.device(),
          .metric = proto.metric(),
          .precision = proto.precision(),
          .execution = proto.execution(),
          .layout = proto.layout(),
          .threads = proto.threads(),
          .interval_level =
              proto.interval_level() == 0.0 ? kDefaultIntervalLevel : proto.interval_level()};
}

absl::StatusOr<FeatureVector> FromProto(const v1::Features& proto) {
  FeatureVector features;
  for (int i = 0; i < proto.values_size(); ++i) {
    const v1::FeatureValue& entry = proto.values(i);
    ASSIGN_OR_RETURN(
        const Feature feature,
        Annotate(Resolve(entry.name(), features), absl::StrCat("features.values[", i, "].name")));
    if (!std::isfinite(entry.value()) || entry.value() < 0.0) {
      return absl::InvalidArgumentError(
          absl::StrCat("features.values[", i, "].value: '", entry.name(),
                       "' must be finite and not negative, is ", entry.value()));
    }
    features.Set(feature, entry.value());
  }
  return features;
}

absl::StatusOr<std::vector<FeatureColumn>> FromProto(const v1::FeatureColumns& proto) {
  FeatureVector seen;
  std::vector<FeatureColumn> columns;
  for (int i = 0; i < proto.columns_size(); ++i) {
    const v1::Column& column = proto.columns(i);
    ASSIGN_OR_RETURN(
        const Feature feature,
        Annotate(Resolve(column.name(), seen), absl::StrCat("features.columns[", i, "].name")));
    columns.push_back(
        {feature, std::span<const double>(column.values().data(),
                                          static_cast<size_t>(column.values_size()))});
  }
  return columns;
}

void ToProto(const ChosenModel& chosen, v1::Source& proto) {
  proto.set_device(chosen.active->profile.device);
  proto.set_version(chosen.active->version);
  proto.set_family(chosen.model().family);
  proto.set_metric(chosen.model().mode.metric);
  proto.set_unit("ms");
  proto.set_threads(chosen.model().mode.threads);
  proto.set_model_hash(chosen.model_hash());
}

void ToProto(const regression::Prediction& prediction, const regression::LatencyTerms& terms,
             v1::Forecast& proto) {
  proto.set_latency_ms(prediction.latency_ms);
  proto.set_lower_ms(prediction.lower_ms);
  proto.set_upper_ms(prediction.upper_ms);
  proto.set_out_of_domain(prediction.out_of_domain);
  proto.mutable_terms()->set_memory_ms(terms.memory_ms);
  proto.mutable_terms()->set_compute_ms(terms.compute_ms);
  proto.mutable_terms()->set_launch_ms(terms.launch_ms);
  proto.mutable_terms()->set_other_ms(terms.other_ms);
}

void ToProto(const BatchForecast& forecast, v1::BatchPredictResponse& proto) {
  proto.mutable_latency_ms()->Add(forecast.latency_ms.begin(), forecast.latency_ms.end());
  proto.mutable_lower_ms()->Add(forecast.lower_ms.begin(), forecast.lower_ms.end());
  proto.mutable_upper_ms()->Add(forecast.upper_ms.begin(), forecast.upper_ms.end());
  proto.mutable_out_of_domain()->Add(forecast.out_of_domain.begin(), forecast.out_of_domain.end());
  for (const regression::LatencyTerms& terms : forecast.terms) {
    v1::TermColumns& columns = *proto.mutable_terms();
    columns.add_memory_ms(terms.memory_ms);
    columns.add_compute_ms(terms.compute_ms);
    columns.add_launch_ms(terms.launch_ms);
    columns.add_other_ms(terms.other_ms);
  }
  for (const auto& [index, status] : forecast.errors) {
    v1::ItemError& error = *proto.add_errors();
    error.set_index(static_cast<int32_t>(index));
    error.set_code(static_cast<int32_t>(status.code()));
    error.set_message(std::string(status.message()));
  }
}

void ToProto(const ModelForecast& forecast, v1::PredictModelResponse& proto) {
  ToProto(forecast.whole, forecast.terms, *proto.mutable_forecast());
  for (const PartForecast& part : forecast.parts) {
    v1::Part& out = *proto.add_parts();
    out.set_path(part.path);
    out.set_class_name(part.class_name);
    out.set_latency_ms(part.latency_ms);
    out.set_share(part.share);
  }
  for (const cost::UnknownOp& op : forecast.unknown_ops) proto.add_unknown_ops(op.type);
}

}  // namespace latcast::server
