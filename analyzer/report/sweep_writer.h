// One network at several batches, input sizes and types: one row a combination, with its totals.
#ifndef LATCAST_ANALYZER_REPORT_SWEEP_WRITER_H_
#define LATCAST_ANALYZER_REPORT_SWEEP_WRITER_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "analyzer/graph/graph.h"
#include "analyzer/report/columns.h"
#include "analyzer/report/report.h"
#include "base/text_table.h"

namespace latcast::report {

struct SweepRow {
  // What was asked for; empty or absent where the network's own was kept.
  std::vector<graph::Shape> inputs;
  std::optional<int64_t> batch;
  std::optional<graph::DType> dtype;
  // Of the network at these inputs, or why there is none.
  absl::Status status;
  AnalysisReport report;
};

struct SweepOptions {
  TableStyle style = TableStyle::kPlain;
  std::vector<const Column*> columns = {};  // empty: what grows with the input
  std::optional<Units> units = {};          // absent: raw in CSV, else clever
};

// In CSV the last column says what is wrong with a combination; elsewhere it stands below.
std::string SweepTable(const std::vector<SweepRow>& rows, const SweepOptions& options = {});

// {schema_version, model, rows[]}: shapes, type, status "complete", "partial" or "failed", an error
// or the totals.
std::string SweepJson(const std::string& model, const std::vector<SweepRow>& rows);

}  // namespace latcast::report

#endif  // LATCAST_ANALYZER_REPORT_SWEEP_WRITER_H_
