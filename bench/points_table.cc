#include "bench/points_table.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/csv.h"
#include "base/features.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "base/units.h"
#include "bench/harness/drift.h"
#include "bench/plan/candidate.h"

namespace latcast::bench {
namespace {

std::string Name(const PlanItem& item) {
  return std::string(absl::StripPrefix(item.spec, "block:"));
}

std::vector<std::string> Header() {
  std::vector<std::string> header = {"name", "spec", "group", "use"};
  for (const std::string_view feature : FeatureNames()) header.emplace_back(feature);
  for (const char* column :
       {"latency_ms", "min_ms", "p5_ms", "p10_ms", "p95_ms", "low_ms", "high_ms", "mad_ms",
        "samples", "outliers", "disturbed", "discarded", "stop", "noise", "slowdown", "outcome"}) {
    header.emplace_back(column);
  }
  return header;
}

std::vector<std::string> Row(const PlanItem& item, const FeatureVector& features,
                             const PointResult& result) {
  std::vector<std::string> row = {Name(item), item.spec, item.group,
                                  item.is_held_out ? "check" : "fit"};
  for (size_t i = 0; i < kFeatureCount; ++i) {
    const Feature feature = static_cast<Feature>(i);
    row.push_back(features.Has(feature) ? FormatExact(features[feature]) : "");
  }
  const Statistics& s = result.statistics;
  const auto measured = [&s](double value) { return s.count == 0 ? "" : FormatExact(value); };
  row.push_back(measured(s.median));
  row.push_back(measured(s.min));
  row.push_back(measured(s.p5));
  row.push_back(measured(s.p10));
  row.push_back(measured(s.p95));
  const std::optional<Interval>& interval = s.median_interval;
  row.push_back(interval.has_value() ? FormatExact(interval->lower) : "");
  row.push_back(interval.has_value() ? FormatExact(interval->upper) : "");
  row.push_back(measured(s.mad));
  row.push_back(absl::StrCat(s.count));
  row.push_back(absl::StrCat(s.outliers));
  row.push_back(absl::StrCat(result.disturbed_runs));
  row.push_back(absl::StrCat(result.discarded_runs));
  row.push_back(result.stop);
  row.push_back(result.noise.has_value() ? FormatExact(*result.noise) : "");
  row.push_back(FormatExact(result.slowdown));
  row.emplace_back(Name(result.outcome));
  return row;
}

}  // namespace

std::map<std::string, std::string> ToModeEntries(const MeasuringMode& mode) {
  return {{"metric", mode.metric},
          {"precision", mode.precision},
          {"execution", mode.execution},
          {"layout", mode.layout},
          {"threads", absl::StrCat(mode.threads)}};
}

absl::StatusOr<MeasuringMode> FromModeEntries(const std::map<std::string, std::string>& entries) {
  MeasuringMode mode;
  std::string threads;
  for (const auto& [name, field] :
       {std::pair("metric", &mode.metric), std::pair("precision", &mode.precision),
        std::pair("execution", &mode.execution), std::pair("layout", &mode.layout),
        std::pair("threads", &threads)}) {
    const auto it = entries.find(name);
    if (it == entries.end()) {
      return absl::InvalidArgumentError(absl::StrCat("mode.", name, ": missing"));
    }
    *field = it->second;
  }
  ASSIGN_OR_RETURN(const int64_t count, Annotate(ParseInt(threads), "mode.threads"));
  if (count < 1) return absl::InvalidArgumentError("mode.threads: less than 1");
  mode.threads = static_cast<int>(count);
  return mode;
}

absl::StatusOr<std::string> FormatPoints(const Plan& plan, std::span<const PointResult> results,
                                         int threads) {
  std::map<std::string_view, const PointResult*> by_id;
  for (const PointResult& result : results) by_id[result.id] = &result;
  CsvTable table;
  table.header = Header();
  std::vector<PlanItem> items = plan.items;
  const auto find = [&plan](const std::string& spec) {
    return std::find_if(plan.items.begin(), plan.items.end(),
                        [&spec](const PlanItem& item) { return item.spec == spec; });
  };
  for (const PointResult& result : results) {
    const auto planned = find(result.instead_of);
    if (planned == plan.items.end() || find(result.id) != plan.items.end()) continue;
    items.push_back({result.id, planned->group, planned->is_held_out});
  }
  for (const PlanItem& item : items) {
    const auto it = by_id.find(item.spec);
    if (it == by_id.end()) continue;
    ASSIGN_OR_RETURN(const Candidate candidate, Examine(item.spec, threads));
    table.rows.push_back({0, Row(item, candidate.features, *it->second)});
  }
  return FormatCsv(table);
}

std::string FormatProvenance(const MeasuringMode& mode,
                             const std::map<std::string, std::string>& provenance) {
  const nlohmann::json object = {{"mode",
                                  {{"metric", mode.metric},
                                   {"precision", mode.precision},
                                   {"execution", mode.execution},
                                   {"layout", mode.layout},
                                   {"threads", mode.threads}}},
                                 {"provenance", provenance}};
  return absl::StrCat(object.dump(1), "\n");
}

absl::StatusOr<std::vector<PointResult>> WritePoints(const JournalHeader& header,
                                                     std::span<const Visit> visits,
                                                     const std::string& path) {
  ASSIGN_OR_RETURN(const Plan plan, Annotate(ParsePlan(header.plan), "plan of the journal"));
  ASSIGN_OR_RETURN(const MeasuringMode mode,
                   Annotate(FromModeEntries(header.mode), "mode of the journal"));
  const std::vector<PointResult> results = MergeAll(visits);
  ASSIGN_OR_RETURN(const std::string points, FormatPoints(plan, results, mode.threads));
  std::map<std::string, std::string> provenance = header.provenance;
  provenance.insert(header.settings.begin(), header.settings.end());
  provenance.insert(header.mode.begin(), header.mode.end());
  if (const std::optional<double> floor = NoiseFloor(results); floor.has_value()) {
    provenance["noise_floor"] = FormatExact(*floor);
  }
  if (const Drift drift = FindDrift(visits); drift.probes > 0) {
    provenance["probes"] = absl::StrCat(drift.probes);
    provenance["probe_ms"] = FormatExact(drift.reference_ms);
    provenance["largest_drift"] = FormatExact(drift.largest);
    provenance["drifted_visits"] = absl::StrCat(drift.Drifted());
  }
  RETURN_IF_ERROR(WriteFileAtomically(path, points));
  RETURN_IF_ERROR(
      WriteFileAtomically(path + ".provenance.json", FormatProvenance(mode, provenance)));
  return results;
}

}  // namespace latcast::bench
