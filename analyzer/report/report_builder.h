// Graph -> AnalysisReport.
#ifndef LATCAST_ANALYZER_REPORT_REPORT_BUILDER_H_
#define LATCAST_ANALYZER_REPORT_REPORT_BUILDER_H_

#include "absl/status/statusor.h"
#include "analyzer/graph/graph.h"
#include "analyzer/report/report.h"

namespace latcast::report {

// The report of a verified graph with known shapes, named after the graph. Fails as ComputeCost
// does; operators nobody knows make it partial.
absl::StatusOr<AnalysisReport> Analyze(const graph::Graph& graph);

}  // namespace latcast::report

#endif  // LATCAST_ANALYZER_REPORT_REPORT_BUILDER_H_
