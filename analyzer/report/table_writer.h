// One row a layer, a part of the network or an operator type, as a framed table, plain columns,
// Markdown or CSV.
#ifndef LATCAST_ANALYZER_REPORT_TABLE_WRITER_H_
#define LATCAST_ANALYZER_REPORT_TABLE_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/report/columns.h"
#include "analyzer/report/report.h"
#include "base/text_table.h"

namespace latcast::report {

enum class GroupBy : uint8_t { kLayer, kModule, kOp };

struct TableOptions {
  TableStyle style = TableStyle::kPsql;
  std::optional<Units> units = {};  // absent: raw in CSV, else clever
  std::vector<const Column*> columns =
      {};  // beside the name; empty: what the rows are asked for most
  GroupBy by = GroupBy::kLayer;
  int depth = 0;                 // kModule: cut to this depth; 0: all
  size_t top = 0;                // only so many rows, the largest first; 0: all, in order
  const Column* sort = nullptr;  // what the rows are sorted by; absent: only under `top`, by
                                 // latency where there is one, else by MACs
};

// In CSV shares are fractions and what nobody knows is empty, elsewhere that is "?".
std::string CostTable(const AnalysisReport& report, const TableOptions& options = {});

// The `top` rows (0: all) with the largest value in that column, or without one by latency where
// the rows have it, else by MACs; ties in their order. What nobody knows comes last.
std::vector<Row> LargestRows(const AnalysisReport& report, std::vector<Row> rows, size_t top,
                             const Column* column = nullptr);

}  // namespace latcast::report

#endif  // LATCAST_ANALYZER_REPORT_TABLE_WRITER_H_
