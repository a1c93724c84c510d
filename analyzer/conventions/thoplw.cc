// thoplw: one row a module of a class it knows; of a module called twice the last call counts.
//
//   class                                     MACs
//   Linear                                    in[1] out[1] + bias
//   Conv2d, ConvTranspose2d                   weight Ho Wo + bias, of one sample
//   BatchNorm                                 4 in
//   LayerNorm, InstanceNorm                   2 in
//   PReLU                                     its slopes
//   Softmax                                   in
//   AvgPool, AdaptiveAvgPool                  out, as often as it has spatial dimensions
//   Upsample nearest, linear, bilinear,
//   bicubic                                   0, 4 out, 6 out, 20 out
//   ReLU, ReLU6, max pools, Dropout, Flatten,
//   PixelShuffle, ZeroPad2d                   0
//   anything else, Conv3d                     no row
//
// where a bias counts once and not at every position. A convolution of one dimension, LeakyReLU,
// other ways to upsample and tuples of tensors end the tool with an error.
#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "analyzer/conventions/convention.h"
#include "analyzer/conventions/modules.h"
#include "analyzer/conventions/notes.h"
#include "analyzer/conventions/python_text.h"
#include "analyzer/conventions/tools.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "base/text_table.h"

namespace latcast::conventions {
namespace {

using graph::Graph;
using graph::ModuleCall;
using graph::Value;

constexpr size_t kTotals = 3;
enum : size_t { kMacs, kParameters, kWithBuffers };  // columns and totals alike

enum class Kind {
  kUnknown,
  kNothing,
  kLinear,
  kConv,
  kBatchNorm,
  kLayerNorm,
  kLeakyRelu,
  kPrelu,
  kSoftmax,
  kAvgPool,
  kUpsample
};

Kind KindOf(const ModuleCall& call) {
  if (HasClass(call, {"ReLU", "ReLU6", "MaxPool1d", "MaxPool2d", "MaxPool3d", "AdaptiveMaxPool1d",
                      "AdaptiveMaxPool2d", "AdaptiveMaxPool3d", "Dropout", "Flatten",
                      "PixelShuffle", "ZeroPad2d"})) {
    return Kind::kNothing;
  }
  if (HasClass(call, {"Linear"})) return Kind::kLinear;
  if (HasClass(call, {"Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d",
                      "ConvTranspose3d"})) {
    return Kind::kConv;
  }
  if (HasClass(call, {"BatchNorm1d", "BatchNorm2d", "BatchNorm3d"})) return Kind::kBatchNorm;
  if (HasClass(call, {"LayerNorm", "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d"})) {
    return Kind::kLayerNorm;
  }
  if (HasClass(call, {"LeakyReLU"})) return Kind::kLeakyRelu;
  if (HasClass(call, {"PReLU"})) return Kind::kPrelu;
  if (HasClass(call, {"Softmax"})) return Kind::kSoftmax;
  if (HasClass(call, {"AvgPool1d", "AvgPool2d", "AvgPool3d", "AdaptiveAvgPool1d",
                      "AdaptiveAvgPool2d", "AdaptiveAvgPool3d"})) {
    return Kind::kAvgPool;
  }
  if (HasClass(call, {"Upsample", "UpsamplingBilinear2d", "UpsamplingNearest2d"})) {
    return Kind::kUpsample;
  }
  return Kind::kUnknown;
}

std::optional<int64_t> UpsampleFactor(const ModuleCall& call) {
  static constexpr std::pair<std::string_view, int64_t> kFactors[] = {
      {"nearest", 0}, {"linear", 4}, {"bilinear", 6}, {"bicubic", 20}};
  const auto mode = call.attributes.find("mode");
  for (const auto& [name, factor] : kFactors) {
    if (mode != call.attributes.end() && mode->second == graph::Attribute(std::string(name))) {
      return factor;
    }
  }
  return std::nullopt;
}

int64_t Bias(const Graph& graph, const ModuleCall& call) {
  const Value* bias = OwnTensor(graph, call, "bias");
  return bias == nullptr || bias->shape.empty() ? 0 : bias->shape[0];
}

// Why the tool ends with an error at this call; empty where it does not.
std::string CrashReason(const Graph& graph, const ModuleCall& call) {
  const Kind kind = KindOf(call);
  if (kind == Kind::kUnknown || kind == Kind::kNothing) return "";
  const Value* in = FirstInput(graph, call);
  if (in == nullptr) return "takes no tensor";
  if (call.inputs.size() > 1) return "takes several tensors";
  if (!ReturnsOneTensor(call)) return "does not return one tensor";
  switch (kind) {
    case Kind::kLinear:
      return in->shape.size() < 2 ? "takes no batch" : "";
    case Kind::kConv:
      if (in->shape.size() == 3) return "takes three dimensions, of which it knows nothing";
      if (in->shape.size() == 5 && Bias(graph, call) > 0) return "adds a bias to no number";
      return "";
    case Kind::kLeakyRelu:
      return "has no weight";
    case Kind::kUpsample:
      return UpsampleFactor(call) ? "" : "has a mode it does not know";
    default:
      return "";
  }
}

// Absent where the tool hides the module.
absl::StatusOr<std::optional<Checked>> Macs(const Graph& graph, const ModuleCall& call) {
  const Kind kind = KindOf(call);
  if (kind == Kind::kUnknown) return std::nullopt;
  if (kind == Kind::kNothing) return Checked(0);
  const Value& in = *FirstInput(graph, call);
  const Value& out = *FirstOutput(graph, call);
  RETURN_IF_ERROR(CheckSameRank(in, out));
  switch (kind) {
    case Kind::kLinear:
      return Checked(in.shape[1]) * out.shape[1] + Bias(graph, call);
    case Kind::kConv: {
      if (in.shape.size() != 4) return std::nullopt;
      const Value* weight = OwnTensor(graph, call, "weight");
      if (weight == nullptr) return absl::InvalidArgumentError("has no weight");
      return Numel(weight->shape) * out.shape[2] * out.shape[3] + Bias(graph, call);
    }
    case Kind::kBatchNorm:
      return Numel(in.shape) * 4;
    case Kind::kLayerNorm:
      return Numel(in.shape) * 2;
    case Kind::kPrelu:
      return OwnParameters(graph, call);
    case Kind::kSoftmax:
      return Numel(in.shape);
    case Kind::kAvgPool:
      return Numel(out.shape) * std::max<int64_t>(static_cast<int64_t>(in.shape.size()) - 2, 0);
    case Kind::kUpsample:
      return Numel(out.shape) * *UpsampleFactor(call);
    default:
      return std::nullopt;
  }
}

Checked WithBuffers(const Graph& graph, const ModuleCall& call) {
  Checked count = OwnParameters(graph, call);
  if (KindOf(call) != Kind::kBatchNorm) return count;
  for (const std::string_view name : {"running_mean", "running_var"}) {
    if (const Value* buffer = OwnTensor(graph, call, name)) count += Numel(buffer->shape);
  }
  return count;
}

absl::StatusOr<std::optional<Row>> CountCall(const Graph& graph, graph::CallId id) {
  const ModuleCall& call = graph.calls[static_cast<size_t>(id)];
  ASSIGN_OR_RETURN(const std::optional<Checked> macs, Macs(graph, call));
  if (!macs) return std::nullopt;
  Row row{.call = id, .name = call.path, .values = {}};
  row.values.resize(kTotals);
  ASSIGN_OR_RETURN(row.values[kMacs], Exact(*macs, "MACs"));
  ASSIGN_OR_RETURN(row.values[kParameters], Exact(OwnParameters(graph, call), "parameters"));
  ASSIGN_OR_RETURN(row.values[kWithBuffers], Exact(WithBuffers(graph, call), "parameters"));
  return row;
}

absl::StatusOr<Table> Count(const Graph& graph) {
  std::map<std::string_view, size_t> order;  // of the modules, by their first call
  std::vector<std::optional<Row>> rows;
  std::set<std::string, std::less<>> ignored;
  for (size_t i = 0; i < graph.calls.size(); ++i) {
    const ModuleCall& call = graph.calls[i];
    const std::string crash = CrashReason(graph, call);
    if (!crash.empty()) return Crashed(kTotals, call, crash);
    absl::StatusOr<std::optional<Row>> row = CountCall(graph, static_cast<graph::CallId>(i));
    if (!row.ok()) return NoNumbers(kTotals, call, row.status());
    const auto [at, added] = order.emplace(call.path, rows.size());
    if (added) rows.emplace_back();
    rows[at->second] = *std::move(row);
    if (i > 0 && KindOf(call) == Kind::kUnknown && call.class_name != "Sequential") {
      ignored.insert(call.class_name);
    }
  }
  Table table;
  for (std::optional<Row>& row : rows) {
    if (row) table.rows.push_back(*std::move(row));
  }
  table.totals.resize(kTotals);
  ASSIGN_OR_RETURN(table.totals[kMacs], Total(table, {kMacs}, "MACs"));
  ASSIGN_OR_RETURN(table.totals[kParameters], Total(table, {kParameters}, "parameters"));
  ASSIGN_OR_RETURN(table.totals[kWithBuffers], Total(table, {kWithBuffers}, "parameters"));
  NoteClasses(table, "ignored", ignored);
  RETURN_IF_ERROR(NoteMissed(graph, table, kMacs));
  return table;
}

// "3": one int for all dimensions; "(1, 7)" where they differ.
std::string SizeText(const Graph& graph, const ModuleCall& call, std::string_view name) {
  const absl::StatusOr<std::vector<int64_t>> sizes = ConstructorInts(graph, call, name, 0);
  if (!sizes.ok()) return "?";
  const bool alike = std::count(sizes->begin(), sizes->end(), sizes->front()) ==
                     static_cast<std::ptrdiff_t>(sizes->size());
  return alike ? absl::StrCat(sizes->front()) : Tuple(*sizes);
}

std::string Description(const Graph& graph, const ModuleCall& call) {
  std::string text = call.class_name;
  const bool conv = KindOf(call) == Kind::kConv;
  const bool pool = absl::StrContains(text, "Pool") && !absl::StartsWith(text, "Adaptive");
  if (conv || pool) absl::StrAppend(&text, " k=", SizeText(graph, call, "kernel_size"));
  if (conv) absl::StrAppend(&text, " p=", SizeText(graph, call, "padding"));
  if (conv || pool) absl::StrAppend(&text, " s=", SizeText(graph, call, "stride"));
  return text;
}

// "64x56x56": without the batch.
std::string ShapesText(const Graph& graph, const std::vector<graph::ValueId>& ids) {
  std::vector<std::string> texts;
  for (const graph::ValueId id : ids) {
    const graph::Shape& shape = graph.value(id).shape;
    if (shape.empty()) continue;
    texts.push_back(absl::StrJoin(shape.begin() + 1, shape.end(), "x"));
  }
  return absl::StrJoin(texts, ", ");
}

std::string Clever(double value) {
  static constexpr char kUnits[] = {' ', 'K', 'M', 'G', 'T', 'P'};
  size_t i = 0;
  for (; i + 1 < std::size(kUnits) && value >= 1000.0; ++i) value /= 1000.0;
  return absl::StrCat(PadLeft(Fixed(value, 2), 6), " ", std::string(1, kUnits[i]));
}

std::string Number(double value, double total, std::string_view units) {
  if (units == "clever") return Clever(value);
  if (units == "ratio") return PadLeft(Fixed(100.0 * value / total, 2), 5) + " %";
  return Fixed(value, 0);
}

std::string Line(const std::vector<std::string>& cells, std::string_view kind) {
  if (kind != "csv") return absl::StrCat("| ", absl::StrJoin(cells, " | "), " |\n");
  std::vector<std::string> stripped;
  for (const std::string& cell : cells) {
    stripped.emplace_back(absl::StripAsciiWhitespace(cell));
  }
  return absl::StrJoin(stripped, ",") + "\n";  // never quoted
}

std::string Rule(const std::vector<std::string>& cells, std::string_view kind) {
  std::vector<std::string> bars;
  for (const std::string& cell : cells) bars.emplace_back(DisplayWidth(cell), '-');
  if (kind == "md") return absl::StrCat("|:", absl::StrJoin(bars, ":|:"), ":|\n");
  return absl::StrCat("+-", absl::StrJoin(bars, "-+-"), "-+\n");
}

std::string Print(const Graph& graph, const Table& table, const PrintOptions& options) {
  if (table.rows.empty()) return NotesText(table);
  const double macs = *table.totals[kMacs];
  const double parameters = *table.totals[kParameters];
  std::vector<std::vector<std::string>> lines = {
      {"Name", "Input shape", "Output shape", "MACs", "Params", "Description"}};
  for (const Row& row : table.rows) {
    const ModuleCall& call = graph.calls[static_cast<size_t>(row.call)];
    lines.push_back({row.name, ShapesText(graph, call.inputs), ShapesText(graph, call.outputs),
                     Number(*row.values[kMacs], macs, options.units),
                     Number(*row.values[kParameters], parameters, options.units),
                     Description(graph, call)});
  }
  const auto total = [&](double value) {
    return options.units == "raw" ? Fixed(value, 0) : Clever(value);
  };
  lines.push_back({"Total", lines[1][1], lines.back()[2], total(macs), total(parameters),
                   graph.calls.front().class_name});
  std::vector<size_t> widths(lines.front().size());
  for (const auto& line : lines) {
    for (size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], DisplayWidth(line[i]));
  }
  std::string text;
  for (size_t i = 0; i < lines.size(); ++i) {
    std::vector<std::string>& line = lines[i];
    for (const size_t left : {0, 5}) line[left] = PadRight(line[left], widths[left]);
    for (const size_t centre : {1, 2}) line[centre] = Center(line[centre], widths[centre]);
    for (const size_t right : {3, 4}) line[right] = PadLeft(line[right], widths[right]);
    const bool rule = i == 1 || (i + 1 == lines.size() && options.kind == "text");
    if (rule && options.kind != "csv") text += Rule(line, options.kind);
    text += Line(line, options.kind);
  }
  return options.kind == "text" ? text + NotesText(table) : text;
}

}  // namespace

Convention Thoplw() {
  return {.name = "thoplw",
          .tool = "thoplw (pytorch-op-counter-layerwise)",
          .doc =
              "MACs and parameters of every module of a known class: convolutions, linear layers, "
              "4 an element of batch normalization, 2 of layer normalization, average pools.",
          .gaps =
              "Convolutions and linear layers count one sample, all else the batch; a bias counts "
              "once and not at every position; a linear layer takes dimension 1 of its input for "
              "features; an average pool counts its spatial dimensions for its window. A module "
              "called twice counts once, classes it does not know and their parameters not at "
              "all. Rows stand here in the order of the modules' first calls.",
          .columns = {{"MACs", Unit::kMacs, "multiply-accumulates of the module"},
                      {"Params", Unit::kParameters, "the module's own"},
                      {"Params with BN buffers", Unit::kParameters,
                       "with running mean and variance, as in the tool's README"}},
          .totals = {{"thoplw_macs", Unit::kMacs, "sum over the rows"},
                     {"thoplw_params", Unit::kParameters, "sum over the rows"},
                     {"thoplw_params_with_bn_buffers", Unit::kParameters,
                      "with running mean and variance, as in the tool's README"}},
          .count = Count,
          .print = Print};
}

}  // namespace latcast::conventions
