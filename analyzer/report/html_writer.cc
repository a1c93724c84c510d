#include "analyzer/report/html_writer.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "analyzer/report/memory_chart.h"
#include "analyzer/report/module_tree.h"
#include "analyzer/report/table_writer.h"
#include "base/html_page.h"
#include "base/text.h"
#include "base/units.h"

namespace latcast::report {
namespace {

constexpr size_t kMaxTreeRows = 20000;
constexpr size_t kMaxAlive = 12;

std::string Count(int64_t value) { return FormatCount(static_cast<double>(value)); }
std::string Bytes(int64_t value) { return FormatBytes(static_cast<double>(value)); }

std::string Bound(bool partial) { return partial ? ">= " : ""; }
std::string Bound(cost::Completeness status) {
  return Bound(status == cost::Completeness::kPartial);
}

std::string InputText(const AnalysisReport& report) {
  return absl::StrJoin(report.inputs, ", ", [](std::string* out, const InputRow& input) {
    absl::StrAppend(out, input.name, " ", graph::ToString(input.shape), " ",
                    ToAbsl(graph::Name(input.dtype)));
  });
}

bool AllLocal(const insight::Field& field) {
  return !field.empty() && std::ranges::all_of(field, [](const insight::AxisField& axis) {
    return axis.kind == insight::FieldKind::kLocal;
  });
}

bool AnyUnknown(const insight::Field& field) {
  return std::ranges::any_of(field, [](const insight::AxisField& axis) {
    return axis.kind == insight::FieldKind::kUnknown;
  });
}

// What the last layer sees that does not see everything. Nothing where fields get lost behind it.
std::optional<HtmlTile> FieldTile(const AnalysisReport& report) {
  for (size_t i = report.layers.size(); i-- > 0;) {
    const LayerRow& layer = report.layers[i];
    if (AnyUnknown(layer.field)) return std::nullopt;
    if (!AllLocal(layer.field)) continue;
    return HtmlTile{
        "Receptive field", insight::SizeText(layer.field),
        absl::StrCat("stride ", insight::StrideText(layer.field), ", padding ",
                     insight::PaddingText(layer.field), ", at ", DisplayName(report, layer))};
  }
  return std::nullopt;
}

size_t CountRows(const TreeNode& node) {
  size_t rows = 1;
  for (const TreeNode& child : node.children) rows += CountRows(child);
  return rows;
}

class Writer {
 public:
  Writer(const AnalysisReport& report, const HtmlOptions& options)
      : report_(report),
        options_(options),
        cells_(report, options.units, /*for_programs=*/false),
        page_(report.model,
              absl::StrCat(InputText(report), report.producer.empty() ? "" : ", from ",
                           report.producer)) {}

  std::string Write() {
    AddStatus();
    AddTiles();
    AddTree();
    AddMemory();
    if (report_.training) AddTraining();
    AddRows("By operator type", OpRows(report_), OpColumns());
    AddRows(TopTitle(), LargestRows(report_, LayerRows(report_), options_.top, options_.sort),
            TopColumns());
    AddLegend();
    return page_.Render();
  }

 private:
  void AddStatus() {
    if (!report_.partial()) return;
    const std::string ops =
        absl::StrJoin(report_.unknown_ops, ", ", [](std::string* out, const cost::UnknownOp& op) {
          absl::StrAppend(out, op.type, op.calls > 1 ? absl::StrCat(" x", op.calls) : "");
        });
    page_.AddNotice(Notice::kWarning,
                    absl::StrCat("Partial: numbers marked with >= are lower bounds, because nobody "
                                 "knows the operators ",
                                 ops, "."));
  }

