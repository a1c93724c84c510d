#include "clients/cli/timed_report.h"

#include <optional>
#include <string>

#include "base/status_macros.h"
#include "clients/cli/exit_status.h"

namespace latcast::cli {

absl::StatusOr<report::AnalysisReport> TimedReport(const graph::Graph& graph,
                                                   std::string_view model,
                                                   const report::AnalyzeOptions& analysis,
                                                   const LatencyFlags& latency) {
  ASSIGN_OR_RETURN(report::AnalysisReport report, At(report::Analyze(graph, analysis), model));
  report.model = std::string(model);
  const cost::Rules none;
  const cost::Rules& rules = analysis.rules != nullptr ? *analysis.rules : none;
  ASSIGN_OR_RETURN(const std::optional<LayerLatencies> latencies,
                   At(FindLatencies(graph, latency, rules), model));
  if (latencies) {
    RETURN_IF_ERROR(report::SetLatencies(report, latencies->layer_ms, latencies->whole_ms));
    report.is_measured = latencies->is_measured;
  }
  return report;
}

}  // namespace latcast::cli
