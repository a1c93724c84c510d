// One row a layer, as a framed table, plain columns, Markdown or CSV.
#ifndef LATCAST_ANALYZER_REPORT_TABLE_WRITER_H_
#define LATCAST_ANALYZER_REPORT_TABLE_WRITER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "analyzer/report/report.h"
#include "base/text_table.h"

namespace latcast::report {

struct TableOptions {
  TableStyle style = TableStyle::kPsql;
  size_t top = 0;  // only so many rows, the costliest first; 0: all, in execution order
};

// Numbers are readable ones, except in CSV, where they are exact; there, what nobody knows is
// empty, elsewhere it is "?". Where the report shows training, backward MACs and what is kept for
// the backward pass have columns; the latency has one where the report has latencies.
std::string LayerTable(const AnalysisReport& report, const TableOptions& options = {});

// Rows of the `top` costliest layers: by latency where the report has it, else by MACs.
std::vector<size_t> CostliestLayers(const AnalysisReport& report, size_t top);

}  // namespace latcast::report

#endif  // LATCAST_ANALYZER_REPORT_TABLE_WRITER_H_
