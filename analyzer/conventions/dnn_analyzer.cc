// DNN analyzer: every call of a class that has an instance without children is a row.
//
// b: batch, e: bytes of an element of the first input; all numbers with the batch but for the
// inference memory, which is that of one sample:
//
//   class                 MACs                              bytes read              bytes written
//   ReLU, ReLU6,
//   LeakyReLU, PReLU      in                                e (in [+ params])       e in
//   Conv2d                b K Cin (Ho/s) (Wo/s) (Cout/g)    e (in + b params)       e out
//   Conv1d, Conv3d        0                                 e (in + b params)       e out
//   pools                 in                                e in                    e out
//   BatchNorm             in, twice if affine               e (out + b 2C)          e out
//   Linear                b in[1] out[1]                    e b (params + rest)     e out
//   anything else         0                                 0                       0
//
// where a convolution's output is divided by the stride a second time, PReLU reads its parameters,
// and `rest` is what follows the first sample of the output: none at batch 1.
#include <algorithm>
#include <cmath>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "analyzer/conventions/convention.h"
#include "analyzer/conventions/modules.h"
#include "analyzer/conventions/notes.h"
#include "analyzer/conventions/python_text.h"
#include "analyzer/conventions/tools.h"
#include "analyzer/graph/attributes.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "base/text_table.h"

