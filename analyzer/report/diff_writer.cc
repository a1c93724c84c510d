#include "analyzer/report/diff_writer.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "analyzer/report/columns.h"
#include "analyzer/report/json_text.h"
#include "analyzer/report/rows.h"
#include "base/text.h"
#include "base/units.h"

namespace latcast::report {
namespace {

using Json = nlohmann::ordered_json;
using insight::Change;

constexpr Change kChanges[] = {Change::kSame, Change::kRenamed, Change::kChanged, Change::kAdded,
                               Change::kRemoved};

// One thing in both networks; absent where only the other has it.
struct Pair {
  std::optional<Row> before;
  std::optional<Row> after;
};

class Diff {
 public:
  explicit Diff(const Comparison& comparison)
      : comparison_(comparison),
        has_latency_(comparison.before.latency_ms.has_value() &&
                     comparison.after.latency_ms.has_value()) {}

  const AnalysisReport& before() const { return comparison_.before; }
  const AnalysisReport& after() const { return comparison_.after; }

  std::vector<const Column*> TotalColumns() const {
    return Found({"params", "trainable", "buffers", "macs", "flops", "bytes_read", "bytes_written",
                  "dmas", "activations", "kernels", "live_bytes"});
  }
  std::vector<const Column*> OpColumns() const { return Found({"calls", "params", "macs"}); }
  std::vector<const Column*> LayerColumns() const { return Found({"params", "macs"}); }

  Pair Totals() const { return {Whole(before()), Whole(after())}; }

  // By operator type: those with the largest change of MACs first.
  std::vector<std::pair<std::string, Pair>> Ops() const {
    std::map<std::string, Pair> by_op;
    for (Row& row : OpRows(before())) by_op[row.op].before = row;
    for (Row& row : OpRows(after())) by_op[row.op].after = row;
    std::vector<std::pair<std::string, Pair>> ops(by_op.begin(), by_op.end());
    const auto change = [](const auto& op) {
      const double delta = Delta(GetColumn("macs"), op.second).value_or(0.0);
      return delta < 0 ? -delta : delta;
    };
    std::ranges::stable_sort(ops, std::greater(), change);
    return ops;
  }

  Pair Layer(const insight::LayerPair& pair) const {
    Pair rows;
    if (pair.before) rows.before = LayerToRow(before(), before().layers[*pair.before]);
    if (pair.after) rows.after = LayerToRow(after(), after().layers[*pair.after]);
    return rows;
  }

  int Count(Change change) const {
    return static_cast<int>(
        std::ranges::count(comparison_.layers, change, &insight::LayerPair::change));
  }

  // Nothing where nobody knows; what a network does not have counts as nothing of it.
  static std::optional<double> Value(const Column& column, const std::optional<Row>& row) {
    if (!row) return 0.0;
    const Cell cell = column.cell(*row);
    if (const auto* whole = std::get_if<int64_t>(&cell)) return static_cast<double>(*whole);
    if (const auto* number = std::get_if<double>(&cell)) return *number;
    return std::nullopt;
  }
  static std::optional<double> Delta(const Column& column, const Pair& pair) {
    const std::optional<double> a = Value(column, pair.before);
    const std::optional<double> b = Value(column, pair.after);
    // Between lower bounds anything may lie.
    if ((pair.before && IsBound(column, *pair.before)) ||
        (pair.after && IsBound(column, *pair.after))) {
      return std::nullopt;
    }
    return a && b ? std::optional<double>(*b - *a) : std::nullopt;
  }

 private:
  std::vector<const Column*> Found(std::vector<std::string> names) const {
    if (has_latency_) names.emplace_back("latency_ms");
    return FindColumns(names).value();
  }

  static Row Whole(const AnalysisReport& report) {
    Row row = ModuleToRow(report, report.modules.front());
    row.latency_ms = report.latency_ms;
    return row;
  }

