#include "clients/cli/lookup_table.h"

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/str_cat.h"
#include "analyzer/blocks/block_library.h"
#include "analyzer/ops/infer.h"
#include "base/csv.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "base/units.h"
#include "regression/predict.h"

namespace latcast::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kInterval = 0.9;
// Of the normal distribution: 90 % lie within so many deviations, and a deviation is so many MADs.
constexpr double kDeviationsOfInterval = 1.6449;
constexpr double kDeviationsOfMad = 1.4826;

// The spec with every parameter, as measurements and cells may write it differently.
std::string Canonical(const std::string& spec) {
  const absl::StatusOr<blocks::BlockSpec> parsed = blocks::ParseBlockSpec(spec);
  return parsed.ok() ? parsed->ToString() : spec;
}

// Blocks are float32; the profile may not be.
absl::StatusOr<graph::Graph> InPrecision(graph::Graph graph, std::string_view precision) {
  for (const graph::DType dtype :
       {graph::DType::kFloat16, graph::DType::kBFloat16, graph::DType::kFloat64}) {
    if (graph::Name(dtype) == precision) return ops::WithInputs(std::move(graph), {.dtype = dtype});
  }
  return graph;
}

absl::Status Forecast(const LatencyProfile& profile, LookupEntry& entry) {
  ASSIGN_OR_RETURN(graph::Graph block, blocks::BuildBlock(entry.cell.spec));
  ASSIGN_OR_RETURN(const graph::Graph graph,
                   InPrecision(std::move(block), profile.model.mode.precision));
  ASSIGN_OR_RETURN(const features::GraphFeatures features, FeaturesFor(graph, profile.model));
  const regression::Prediction prediction =
      regression::Predict(features.total, profile.model, {.interval_level = kInterval});
  entry.source = LookupSource::kForecast;
  entry.latency_ms = prediction.latency_ms;
  entry.std_ms = (prediction.upper_ms - prediction.lower_ms) / (2.0 * kDeviationsOfInterval);
  entry.out_of_domain = prediction.out_of_domain;
  return absl::OkStatus();
}

std::string_view Name(LookupSource source) {
  switch (source) {
    case LookupSource::kNothing:
      return "nothing";
    case LookupSource::kMeasured:
      return "measured";
    case LookupSource::kForecast:
      return "forecast";
  }
  return "";
}

}  // namespace

absl::StatusOr<LookupTable> MakeLookupTable(const blocks::SearchSpace& space,
                                            const blocks::SpaceInput& input,
                                            const std::optional<LatencyProfile>& profile,
                                            std::span<const regression::Point> measured) {
  std::map<std::string, const regression::Point*> by_spec;
  for (const regression::Point& point : measured) by_spec[Canonical(point.spec)] = &point;
  LookupTable table = {std::string(space.name), input, {}};
  for (blocks::SpaceCell& cell : space.cells(input)) {
    LookupEntry& entry = table.entries.emplace_back();
    entry.cell = std::move(cell);
    if (entry.cell.spec.empty()) continue;
    if (const auto it = by_spec.find(Canonical(entry.cell.spec)); it != by_spec.end()) {
      entry.source = LookupSource::kMeasured;
      entry.latency_ms = it->second->latency_ms;
      entry.std_ms = kDeviationsOfMad * it->second->mad_ms;
    } else if (profile) {
      RETURN_IF_ERROR(Annotate(Forecast(*profile, entry), entry.cell.spec));
    } else {
      return absl::NotFoundError(
          absl::StrCat(entry.cell.spec, ": not measured, and no profile to forecast it"));
    }
  }
  return table;
}

std::string OfaTable(const LookupTable& table) {
  Json out = Json::object();
  for (const LookupEntry& entry : table.entries) {
    out[entry.cell.key] = {{"count", entry.source == LookupSource::kMeasured ? 1 : 0},
                           {"mean", entry.latency_ms},
                           {"std", entry.std_ms}};
  }
  return out.dump(1) + "\n";
}

std::string FbnetTable(const LookupTable& table) {
  constexpr double kMicroseconds = 1e3;
  std::string names;
  std::string rows;
  for (size_t i = 0; i < table.entries.size(); ++i) {
    const LookupEntry& entry = table.entries[i];
    const bool first_layer = entry.cell.place == table.entries.front().cell.place;
    const bool new_layer = i == 0 || entry.cell.place != table.entries[i - 1].cell.place;
    if (first_layer) absl::StrAppend(&names, i == 0 ? "" : " ", entry.cell.key);
    absl::StrAppend(&rows, new_layer ? "\n" : " ", FormatExact(kMicroseconds * entry.latency_ms));
  }
  return names + rows + "\n";
}

std::string LookupCsv(const LookupTable& table) {
  CsvTable csv;
  csv.header = {"space", "resolution", "batch",  "place",  "key",
                "spec",  "latency_ms", "std_ms", "source", "out_of_domain"};
  for (const LookupEntry& entry : table.entries) {
    csv.rows.push_back({0,
                        {table.space, absl::StrCat(table.input.resolution),
                         absl::StrCat(table.input.batch), entry.cell.place, entry.cell.key,
                         entry.cell.spec, FormatExact(entry.latency_ms), FormatExact(entry.std_ms),
                         std::string(Name(entry.source)), entry.out_of_domain ? "1" : "0"}});
  }
  return FormatCsv(csv);
}

absl::StatusOr<std::vector<TableFile>> ForecastTables(const LatencyProfile& profile) {
  std::vector<TableFile> files;
  for (const blocks::SearchSpace& space : blocks::BuiltinSearchSpaces()) {
    ASSIGN_OR_RETURN(const LookupTable table, MakeLookupTable(space, {}, profile, {}));
    const bool is_ofa = space.name == "ofa";
    files.push_back({absl::StrCat(ToAbsl(space.name), "_", table.input.resolution, "_lookup_table.",
                                  is_ofa ? "json" : "txt"),
                     is_ofa ? OfaTable(table) : FbnetTable(table)});
  }
  return files;
}

std::string LookupPlan(const blocks::SearchSpace& space, const blocks::SpaceInput& input) {
  Json items = Json::array();
  std::set<std::string> specs;
  for (const blocks::SpaceCell& cell : space.cells(input)) {
    const std::string spec = Canonical(cell.spec);
    if (spec.empty() || !specs.insert(spec).second) continue;
    items.push_back({{"spec", spec}, {"group", ToAbsl(space.name)}});
  }
  const Json plan = {{"version", 1},
                     {"settings",
                      {{"plan", absl::StrCat("space ", ToAbsl(space.name))},
                       {"resolution", absl::StrCat(input.resolution)},
                       {"batch", absl::StrCat(input.batch)}}},
                     {"items", std::move(items)}};
  return plan.dump(1) + "\n";
}

}  // namespace latcast::cli