  void AddTiles() {
    const std::string bound = Bound(report_.partial());
    const cost::CostSum& totals = report_.totals;
    const cost::ParameterCount& parameters = report_.parameters;
    std::string trained = absl::StrCat(FormatThousands(parameters.parameters()), ", ",
                                       Bytes(parameters.parameter_bytes));
    if (parameters.frozen > 0) {
      absl::StrAppend(&trained, ", ", FormatThousands(parameters.frozen), " frozen");
    }
    std::vector<HtmlTile> tiles = {
        {"Parameters", Count(parameters.parameters()), trained},
        {"MACs", bound + Count(totals.macs), FormatThousands(totals.macs)},
        {"FLOPs", bound + Count(totals.flops), FormatThousands(totals.flops)},
        {"Memory traffic", bound + Bytes(totals.bytes_read + totals.bytes_written),
         absl::StrCat(Bytes(totals.bytes_read), " read, ", Bytes(totals.bytes_written),
                      " written")},
        {"Kernels", absl::StrCat(bound, totals.kernels),
         absl::StrCat(totals.ops, " operators; views launch none")},
        {"Peak of activations",
         Bound(report_.memory.status) + Bytes(report_.memory.eager.peak_bytes),
         absl::StrCat("eager; ", Bytes(report_.memory.planned.peak_bytes), " planned")}};
    if (report_.training) {
      tiles.push_back({"Training step",
                       Bound(report_.memory.saved.total.completeness) +
                           Bytes(memory::ExactBytes(report_.memory.training_parts)),
                       absl::StrCat(Bound(report_.backward.completeness),
                                    Count(report_.training_macs), " MACs")});
    }
    if (const auto field = FieldTile(report_)) tiles.push_back(*field);
    if (report_.latency_ms) {
      tiles.push_back({"Latency", bound + FormatLatency(*report_.latency_ms),
                       report_.is_measured ? "measured" : "forecast"});
    }
    page_.AddTiles(tiles);
  }

  std::vector<const Column*> TreeColumns() const {
    if (!options_.columns.empty()) return options_.columns;
    std::vector<std::string> names = {"class",      "output", "params",     "macs",
                                      "macs_share", "bytes",  "bytes_share"};
    if (report_.latency_ms) names.insert(names.end(), {"latency_ms", "latency_share"});
    if (report_.training) names.insert(names.end(), {"backward_macs", "saved_bytes"});
    names.emplace_back("live_bytes");
    if (!report_.field_axes.empty()) names.insert(names.end(), {"rf", "rf_stride", "rf_padding"});
    return FindColumns(names).value();
  }

  std::vector<const Column*> OpColumns() const {
    std::vector<std::string> names = {"calls", "params",      "macs",    "macs_share",
                                      "bytes", "bytes_share", "kernels", "kernels_share"};
    if (report_.latency_ms) names.insert(names.end(), {"latency_ms", "latency_share"});
    return FindColumns(names).value();
  }

  std::vector<const Column*> TopColumns() const {
    std::vector<std::string> names = {"op",         "input", "output",      "params",   "macs",
                                      "macs_share", "bytes", "bytes_share", "intensity"};
    if (report_.latency_ms) names.insert(names.end(), {"latency_ms", "latency_share"});
    std::vector<const Column*> columns = FindColumns(names).value();
    const bool shown = options_.sort == nullptr || std::ranges::count(columns, options_.sort) > 0;
    if (!shown) columns.push_back(options_.sort);
    return columns;
  }

  std::string TopTitle() const {
    const std::string what = options_.sort != nullptr ? std::string(options_.sort->title)
                             : report_.latency_ms     ? "latency"
                                                      : "number of MACs";
    return absl::StrCat("The ", std::min(options_.top, report_.layers.size()),
                        " layers with the largest ", what);
  }

  std::vector<TableColumn> Titles(std::string_view first,
                                  const std::vector<const Column*>& columns) const {
    std::vector<TableColumn> titles = {{std::string(first)}};
    for (size_t i = 0; i < columns.size(); ++i) {
      titles.push_back({cells_.Title(*columns[i], i > 0 ? columns[i - 1] : nullptr),
                        columns[i]->quantity == Quantity::kText ? Align::kLeft : Align::kRight});
    }
    return titles;
  }

