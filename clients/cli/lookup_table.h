// Latencies of every cell of a search space, in the forms that searches read.
#ifndef LATCAST_CLIENTS_CLI_LOOKUP_TABLE_H_
#define LATCAST_CLIENTS_CLI_LOOKUP_TABLE_H_

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "analyzer/blocks/search_space.h"
#include "clients/cli/latency_profile.h"
#include "regression/points.h"

namespace latcast::cli {

// Where the latency of a cell comes from.
enum class LookupSource { kNothing, kMeasured, kForecast };

struct LookupEntry {
  blocks::SpaceCell cell;
  LookupSource source = LookupSource::kNothing;  // nothing runs: zero
  double latency_ms = 0.0;
  double std_ms = 0.0;  // of a forecast: from its 90 % interval; of a measurement: from its MAD
  bool out_of_domain = false;
};

struct LookupTable {
  std::string space;
  blocks::SpaceInput input;
  std::vector<LookupEntry> entries;
};

// A cell that `measured` holds takes its latency, any other the profile's forecast. NOT_FOUND
// naming the first cell that neither knows.
absl::StatusOr<LookupTable> MakeLookupTable(const blocks::SearchSpace& space,
                                            const blocks::SpaceInput& input,
                                            const std::optional<LatencyProfile>& profile,
                                            std::span<const regression::Point> measured);

// {"KEY": {"count": 1, "mean": ms, "std": ms}, ...}: JSON, which is YAML too. count is 1 for a
// measurement and 0 for a forecast.
std::string OfaTable(const LookupTable& table);
// One line of names, then one line a layer: microseconds.
std::string FbnetTable(const LookupTable& table);
// space, resolution, batch, place, key, spec, latency_ms, std_ms, source, out_of_domain.
std::string LookupCsv(const LookupTable& table);

struct TableFile {
  std::string name;  // "ofa_224_lookup_table.json"
  std::string content;
};
// The forecast table of every space in its own form, for one image of 224 x 224.
absl::StatusOr<std::vector<TableFile>> ForecastTables(const LatencyProfile& profile);

// The plan that measures every cell once: latcast-bench run --plan FILE.
std::string LookupPlan(const blocks::SearchSpace& space, const blocks::SpaceInput& input);

}  // namespace latcast::cli

#endif  // LATCAST_CLIENTS_CLI_LOOKUP_TABLE_H_
