// Graph -> AnalysisReport.
#ifndef LATCAST_ANALYZER_REPORT_REPORT_BUILDER_H_
#define LATCAST_ANALYZER_REPORT_REPORT_BUILDER_H_

#include "absl/status/statusor.h"
#include "analyzer/cost/rules.h"
#include "analyzer/graph/graph.h"
#include "analyzer/memory/memory.h"
#include "analyzer/report/report.h"

namespace latcast::report {

struct AnalyzeOptions {
  const cost::Rules* rules = nullptr;  // the user's own counts, before the built-in ones
  bool training = false;               // AnalysisReport::training
  memory::MemoryOptions memory = {};
};

// The report of a verified graph with known shapes, named after the graph. Fails as ComputeCost
// and AnalyzeMemory do; operators nobody knows make it partial.
absl::StatusOr<AnalysisReport> Analyze(const graph::Graph& graph,
                                       const AnalyzeOptions& options = {});

}  // namespace latcast::report

#endif  // LATCAST_ANALYZER_REPORT_REPORT_BUILDER_H_
