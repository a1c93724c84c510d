// The report of a graph with the latencies its user asked for.
#ifndef LATCAST_CLIENTS_CLI_TIMED_REPORT_H_
#define LATCAST_CLIENTS_CLI_TIMED_REPORT_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "analyzer/graph/graph.h"
#include "analyzer/report/report_builder.h"
#include "clients/cli/layer_latencies.h"

namespace latcast::cli {

// Named after the model; errors name it. Fails as report::Analyze and FindLatencies do.
absl::StatusOr<report::AnalysisReport> TimedReport(const graph::Graph& graph,
                                                   std::string_view model,
                                                   const report::AnalyzeOptions& analysis,
                                                   const LatencyFlags& latency);

}  // namespace latcast::cli

#endif  // LATCAST_CLIENTS_CLI_TIMED_REPORT_H_
