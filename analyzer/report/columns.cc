#include "analyzer/report/columns.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "base/units.h"

namespace latcast::report {
namespace {

Cell Text(std::string_view text) { return std::string(text); }

// A number of the costs, if somebody knows them.
template <int64_t cost::CostSum::*field>
Cell Cost(const Row& row) {
  return row.cost ? Cell((*row.cost).*field) : Cell();
}

template <int64_t cost::ParameterCount::*field>
Cell Weights(const Row& row) {
  return row.parameters.*field;
}

// `amount` a millisecond, in 1e9 a second; nothing to say where there is no time.
Cell Rate(const Row& row, int64_t amount) {
  if (!row.cost || !row.latency_ms) return {};
  if (!(*row.latency_ms > 0)) return Text("");
  return static_cast<double>(amount) / *row.latency_ms / 1e6;
}

int64_t Traffic(const cost::CostSum& cost) { return cost.bytes_read + cost.bytes_written; }

bool IsPartial(cost::Completeness completeness) {
  return completeness == cost::Completeness::kPartial;
}

bool CostIsBound(const Row& row) { return row.cost && IsPartial(row.cost->completeness); }

Cell Status(const Row& row) {
  if (!row.cost) return Text("unknown");
  return Text(CostIsBound(row) ? "partial" : "complete");
}

Cell Field(const Row& row) {
  std::string text = insight::SizeText(row.field);
  return text == "?" ? Cell() : Cell(std::move(text));
}

constexpr Quantity kText = Quantity::kText;
constexpr Quantity kCount = Quantity::kCount;
constexpr Quantity kBytes = Quantity::kBytes;
constexpr Quantity kNumber = Quantity::kNumber;
constexpr Quantity kShare = Quantity::kShare;

const Column kColumns[] = {
    {"path", "path", "qualified name of the module", kText,
     [](const Row& row) { return Text(row.path); }},
    {"class", "class", "class of the module", kText,
     [](const Row& row) { return Text(row.class_name); }},
    {"op", "op", "type of the operator", kText, [](const Row& row) { return Text(row.op); }},
    {"calls", "calls", "layers or modules in the row", kNumber,
     [](const Row& row) { return Cell(row.calls); }},
    {"depth", "depth", "of the module; the network itself is 0", kNumber,
     [](const Row& row) { return Cell(int64_t{row.depth}); }},
    {"dtype", "dtype", "type of the first output", kText,
     [](const Row& row) { return Text(row.dtype ? graph::Name(*row.dtype) : ""); }},
    {"input", "input", "shapes of the activations read", kText,
     [](const Row& row) { return Text(DisplayShapes(row.input_shapes)); }},
    {"output", "output", "shapes of the outputs", kText,
     [](const Row& row) { return Text(DisplayShapes(row.output_shapes)); }},
    {"params", "params", "parameters", kCount,
     [](const Row& row) { return Cell(row.parameters.parameters()); }},
    {"trainable", "trainable", "parameters that training changes", kCount,
     Weights<&cost::ParameterCount::trainable>},
    {"frozen", "frozen", "parameters that it does not", kCount,
     Weights<&cost::ParameterCount::frozen>},
    {"buffers", "buffers", "elements of buffers", kCount, Weights<&cost::ParameterCount::buffers>},
    {"param_bytes", "param mem", "bytes of the parameters", kBytes,
     Weights<&cost::ParameterCount::parameter_bytes>},
    {"macs", "MACs", "multiply-accumulates of convolutions and matrix products", kCount,
     Cost<&cost::CostSum::macs>, "", CostIsBound},
    {"flops", "FLOPs", "floating-point operations: two a MAC, and those of all other operators",
     kCount, Cost<&cost::CostSum::flops>, "", CostIsBound},
    {"bytes_read", "read", "bytes of activations and weights read", kBytes,
     Cost<&cost::CostSum::bytes_read>, "", CostIsBound},
    {"bytes_written", "written", "bytes written", kBytes, Cost<&cost::CostSum::bytes_written>, "",
     CostIsBound},
    {"bytes", "traffic", "bytes read and written", kBytes,
     [](const Row& row) { return row.cost ? Cell(Traffic(*row.cost)) : Cell(); }, "", CostIsBound},
    {"dmas", "DMAs", "elements read and written", kCount,
     [](const Row& row) { return row.cost ? Cell(row.cost->elements_moved()) : Cell(); }, "",
     CostIsBound},
    {"activations", "activations", "elements of the outputs", kCount,
     Cost<&cost::CostSum::output_elements>, "", CostIsBound},
    {"kernels", "kernels", "kernel launches; views have none", kCount,
     Cost<&cost::CostSum::kernels>, "", CostIsBound},
    {"live_bytes", "live peak", "most bytes of activations alive at a time, evaluated eagerly",
     kBytes, [](const Row& row) { return Cell(row.live_bytes); }, "", CostIsBound},
    {"backward_macs", "backward", "MACs of the backward pass", kCount,
     [](const Row& row) { return row.backward ? Cell(row.backward->macs()) : Cell(); }, "",
     [](const Row& row) { return row.backward && IsPartial(row.backward->completeness); }},
    {"saved_bytes", "saved", "bytes that training keeps from here for the backward pass", kBytes,
     [](const Row& row) { return row.saved ? Cell(row.saved->bytes) : Cell(); }, "",
     [](const Row& row) { return row.saved && IsPartial(row.saved->completeness); }},
    {"intensity", "FLOPs/B", "arithmetic intensity: FLOPs a byte of traffic", kNumber,
     [](const Row& row) -> Cell {
       if (!row.cost) return {};
       if (Traffic(*row.cost) == 0) return Text("");
       return static_cast<double>(row.cost->flops) / static_cast<double>(Traffic(*row.cost));
     }},
    {"rf", "field", "receptive field: elements of the input an output sees, a side", kText, Field},
    {"rf_stride", "stride", "effective stride: elements of the input from one output to the next",
     kText, [](const Row& row) { return Text(insight::StrideText(row.field)); }},
    {"rf_padding", "padding", "effective padding: how far the first field starts before the input",
     kText, [](const Row& row) { return Text(insight::PaddingText(row.field)); }},
    {"status", "status", "partial or unknown: numbers are lower bounds or missing", kText, Status},
    {"latency_ms", "latency", "with --profile or --measure", Quantity::kLatency,
     [](const Row& row) { return row.latency_ms ? Cell(*row.latency_ms) : Cell(); }},
    {"gflops_s", "GFLOP/s", "FLOPs over latency", kNumber,
     [](const Row& row) { return row.cost ? Rate(row, row.cost->flops) : Cell(); }},
    {"gbytes_s", "GB/s", "traffic over latency", kNumber,
     [](const Row& row) { return row.cost ? Rate(row, Traffic(*row.cost)) : Cell(); }},
    {"params_share", "share", "of the network's parameters", kShare, nullptr, "params"},
    {"macs_share", "share", "of the network's MACs", kShare, nullptr, "macs"},
    {"flops_share", "share", "of the network's FLOPs", kShare, nullptr, "flops"},
    {"bytes_share", "share", "of the network's traffic", kShare, nullptr, "bytes"},
    {"activations_share", "share", "of the network's activations", kShare, nullptr, "activations"},
    {"kernels_share", "share", "of the network's kernels", kShare, nullptr, "kernels"},
    {"latency_share", "share", "of the sum of latencies", kShare, nullptr, "latency_ms"},
};

bool AddsUp(Quantity quantity) {
  return quantity == Quantity::kCount || quantity == Quantity::kBytes ||
         quantity == Quantity::kLatency;
}

std::optional<double> Number(const Cell& cell) {
  if (const auto* whole = std::get_if<int64_t>(&cell)) return static_cast<double>(*whole);
  if (const auto* number = std::get_if<double>(&cell)) return *number;
  return std::nullopt;
}

std::string NumberText(Quantity quantity, const Cell& cell, bool exact) {
  const auto* whole = std::get_if<int64_t>(&cell);
  if (whole != nullptr && exact) return absl::StrCat(*whole);
  return exact ? FormatExact(*Number(cell)) : QuantityText(quantity, *Number(cell));
}

}  // namespace

std::span<const Column> Columns() { return kColumns; }

std::string QuantityText(Quantity quantity, double value) {
  switch (quantity) {
    case Quantity::kBytes:
      return FormatBytes(value);
    case Quantity::kLatency:
      return FormatLatency(value);
    case Quantity::kShare:
      return FormatPercent(value);
    case Quantity::kNumber:  // written out where it is whole
      return value == std::trunc(value) ? FormatExact(value) : FormatCount(value);
    default:
      return FormatCount(value);
  }
}

absl::StatusOr<std::vector<const Column*>> FindColumns(const std::vector<std::string>& names) {
  std::vector<const Column*> columns;
  for (const std::string& name : names) {
    const auto* column = std::ranges::find(kColumns, name, &Column::name);
    if (column == std::end(kColumns)) {
      std::vector<std::string_view> known;
      for (const Column& candidate : kColumns) known.push_back(candidate.name);
      return absl::InvalidArgumentError(
          absl::StrCat("there is no column '", name, "'", DidYouMean(name, known)));
    }
    columns.push_back(column);
  }
  return columns;
}

bool IsBound(const Column& column, const Row& row) {
  return column.is_bound != nullptr && column.is_bound(row);
}

const Column& GetColumn(std::string_view name) {
  return *std::ranges::find(kColumns, name, &Column::name);
}

CellWriter::CellWriter(const AnalysisReport& report, Units units, bool for_programs)
    : units_(units), for_programs_(for_programs) {
  if (!report.modules.empty()) whole_ = ModuleToRow(report, report.modules.front());
}

std::string CellWriter::Title(const Column& column, const Column* left) const {
  if (for_programs_ || units_ == Units::kRaw) return std::string(column.name);
  if (column.quantity != kShare || (left != nullptr && left->name == column.of)) {
    return std::string(column.title);
  }
  return absl::StrCat(ToAbsl(GetColumn(column.of).title), " ", ToAbsl(column.title));
}

std::string CellWriter::Text(const Column& column, const Row& row) const {
  const bool exact = units_ == Units::kRaw || (for_programs_ && units_ != Units::kClever);
  if (column.quantity == kShare || (units_ == Units::kRatio && AddsUp(column.quantity))) {
    const std::optional<double> share = Share(column, row);
    if (!share) return Unknown();
    return for_programs_ ? FormatExact(*share) : FormatPercent(*share);
  }
  const Cell cell = column.cell(row);
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  if (std::holds_alternative<std::monostate>(cell)) return Unknown();
  const char* bound = !for_programs_ && IsBound(column, row) ? ">= " : "";
  return absl::StrCat(bound, NumberText(column.quantity, cell, exact));
}

std::optional<double> CellWriter::Value(const Column& column, const Row& row) const {
  if (column.quantity == kShare) return Share(column, row);
  return Number(column.cell(row));
}

std::optional<double> CellWriter::Share(const Column& column, const Row& row) const {
  if (column.quantity == kShare) return Share(GetColumn(column.of), row);
  if (!AddsUp(column.quantity)) return std::nullopt;
  const std::optional<double> part = Number(column.cell(row));
  const std::optional<double> whole = Number(column.cell(whole_));
  if (!part || !whole) return std::nullopt;
  return *whole > 0 ? *part / *whole : 0.0;
}

}  // namespace latcast::report