  // Zeros are left out, so that what costs something stands out.
  HtmlCell Cell(const Column& column, const Row& row) const {
    HtmlCell cell;
    const std::optional<double> value = cells_.Value(column, row);
    cell.sort = value;
    if (value == 0.0 && !IsBound(column, row)) return cell;
    cell.text = cells_.Text(column, row);
    if (column.quantity == Quantity::kShare) cell.bar = value;
    const bool counts = column.quantity == Quantity::kCount || column.quantity == Quantity::kBytes;
    if (counts && value && *value >= 1000) {
      cell.tip = FormatThousands(static_cast<int64_t>(*value));
    }
    if (column.quantity == Quantity::kText && !value) {
      const absl::StatusOr<double> number = ParseDouble(cell.text);
      if (number.ok() && std::isfinite(*number)) cell.sort = *number;
    }
    return cell;
  }

  HtmlRow Line(std::string name, const Row& row, const std::vector<const Column*>& columns) const {
    HtmlRow line;
    line.cells.push_back({.text = std::move(name)});
    for (const Column* column : columns) line.cells.push_back(Cell(*column, row));
    return line;
  }

  void AddTree() {
    if (report_.modules.empty()) return;
    page_.AddHeading("Layers");
    int depth = 0;
    TreeNode root = BuildTree(report_);
    if (CountRows(root) > kMaxTreeRows) {
      for (depth = kMaxTreeDepth; depth > 1 && CountRows(root) > kMaxTreeRows; depth /= 2) {
        root = BuildTree(report_, {.max_depth = depth});
      }
      page_.AddNotice(Notice::kInfo, "The deepest levels are left out: there are too many.");
    }
    const std::vector<const Column*> columns = TreeColumns();
    HtmlTable table{.columns = Titles("module", columns),
                    .open_levels = options_.open_levels > 0 ? options_.open_levels : kMaxTreeDepth};
    AddNode(root, 0, columns, table);
    page_.AddTable(table);
  }

  void AddNode(const TreeNode& node, int level, const std::vector<const Column*>& columns,
               HtmlTable& table) const {
    HtmlRow line = Line(node.row.label, node.row, columns);
    line.level = level;
    line.cells.front().tip = node.row.name;
    // An operator stands under its own name, its module above.
    for (size_t i = 0; i < columns.size() && !node.is_module; ++i) {
      if (columns[i]->name == "class") line.cells[i + 1] = {};
    }
    table.rows.push_back(std::move(line));
    for (const TreeNode& child : node.children) AddNode(child, level + 1, columns, table);
  }

  void AddRows(std::string_view title, const std::vector<Row>& rows,
               const std::vector<const Column*>& columns) {
    if (rows.empty()) return;
    page_.AddHeading(title);
    HtmlTable table{.columns = Titles(columns.front()->name == "calls" ? "op" : "layer", columns)};
    for (const Row& row : rows) table.rows.push_back(Line(row.name, row, columns));
    page_.AddTable(table);
  }

  void AddMemory() {
    const memory::Timeline& eager = report_.memory.eager;
    if (report_.layers.empty()) return;
    page_.AddHeading("Memory");
    std::string caption =
        "Activations alive while each layer runs. Filled: as a Python program runs the network, "
        "where whoever calls a module holds its inputs; line: every tensor freed after its last "
        "use.";
    if (report_.memory.options.autocast) {
      absl::StrAppend(&caption, " Under autocast to ",
                      ToAbsl(graph::Name(*report_.memory.options.autocast)), ".");
    }
    page_.AddFigure(MemoryChart(report_), caption);
    if (eager.at_peak.empty() || eager.peak_op == graph::kNone) return;
    const LayerRow& peak = report_.layers[static_cast<size_t>(eager.peak_op)];
    page_.AddText(absl::StrCat("Alive at the peak, ", Bound(report_.memory.status),
                               Bytes(eager.peak_bytes), ", while ", DisplayName(report_, peak),
                               " (", peak.op, ") runs:"));
    HtmlTable table{
        .columns = {
            {"made by"}, {"op"}, {"what"}, {"bytes", Align::kRight}, {"share", Align::kRight}}};
    for (size_t i = 0; i < eager.at_peak.size() && i < kMaxAlive; ++i) {
      table.rows.push_back(AliveRow(eager.at_peak[i], eager.peak_bytes));
    }
    page_.AddTable(table);
    if (eager.at_peak.size() > kMaxAlive) {
      page_.AddText(absl::StrCat("and ", eager.at_peak.size() - kMaxAlive, " smaller ones"));
    }
  }

