#include "clients/cli/fit_json.h"

#include <nlohmann/json.hpp>

#include "clients/cli/output.h"

namespace latcast::cli {
namespace {

using Json = nlohmann::ordered_json;

Json AccuracyJson(const regression::Accuracy& accuracy) {
  return {{"n", accuracy.n},       {"mdre", accuracy.mdre}, {"mape", accuracy.mape},
          {"in10", accuracy.in10}, {"tau", accuracy.tau},   {"r2", accuracy.r2}};
}

Json SummaryJson(const regression::FitSummary& summary) {
  Json residuals = Json::array();
  for (const regression::Residual& residual : summary.residuals) {
    residuals.push_back({{"name", residual.name},
                         {"measured_ms", residual.measured_ms},
                         {"predicted_ms", residual.predicted_ms},
                         {"cross_validated_ms", residual.cross_validated_ms}});
  }
  return {{"family", summary.family},
          {"feature_set", summary.feature_set},
          {"n", summary.n},
          {"in_sample", AccuracyJson(summary.in_sample)},
          {"cross_validated", AccuracyJson(summary.cross_validated)},
          {"leave_group_out",
           summary.leave_group_out ? AccuracyJson(*summary.leave_group_out) : Json(nullptr)},
          {"condition_number", summary.condition_number},
          {"iterations", summary.iterations},
          {"zero_terms", summary.zero_terms},
          {"warnings", summary.warnings},
          {"residuals", std::move(residuals)}};
}

}  // namespace

std::string FitJson(const regression::PointsFile& file, const regression::FitSummary& summary,
                    const regression::DeviceProfile& profile) {
  return JsonText(
      {{"schema_version", kJsonSchemaVersion},
       {"points", {{"used", file.points.size()}, {"skipped", file.skipped}, {"notes", file.notes}}},
       {"summary", SummaryJson(summary)},
       {"profile", Json::parse(regression::FormatProfile(profile), nullptr, false)}});
}

}  // namespace latcast::cli