  const Comparison& comparison_;
  const bool has_latency_;
};

// --- text ---

std::string Side(const Column& column, const std::optional<Row>& row) {
  if (!row) return "";
  const std::optional<double> value = Diff::Value(column, row);
  if (!value) return "?";
  return absl::StrCat(IsBound(column, *row) ? ">= " : "", QuantityText(column.quantity, *value));
}

std::string DeltaText(const Column& column, const Pair& pair) {
  const std::optional<double> delta = Diff::Delta(column, pair);
  if (!delta) return "?";
  if (*delta == 0.0) return "";
  return absl::StrCat(*delta > 0 ? "+" : "", QuantityText(column.quantity, *delta));
}

std::string RatioText(const Column& column, const Pair& pair) {
  const std::optional<double> a = Diff::Value(column, pair.before);
  const std::optional<double> delta = Diff::Delta(column, pair);
  if (!a || !delta || *a == 0.0 || *delta == 0.0) return "";
  return absl::StrFormat("%+.1f %%", 100.0 * *delta / *a);
}

std::string TotalsTable(const Diff& diff, TableStyle style) {
  TextTable table({{"total"},
                   {diff.before().model, Align::kRight},
                   {diff.after().model, Align::kRight},
                   {"change", Align::kRight},
                   {"", Align::kRight}});
  const Pair pair = diff.Totals();
  for (const Column* column : diff.TotalColumns()) {
    table.AddRow({std::string(column->title), Side(*column, pair.before), Side(*column, pair.after),
                  DeltaText(*column, pair), RatioText(*column, pair)});
  }
  return table.Render(style);
}

std::vector<TableColumn> SideTitles(std::vector<TableColumn> titles,
                                    const std::vector<const Column*>& columns) {
  for (const Column* column : columns) {
    titles.push_back({absl::StrCat(ToAbsl(column->title), " A"), Align::kRight});
    titles.push_back({absl::StrCat(ToAbsl(column->title), " B"), Align::kRight});
  }
  return titles;
}

void AddSides(const Pair& pair, const std::vector<const Column*>& columns,
              std::vector<std::string>& line) {
  for (const Column* column : columns) {
    line.push_back(Side(*column, pair.before));
    line.push_back(Side(*column, pair.after));
  }
}

std::string OpsTable(const Diff& diff, TableStyle style) {
  const std::vector<const Column*> columns = diff.OpColumns();
  TextTable table(SideTitles({{"op"}}, columns));
  for (const auto& [op, pair] : diff.Ops()) {
    std::vector<std::string> line = {op};
    AddSides(pair, columns, line);
    table.AddRow(std::move(line));
  }
  return table.Render(style);
}

// "old -> new" where the two differ.
std::string Both(const std::string& before, const std::string& after) {
  return before == after ? after : absl::StrCat(before, " -> ", after);
}

template <typename Text>
std::string Both(const Pair& pair, Text text) {
  if (!pair.before) return text(*pair.after);
  return pair.after ? Both(text(*pair.before), text(*pair.after)) : text(*pair.before);
}

std::string LayersTable(const Diff& diff, const Comparison& comparison,
                        const DiffTextOptions& options) {
  const std::vector<const Column*> columns = diff.LayerColumns();
  TextTable table(SideTitles({{"change"}, {"layer"}, {"op"}, {"output"}}, columns));
  for (const insight::LayerPair& layer : comparison.layers) {
    if (layer.change == Change::kSame && !options.all_layers) continue;
    const Pair pair = diff.Layer(layer);
    std::vector<std::string> line = {
        std::string(Name(layer.change)), Both(pair, [](const Row& row) { return row.name; }),
        Both(pair, [](const Row& row) { return row.op; }),
        Both(pair, [](const Row& row) { return DisplayShapes(row.output_shapes); })};
    AddSides(pair, columns, line);
    table.AddRow(std::move(line));
  }
  return table.row_count() > 0 ? table.Render(options.style) : "";
}

std::string SummaryLine(const Diff& diff) {
  std::vector<std::string> parts;
  for (const Change change : kChanges) {
    if (diff.Count(change) == 0) continue;
    parts.push_back(absl::StrCat(diff.Count(change), " ", ToAbsl(Name(change))));
  }
  return absl::StrCat("layers: ", parts.empty() ? "none" : absl::StrJoin(parts, ", "), "\n");
}

// --- JSON ---

Json NumberJson(const Column& column, std::optional<double> value) {
  if (!value) return nullptr;
  return column.quantity == Quantity::kLatency ? Json(*value) : Json(static_cast<int64_t>(*value));
}

Json Numbers(const Pair& pair, const std::vector<const Column*>& columns) {
  Json out = Json::object();
  for (const Column* column : columns) {
    out[std::string(column->name)] = {
        {"before", NumberJson(*column, Diff::Value(*column, pair.before))},
        {"after", NumberJson(*column, Diff::Value(*column, pair.after))},
        {"change", NumberJson(*column, Diff::Delta(*column, pair))}};
  }
  return out;
}

Json SideJson(const std::optional<Row>& row, const std::vector<const Column*>& columns) {
  if (!row) return nullptr;
  Json out = {{"layer", row->name},
              {"path", row->path},
              {"class", row->class_name},
              {"op", row->op},
              {"output_shapes", row->output_shapes}};
  for (const Column* column : columns) {
    out[std::string(column->name)] = NumberJson(*column, Diff::Value(*column, row));
  }
  return out;
}

Json ModelJson(const AnalysisReport& report) {
  return {{"model", report.model},
          {"producer", report.producer},
          {"status", report.partial() ? "partial" : "complete"}};
}

}  // namespace

std::string DiffText(const Comparison& comparison, const DiffTextOptions& options) {
  const Diff diff(comparison);
  const std::string layers = LayersTable(diff, comparison, options);
  return absl::StrCat(TotalsTable(diff, options.style), "\n", OpsTable(diff, options.style), "\n",
                      layers, layers.empty() ? "" : "\n", SummaryLine(diff));
}

std::string DiffJson(const Comparison& comparison) {
  const Diff diff(comparison);
  Json out = {{"schema_version", kReportSchemaVersion},
              {"before", ModelJson(diff.before())},
              {"after", ModelJson(diff.after())},
              {"totals", Numbers(diff.Totals(), diff.TotalColumns())},
              {"ops", Json::array()},
              {"summary", Json::object()},
              {"layers", Json::array()}};
  for (const auto& [op, pair] : diff.Ops()) {
    Json row = {{"op", op}};
    row.update(Numbers(pair, diff.OpColumns()));
    out["ops"].push_back(std::move(row));
  }
  for (const Change change : kChanges)
    out["summary"][std::string(Name(change))] = diff.Count(change);
  for (const insight::LayerPair& layer : comparison.layers) {
    const Pair pair = diff.Layer(layer);
    out["layers"].push_back({{"change", Name(layer.change)},
                             {"before", SideJson(pair.before, diff.LayerColumns())},
                             {"after", SideJson(pair.after, diff.LayerColumns())}});
  }
  return TextOfRows(out);
}

}  // namespace latcast::report
