// Forecasts as JSON.
#include <nlohmann/json.hpp>

#include "clients/cli/forecast.h"
#include "clients/cli/output.h"

namespace latcast::cli {
namespace {

using Json = nlohmann::ordered_json;

Json Part(const PartForecast& part) {
  return {{"path", part.path},
          {"class", part.class_name},
          {"latency_ms", part.latency_ms},
          {"share", part.share}};
}

Json One(const Forecast& forecast, bool with_parts) {
  Json out = {{"model", forecast.name},
              {"status", forecast.unknown_ops.empty() ? "complete" : "partial"},
              {"unknown_ops", forecast.unknown_ops},
              {"latency_ms", forecast.prediction.latency_ms},
              {"lower_ms", forecast.prediction.lower_ms},
              {"upper_ms", forecast.prediction.upper_ms},
              {"out_of_domain", forecast.prediction.out_of_domain},
              {"terms",
               {{"memory_ms", forecast.terms.memory_ms},
                {"compute_ms", forecast.terms.compute_ms},
                {"launch_ms", forecast.terms.launch_ms},
                {"other_ms", forecast.terms.other_ms}}}};
  if (forecast.measured_ms) out["measured_ms"] = *forecast.measured_ms;
  if (!with_parts) return out;
  out["parts"] = Json::array();
  for (const PartForecast& part : forecast.parts) out["parts"].push_back(Part(part));
  return out;
}

}  // namespace

std::string ForecastJson(const ForecastSet& set) {
  Json out = {{"schema_version", kJsonSchemaVersion},
              {"source",
               {{"device", set.source.device},
                {"version", set.source.version},
                {"family", set.source.family},
                {"metric", set.source.metric},
                {"unit", "ms"},
                {"threads", set.source.threads},
                {"model_hash", set.source.model_hash}}},
              {"interval_level", set.interval_level},
              {"forecasts", Json::array()}};
  for (const Forecast& forecast : set.forecasts) {
    out["forecasts"].push_back(One(forecast, set.with_parts));
  }
  return JsonText(out);
}

}  // namespace latcast::cli
