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
  Json candidates = Json::array();
  for (const regression::Candidate& candidate : summary.candidates) {
    candidates.push_back({{"family", candidate.family},
                          {"feature_set", candidate.feature_set},
                          {"median_log_error", candidate.median_log_error}});
  }
  return {{"family", summary.family},
          {"feature_set", summary.feature_set},
          {"n", summary.n},
          {"candidates", std::move(candidates)},
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

Json TransferJson(const std::string& known_device, const regression::Transfer& transfer) {
  Json candidates = Json::array();
  for (const regression::TransferCandidate& candidate : transfer.candidates) {
    candidates.push_back({{"method", regression::Name(candidate.method)},
                          {"strength", candidate.strength},
                          {"error", candidate.error},
                          {"unseen", AccuracyJson(candidate.unseen)}});
  }
  return {{"known_device", known_device},
          {"method", regression::Name(transfer.method)},
          {"scale", transfer.scale},
          {"strength", transfer.strength},
          {"expected_error", transfer.expected_error},
          {"candidates", std::move(candidates)}};
}

Json StalenessJson(const regression::Staleness& staleness) {
  return {{"stale", staleness.stale},
          {"probes", staleness.probes},
          {"witnesses", staleness.witnesses},
          {"ratio", staleness.ratio},
          {"sigmas", staleness.sigmas},
          {"outside", staleness.outside},
          {"chance", staleness.chance},
          {"thresholds",
           {{"factor", regression::kStaleFactor},
            {"sigmas", regression::kStaleSigmas},
            {"chance", regression::kStaleChance}}}};
}

std::string FitJson(const regression::PointsFile& file, const regression::FitSummary& summary,
                    const regression::DeviceProfile& profile, const FitHistory& history) {
  Json out = {
      {"schema_version", kJsonSchemaVersion},
      {"points", {{"used", file.points.size()}, {"skipped", file.skipped}, {"notes", file.notes}}},
      {"summary", SummaryJson(summary)},
      {"profile", Json::parse(regression::FormatProfile(profile), nullptr, false)}};
  if (history.transfer) out["transfer"] = TransferJson(history.known_device, *history.transfer);
  if (history.staleness) {
    out["added"] = {{"points", history.added}, {"staleness", StalenessJson(*history.staleness)}};
  }
  return JsonText(out);
}

}  // namespace latcast::cli