  HtmlRow AliveRow(const memory::LiveValue& value, int64_t peak) const {
    const bool constant = value.op == graph::kNone;
    const LayerRow* layer = constant ? nullptr : &report_.layers[static_cast<size_t>(value.op)];
    const double share =
        peak > 0 ? static_cast<double>(value.bytes) / static_cast<double>(peak) : 0;
    return {.cells = {{.text = constant ? "a constant" : DisplayName(report_, *layer)},
                      {.text = constant ? "" : layer->op},
                      {.text = value.value == graph::kNone ? "what the kernel allocates beside"
                               : constant                  ? "constant"
                                                           : DisplayShapes(layer->output_shapes)},
                      {.text = Bytes(value.bytes), .sort = static_cast<double>(value.bytes)},
                      {.text = FormatPercent(share), .sort = share, .bar = share}}};
  }

  void AddTraining() {
    const memory::MemoryReport& memory = report_.memory;
    page_.AddHeading("A training step");
    const std::string bound = Bound(memory.saved.total.completeness);
    page_.AddText(absl::StrCat(
        Bound(report_.backward.completeness), Count(report_.training_macs), " MACs, ",
        Count(report_.backward.macs()), " of them backward; ", bound,
        Bytes(memory.saved.total.bytes), " kept for the backward pass. The peak is in the ",
        memory.training.peak_in_backward ? "backward" : "forward", " pass and holds:"));
    const auto exact = static_cast<double>(memory::ExactBytes(memory.training_parts));
    HtmlTable table{.columns = {{"part"}, {"bytes", Align::kRight}, {"share", Align::kRight}}};
    for (const memory::Component& part : memory.training_parts) {
      HtmlRow& row = table.rows.emplace_back();
      row.cells.push_back({.text = std::string(part.name)});
      if (!part.bytes) {
        row.cells.push_back({.text = "unknown"});
        continue;
      }
      const auto bytes = static_cast<double>(*part.bytes);
      row.cells.push_back(
          {.text = absl::StrCat(part.estimate ? "about " : "", Bytes(*part.bytes)), .sort = bytes});
      if (part.estimate) {
        row.cells.push_back({.text = "an estimate, beside the exact parts"});
      } else if (exact > 0) {
        row.cells.push_back(
            {.text = FormatPercent(bytes / exact), .sort = bytes / exact, .bar = bytes / exact});
      }
    }
    page_.AddTable(table);
  }

  // What the columns of the tree are.
  void AddLegend() {
    page_.AddHeading("What the columns are");
    std::vector<std::pair<std::string, std::string>> facts;
    const std::vector<const Column*> columns = TreeColumns();
    for (size_t i = 0; i < columns.size(); ++i) {
      if (columns[i]->quantity == Quantity::kShare) continue;
      facts.emplace_back(cells_.Title(*columns[i], nullptr), std::string(columns[i]->doc));
    }
    facts.emplace_back("MAC, FLOP",
                       "a multiply-accumulate; a floating-point operation: a MAC is "
                       "two of them");
    facts.emplace_back("KiB, MiB", "1024 bytes, 1024 KiB; k, M, G are powers of 1000");
    page_.AddFacts(facts);
  }

  const AnalysisReport& report_;
  const HtmlOptions& options_;
  const CellWriter cells_;
  HtmlPage page_;
};

}  // namespace

std::string HtmlText(const AnalysisReport& report, const HtmlOptions& options) {
  return Writer(report, options).Write();
}

}  // namespace latcast::report