namespace latcast::conventions {
namespace {

using graph::Graph;
using graph::ModuleCall;
using graph::Value;

constexpr size_t kTotals = 8;
enum : size_t { kParameters, kRead, kWrite, kStorage, kInference, kMacs };  // columns
enum : size_t { kTotalMacs, kTotalParameters, kTotalStorage, kTotalInference, kTotalMoved };

enum class Kind { kRelu, kConv, kPool, kBatchNorm, kLinear, kOther };

Kind KindOf(const ModuleCall& call) {
  if (HasClass(call, {"ReLU", "ReLU6", "LeakyReLU", "PReLU"})) return Kind::kRelu;
  if (HasClass(call, {"Conv1d", "Conv2d", "Conv3d"})) return Kind::kConv;
  if (HasClass(call, {"MaxPool1d", "MaxPool2d", "MaxPool3d", "AvgPool1d", "AvgPool2d", "AvgPool3d",
                      "AdaptiveMaxPool1d", "AdaptiveMaxPool2d", "AdaptiveMaxPool3d",
                      "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d"})) {
    return Kind::kPool;
  }
  if (HasClass(call, {"BatchNorm1d", "BatchNorm2d", "BatchNorm3d"})) return Kind::kBatchNorm;
  return HasClass(call, {"Linear"}) ? Kind::kLinear : Kind::kOther;
}

// Why the tool ends with an error at this call; empty where it does not.
std::string CrashReason(const Graph& graph, const ModuleCall& call) {
  const Value* in = FirstInput(graph, call);
  const Value* out = FirstOutput(graph, call);
  if (in == nullptr) return "takes no tensor";
  if (!ReturnsOneTensor(call)) return "does not return one tensor";
  if (out->shape.empty()) return "returns a scalar";
  const Kind kind = KindOf(call);
  if (kind != Kind::kOther && call.inputs.size() > 1) return "takes several tensors";
  if (call.class_name == "Conv2d" && in->shape.size() != 4) return "takes no batch of images";
  const bool needs_channels = kind == Kind::kLinear || kind == Kind::kBatchNorm;
  if (needs_channels && in->shape.size() < 2) return "takes no batch";
  return "";
}

// Divided by the stride of each dimension, in the tool's order of floating-point operations.
absl::StatusOr<double> ConvMacs(const Graph& graph, const ModuleCall& call, const Value& in,
                                const Value& out) {
  ASSIGN_OR_RETURN(const auto kernel, ConstructorInts(graph, call, "kernel_size"));
  ASSIGN_OR_RETURN(auto stride, ConstructorInts(graph, call, "stride"));
  ASSIGN_OR_RETURN(const auto groups, ConstructorInts(graph, call, "groups"));
  if (stride.size() == 1) stride.push_back(stride[0]);
  if (kernel.size() != 2 || stride.size() != 2) {
    return absl::InvalidArgumentError("kernel_size and stride are not those of two dimensions");
  }
  const auto real = [](int64_t n) { return static_cast<double>(n); };
  const double width = real(out.shape[3]) / real(stride[0]);
  const double height = real(out.shape[2]) / real(stride[1]);
  const double window = real(kernel[0]) * real(kernel[1]) * real(in.shape[1]);
  return window * height * width * real(out.shape[1] / groups[0]) * real(in.shape[0]);
}

absl::StatusOr<double> Macs(const Graph& graph, const ModuleCall& call, const Value& in,
                            const Value& out) {
  switch (KindOf(call)) {
    case Kind::kConv:
      if (call.class_name != "Conv2d") return 0.0;
      return ConvMacs(graph, call, in, out);
    case Kind::kRelu:
    case Kind::kPool:
      return Exact(Numel(in.shape), "MACs");
    case Kind::kBatchNorm: {
      const bool affine = OwnTensor(graph, call, "weight") != nullptr;
      return Exact(Numel(in.shape) * (affine ? 2 : 1), "MACs");
    }
    case Kind::kLinear:
      return Exact(Checked(in.shape[0]) * in.shape[1] * out.shape[1], "MACs");
    case Kind::kOther:
      return 0.0;
  }
  return 0.0;
}

Checked ElementsRead(const ModuleCall& call, const Value& in, const Value& out,
                     const Checked& parameters) {
  switch (KindOf(call)) {
    case Kind::kRelu:
      return Numel(in.shape) + (call.class_name == "PReLU" ? parameters : 0);
    case Kind::kConv:
      return Numel(in.shape) + Checked(in.shape[0]) * parameters;
    case Kind::kPool:
      return Numel(in.shape);
    case Kind::kBatchNorm:
      return Numel(out.shape) + Checked(in.shape[0]) * 2 * in.shape[1];
    case Kind::kLinear: {
      graph::Shape rest = out.shape;
      rest[0] -= 1;
      return Checked(in.shape[0]) * (Numel(rest) + parameters);
    }
    case Kind::kOther:
      return 0;
  }
  return 0;
}

Checked ElementsWritten(const ModuleCall& call, const Value& in, const Value& out) {
  const Kind kind = KindOf(call);
  if (kind == Kind::kOther) return 0;
  return Numel(kind == Kind::kRelu ? in.shape : out.shape);
}

absl::StatusOr<Row> CountCall(const Graph& graph, graph::CallId id) {
  const ModuleCall& call = graph.calls[static_cast<size_t>(id)];
  const Value& in = *FirstInput(graph, call);
  const Value& out = *FirstOutput(graph, call);
  const int64_t element = graph::ByteSize(in.dtype);
  if (KindOf(call) != Kind::kOther) RETURN_IF_ERROR(CheckSameRank(in, out));
  const Checked parameters = OwnParameters(graph, call);
  const graph::Shape sample(out.shape.begin() + 1, out.shape.end());
  Row row{.call = id, .name = call.class_name, .values = {}};
  row.values.resize(kMacs + 1);
  ASSIGN_OR_RETURN(row.values[kParameters], Exact(parameters, "parameters"));
  ASSIGN_OR_RETURN(row.values[kRead],
                   Exact(ElementsRead(call, in, out, parameters) * element, "bytes read"));
  ASSIGN_OR_RETURN(row.values[kWrite],
                   Exact(ElementsWritten(call, in, out) * element, "bytes written"));
  ASSIGN_OR_RETURN(row.values[kStorage], Exact(parameters * element, "storage"));
  ASSIGN_OR_RETURN(row.values[kInference],
                   Exact(Numel(sample) * graph::ByteSize(out.dtype), "inference memory"));
  ASSIGN_OR_RETURN(row.values[kMacs], Macs(graph, call, in, out));
  return row;
}

absl::StatusOr<Table> Count(const Graph& graph) {
  std::set<std::string_view> leaf_classes;
  for (const graph::CallId id : LeafCalls(graph)) {
    leaf_classes.insert(graph.calls[static_cast<size_t>(id)].class_name);
  }
  // Instances that are registered, but never called.
  std::string empty;
  if (!graph.calls.empty()) {
    empty = graph::GetString(graph.calls[0].attributes, "empty_containers").value_or("");
  }
  for (const absl::string_view name : absl::StrSplit(empty, ' ', absl::SkipEmpty())) {
    leaf_classes.insert(ToStd(name));
  }
  Table table;
  std::set<std::string, std::less<>> no_macs;
  std::set<std::string, std::less<>> no_memory;
  for (size_t i = 0; i < graph.calls.size(); ++i) {
    const ModuleCall& call = graph.calls[i];
    if (!leaf_classes.contains(call.class_name)) continue;
    const std::string crash = CrashReason(graph, call);
    if (!crash.empty()) return Crashed(kTotals, call, crash);
    absl::StatusOr<Row> row = CountCall(graph, static_cast<graph::CallId>(i));
    if (!row.ok()) return NoNumbers(kTotals, call, row.status());
    table.rows.push_back(*std::move(row));
    const Kind kind = KindOf(call);
    if (kind == Kind::kOther) no_memory.insert(call.class_name);
    if (kind == Kind::kOther || HasClass(call, {"Conv1d", "Conv3d"})) {
      no_macs.insert(call.class_name);
    }
  }
  ASSIGN_OR_RETURN(const double macs, Total(table, {kMacs}, "MACs"));
  ASSIGN_OR_RETURN(const double parameters, Total(table, {kParameters}, "parameters"));
  ASSIGN_OR_RETURN(const double storage, Total(table, {kStorage}, "storage"));
  ASSIGN_OR_RETURN(const double inference, Total(table, {kInference}, "inference memory"));
  ASSIGN_OR_RETURN(const double read, Total(table, {kRead}, "bytes read"));
  ASSIGN_OR_RETURN(const double written, Total(table, {kWrite}, "bytes written"));
  ASSIGN_OR_RETURN(const double moved, Total(table, {kRead, kWrite}, "bytes read and written"));
  const auto rows = static_cast<double>(table.rows.size());
  table.totals = {macs, parameters, storage, inference, moved, rows, read, written};
  NoteClasses(table, "not supported for MACs", no_macs);
  NoteClasses(table, "not supported for memory read and write", no_memory);
  RETURN_IF_ERROR(NoteMissed(graph, table, kMacs));
  return table;
}

// The tool's table is made by the package tabulate, which reads a column of numbers back, prints
// six digits of each and lines up their points.
std::vector<std::string> DecimalColumn(const Table& table, size_t column, double unit) {
  std::vector<std::string> cells;
  size_t most = 0;
  const auto behind_point = [](const std::string& cell) {
    const size_t point = cell.find('.');
    return point == std::string::npos ? 0 : cell.size() - point;
  };
  for (const Row& row : table.rows) {
    cells.push_back(General(std::stod(Rounded(*row.values[column] / unit, 3))));
    most = std::max(most, behind_point(cells.back()));
  }
  for (std::string& cell : cells) cell += std::string(most - behind_point(cell), ' ');
  return cells;
}

std::vector<std::string> DurationColumn(const Table& table, std::span<const double> call_ms) {
  double sum = 0.0;
  for (const Row& row : table.rows) {
    const double ms = call_ms[static_cast<size_t>(row.call)];
    if (!std::isnan(ms)) sum += ms;
  }
  std::vector<std::string> cells;
  for (const Row& row : table.rows) {
    const double share = call_ms[static_cast<size_t>(row.call)] / sum;
    cells.push_back(std::isfinite(share) ? Rounded(share * 100.0, 2) + " %" : "-");
  }
  return cells;
}

// "13.37 MB"; below one K nothing stands between number and unit.
std::string Scaled(double value, double step, std::string_view unit, bool whole) {
  static constexpr std::string_view kPrefixes[] = {"", " K", " M", " G", " T"};
  size_t i = 0;
  double scale = 1.0;
  while (i + 1 < std::size(kPrefixes) && value >= scale * step) {
    scale *= step;
    ++i;
  }
  const std::string number = i == 0 && whole ? Fixed(value, 0) : Rounded(value / scale, 2);
  return absl::StrCat(number, ToAbsl(kPrefixes[i]), ToAbsl(unit));
}

std::string Print(const Graph& graph, const Table& table, const PrintOptions& options) {
  if (!table.totals[kTotalMacs].has_value()) return NotesText(table);
  constexpr double kMebi = 1024.0 * 1024.0;
  struct TextColumn {
    std::string_view title;
    std::vector<std::string> cells;
    Align align = Align::kRight;
  };
  std::vector<TextColumn> columns(2);
  columns[0] = {"module name", {}, Align::kLeft};
  columns[1].title = "parameters";
  for (const Row& row : table.rows) {
    columns[0].cells.push_back(row.name);
    columns[1].cells.push_back(Fixed(*row.values[kParameters], 0));
  }
  columns.push_back({"mem read (MB)", DecimalColumn(table, kRead, kMebi)});
  columns.push_back({"mem write (MB)", DecimalColumn(table, kWrite, kMebi)});
  columns.push_back({"storage (MB)", DecimalColumn(table, kStorage, kMebi)});
  columns.push_back({"inference (MB)", DecimalColumn(table, kInference, kMebi)});
  columns.push_back({"MACs (Mega)", DecimalColumn(table, kMacs, 1e6)});
  if (options.call_ms.size() == graph.calls.size()) {
    columns.push_back({"duration[%]", DurationColumn(table, options.call_ms), Align::kLeft});
  }
  std::vector<TableColumn> header;
  for (const TextColumn& column : columns) {  // a column is two wider than its title
    const size_t width = column.title.size() + 2;
    const std::string title(column.title);
    header.push_back({column.align == Align::kLeft ? PadRight(title, width) : PadLeft(title, width),
                      column.align});
  }
  TextTable text(std::move(header));
  for (size_t i = 0; i < table.rows.size(); ++i) {
    std::vector<std::string> cells;
    for (const TextColumn& column : columns) cells.push_back(column.cells[i]);
    text.AddRow(std::move(cells));
  }
  const bool whole_macs = std::none_of(table.rows.begin(), table.rows.end(),
                                       [](const Row& row) { return row.name == "Conv2d"; });
  const auto bytes = [&table](size_t i) { return Scaled(*table.totals[i], 1024, "B", true); };
  return absl::StrCat(
      text.Render(TableStyle::kPsql), "Total Storage:  ", bytes(kTotalStorage),
      "\nTotal Parameters:  ", Fixed(*table.totals[kTotalParameters], 0),
      "\nTotal inference memory:  ", bytes(kTotalInference),
      "\nTotal number of Macs:  ", Scaled(*table.totals[kTotalMacs], 1000, "MAC", whole_macs),
      "\nTotal Memory Read + Write:  ", bytes(kTotalMoved), "\n", NotesText(table));
}

}  // namespace

Convention DnnAnalyzer() {
  return {.name = "dnn-analyzer",
          .tool = "DNN analyzer of TU Darmstadt (2022)",
          .doc =
              "MACs, parameters, memory read and written, storage and inference memory of every "
              "call of a layer; activations, pools and normalization count as MACs, a bias does "
              "not.",
          .gaps =
              "A convolution's output is divided by its stride a second time (a quarter of the "
              "MACs at stride 2); a linear layer reads dimension 1 of its input for features and "
              "never reads its input. Conv1d and Conv3d have no MACs; operators outside layers, "
              "parameters of modules with children and most activations count nothing.",
          .columns = {{"parameters", Unit::kParameters, "the module's own, at every call"},
                      {"mem read", Unit::kBytes, "activations and parameters read"},
                      {"mem write", Unit::kBytes, "activations written"},
                      {"storage", Unit::kBytes, "of the parameters"},
                      {"inference", Unit::kBytes, "the output of one sample"},
                      {"MACs", Unit::kMacs, "multiply-accumulates, the stride taken off twice"}},
          .totals = {{"dnn_macs", Unit::kMacs, "sum over the rows"},
                     {"dnn_params", Unit::kParameters, "sum over the rows"},
                     {"dnn_storage_bytes", Unit::kBytes, "sum over the rows"},
                     {"dnn_infmem_bytes", Unit::kBytes, "sum over the rows"},
                     {"dnn_rw_bytes", Unit::kBytes, "memory read and written"},
                     {"dnn_rows", Unit::kCount, "rows of the table"},
                     {"dnn_read_bytes", Unit::kBytes, "sum over the rows"},
                     {"dnn_write_bytes", Unit::kBytes, "sum over the rows"}},
          .count = Count,
          .print = Print};
}

}  // namespace latcast::conventions
