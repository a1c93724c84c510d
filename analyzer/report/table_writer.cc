#include "analyzer/report/table_writer.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "analyzer/report/rows.h"

namespace latcast::report {
namespace {

std::vector<Row> Rows(const AnalysisReport& report, const TableOptions& options) {
  switch (options.by) {
    case GroupBy::kLayer:
      return LayerRows(report);
    case GroupBy::kModule:
      return PartRows(report, options.depth);
    case GroupBy::kOp:
      return OpRows(report);
  }
  return {};
}

const char* NameTitle(GroupBy by) {
  switch (by) {
    case GroupBy::kLayer:
      return "layer";
    case GroupBy::kModule:
      return "module";
    case GroupBy::kOp:
      return "op";
  }
  return "";
}

std::vector<std::string> DefaultNames(GroupBy by, TableStyle style) {
  if (by == GroupBy::kOp) {
    return {"calls", "params",     "macs",          "macs_share",
            "flops", "bytes_read", "bytes_written", "kernels"};
  }
  if (by == GroupBy::kModule) {
    return {"class",      "output", "params",     "macs",
            "macs_share", "flops",  "bytes_read", "bytes_written"};
  }
  std::vector<std::string> names = {"class", "op",    "output",     "params",
                                    "macs",  "flops", "bytes_read", "bytes_written"};
  if (style == TableStyle::kCsv) {
    names.insert(names.end(), {"kernels", "live_bytes", "trainable", "frozen", "dmas",
                               "activations", "intensity", "rf", "rf_stride", "rf_padding"});
  }
  return names;
}

std::vector<const Column*> DefaultColumns(const AnalysisReport& report,
                                          const TableOptions& options) {
  std::vector<std::string> names = DefaultNames(options.by, options.style);
  if (report.training) names.insert(names.end(), {"backward_macs", "saved_bytes"});
  if (report.latency_ms) names.emplace_back("latency_ms");
  if (report.latency_ms && options.by != GroupBy::kLayer) names.emplace_back("latency_share");
  std::vector<const Column*> columns = FindColumns(names).value();
  // Where all numbers are shares, these would say it twice.
  if (options.units == Units::kRatio) {
    std::erase_if(columns, [](const Column* c) { return c->quantity == Quantity::kShare; });
  }
  return columns;
}

}  // namespace

std::vector<Row> LargestRows(const AnalysisReport& report, std::vector<Row> rows, size_t top,
                             const Column* column) {
  const CellWriter cells(report, Units::kRaw, /*for_programs=*/true);
  const Column& latency = GetColumn("latency_ms");
  const Column& macs = GetColumn("macs");
  std::vector<std::pair<double, double>> keys;
  for (const Row& row : rows) {
    constexpr double kUnknown = -std::numeric_limits<double>::infinity();
    keys.emplace_back(cells.Value(column != nullptr ? *column : latency, row).value_or(kUnknown),
                      column != nullptr ? 0.0 : cells.Value(macs, row).value_or(kUnknown));
  }
  std::vector<size_t> order(rows.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, [&keys](size_t a, size_t b) { return keys[a] > keys[b]; });
  if (top > 0 && top < order.size()) order.resize(top);
  std::vector<Row> largest;
  for (const size_t i : order) largest.push_back(std::move(rows[i]));
  return largest;
}

std::string CostTable(const AnalysisReport& report, const TableOptions& options) {
  const bool csv = options.style == TableStyle::kCsv;
  const CellWriter cells(report, options.units.value_or(csv ? Units::kRaw : Units::kClever), csv);
  std::vector<const Column*> columns = options.columns;
  if (columns.empty()) {
    columns = DefaultColumns(report, options);
    const bool shown = options.sort == nullptr || std::ranges::count(columns, options.sort) > 0;
    if (!shown) columns.push_back(options.sort);
  }

  std::vector<TableColumn> titles = {{NameTitle(options.by)}};
  for (size_t i = 0; i < columns.size(); ++i) {
    titles.push_back({cells.Title(*columns[i], i > 0 ? columns[i - 1] : nullptr),
                      columns[i]->quantity == Quantity::kText ? Align::kLeft : Align::kRight});
  }
  std::vector<Row> rows = Rows(report, options);
  if (options.top > 0 || options.sort != nullptr) {
    rows = LargestRows(report, std::move(rows), options.top, options.sort);
  }
  TextTable table(titles);
  for (const Row& row : rows) {
    std::vector<std::string> line = {row.name};
    for (const Column* column : columns) line.push_back(cells.Text(*column, row));
    table.AddRow(std::move(line));
  }
  return table.Render(options.style);
}

}  // namespace latcast::report
