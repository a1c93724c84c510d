#include "analyzer/report/sweep_writer.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "analyzer/report/json_text.h"
#include "analyzer/report/rows.h"

namespace latcast::report {
namespace {

using Json = nlohmann::ordered_json;

// The network's totals as a row.
Row Whole(const AnalysisReport& report) {
  Row row = ModuleToRow(report, report.modules.front());
  row.latency_ms = report.latency_ms;
  return row;
}

std::vector<graph::Shape> Shapes(const SweepRow& row) {
  if (!row.status.ok()) return row.inputs;
  std::vector<graph::Shape> shapes;
  for (const InputRow& input : row.report.inputs) shapes.push_back(input.shape);
  return shapes;
}

std::string BatchText(const SweepRow& row) {
  if (row.batch) return absl::StrCat(*row.batch);
  const std::vector<graph::Shape> shapes = Shapes(row);
  return shapes.empty() || shapes.front().empty() ? "" : absl::StrCat(shapes.front().front());
}

std::string TypeText(const SweepRow& row) {
  if (row.dtype) return std::string(graph::Name(*row.dtype));
  const bool known = row.status.ok() && !row.report.inputs.empty();
  return known ? std::string(graph::Name(row.report.inputs.front().dtype)) : "";
}

bool AnyLatency(const std::vector<SweepRow>& rows) {
  return std::ranges::any_of(
      rows, [](const SweepRow& row) { return row.status.ok() && row.report.latency_ms; });
}

std::vector<const Column*> DefaultColumns(bool csv, bool latency) {
  std::vector<std::string> names = {"params",      "macs",       "flops",    "bytes",
                                    "activations", "live_bytes", "intensity"};
  if (csv) {
    names = {"params", "param_bytes", "macs",    "flops",      "bytes_read", "bytes_written",
             "dmas",   "activations", "kernels", "live_bytes", "intensity"};
  }
  if (latency) names.emplace_back("latency_ms");
  return FindColumns(names).value();
}

}  // namespace

std::string SweepTable(const std::vector<SweepRow>& rows, const SweepOptions& options) {
  const bool csv = options.style == TableStyle::kCsv;
  const Units units = options.units.value_or(csv ? Units::kRaw : Units::kClever);
  std::vector<const Column*> columns = options.columns;
  if (columns.empty()) columns = DefaultColumns(csv, AnyLatency(rows));

  std::vector<TableColumn> titles = {{"batch", Align::kRight}, {"input"}, {"dtype"}};
  const CellWriter title_writer({}, units, csv);
  for (size_t i = 0; i < columns.size(); ++i) {
    titles.push_back({title_writer.Title(*columns[i], i > 0 ? columns[i - 1] : nullptr),
                      columns[i]->quantity == Quantity::kText ? Align::kLeft : Align::kRight});
  }
  if (csv) titles.push_back({"error"});
  TextTable table(titles);
  std::string errors;
  for (const SweepRow& row : rows) {
    std::vector<std::string> line = {BatchText(row), DisplayShapes(Shapes(row)), TypeText(row)};
    if (row.status.ok()) {
      const CellWriter cells(row.report, units, csv);
      const Row whole = Whole(row.report);
      for (const Column* column : columns) line.push_back(cells.Text(*column, whole));
    } else if (csv) {
      line.resize(3 + columns.size());
      line.emplace_back(row.status.message());
    } else {
      line.resize(3 + columns.size(), "-");
      absl::StrAppend(&errors, absl::StrJoin({line[0], line[1], line[2]}, " "), ": ",
                      row.status.message(), "\n");
    }
    table.AddRow(std::move(line));
  }
  return absl::StrCat(table.Render(options.style), errors.empty() ? "" : "\n", errors);
}

std::string SweepJson(const std::string& model, const std::vector<SweepRow>& rows) {
  Json list = Json::array();
  for (const SweepRow& row : rows) {
    Json out = {{"batch", row.batch ? Json(*row.batch) : Json(nullptr)},
                {"inputs", Shapes(row)},
                {"dtype", TypeText(row).empty() ? Json(nullptr) : Json(TypeText(row))}};
    out["status"] = !row.status.ok() ? "failed" : row.report.partial() ? "partial" : "complete";
    out["error"] = row.status.ok() ? Json(nullptr) : Json(row.status.message());
    if (row.status.ok()) {
      const Row whole = Whole(row.report);
      for (const Column* column : DefaultColumns(/*csv=*/true, AnyLatency(rows))) {
        const Cell cell = column->cell(whole);
        Json& value = out[std::string(column->name)];
        if (const auto* count = std::get_if<int64_t>(&cell)) value = *count;
        if (const auto* number = std::get_if<double>(&cell)) value = *number;
      }
    }
    list.push_back(std::move(out));
  }
  return TextOfRows(
      {{"schema_version", kReportSchemaVersion}, {"model", model}, {"rows", std::move(list)}});
}

}  // namespace latcast::report
