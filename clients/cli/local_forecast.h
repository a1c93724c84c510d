// Forecasts by a profile file, in this process.
#ifndef LATCAST_CLIENTS_CLI_LOCAL_FORECAST_H_
#define LATCAST_CLIENTS_CLI_LOCAL_FORECAST_H_

#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "analyzer/graph/graph.h"
#include "clients/cli/forecast.h"
#include "clients/cli/latency_profile.h"
#include "regression/points.h"

namespace latcast::cli {

// A model as asked for: its name and its graph.
struct NamedGraph {
  std::string name;
  graph::Graph graph;
};

struct ForecastOptions {
  double interval_level = 0.9;
  int parts_depth = 0;  // 0: no parts
  bool terms = false;   // shown in tables and CSV
};

ForecastSource SourceOf(const LatencyProfile& profile);

// Errors name the model or the point.
absl::StatusOr<ForecastSet> ForecastGraphs(std::span<const NamedGraph> graphs,
                                           const LatencyProfile& profile,
                                           const ForecastOptions& options);
absl::StatusOr<ForecastSet> ForecastPoints(std::span<const regression::Point> points,
                                           const LatencyProfile& profile,
                                           const ForecastOptions& options);

}  // namespace latcast::cli

#endif  // LATCAST_CLIENTS_CLI_LOCAL_FORECAST_H_
