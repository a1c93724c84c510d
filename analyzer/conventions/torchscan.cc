// torchscan 0.1: every module that is called is a row, once, at its first call; modules with
// children count nothing (torchscan_layers.h has the formulas).
//
// The receptive field walks the rows as if they were one chain: R += S (r - 1), P += S p, S *= s.
#include <cmath>
#include <optional>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "analyzer/conventions/convention.h"
#include "analyzer/conventions/modules.h"
#include "analyzer/conventions/notes.h"
#include "analyzer/conventions/python_text.h"
#include "analyzer/conventions/tools.h"
#include "analyzer/conventions/torchscan_layers.h"
#include "analyzer/conventions/torchscan_summary.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::conventions {
namespace {

using graph::Graph;
using graph::ModuleCall;
using graph::Value;

constexpr size_t kTotals = 5;

// Why the tool ends with an error at this call; empty where it does not.
std::string CrashReason(const Graph& graph, const ModuleCall& call) {
  const Value* in = FirstInput(graph, call);
  if (in == nullptr || in->shape.empty()) return "takes no batch";
  if (!ReturnsOneTensor(call)) return "does not return one tensor";
  if (FirstOutput(graph, call)->shape.empty()) return "returns a scalar";
  const torchscan::Rule* rule = call.children == 0 ? torchscan::FindRule(call) : nullptr;
  if (rule == nullptr) return "";
  if (in->shape.size() < rule->rank) return "takes no batch";
  const bool batch_norm = absl::StrContains(call.class_name, "BatchNorm");
  if (batch_norm && OwnTensor(graph, call, "running_mean") == nullptr) {
    return "has no running statistics";
  }
  const graph::Attribute* padding = ConstructorArgument(graph, call, "padding");
  const bool words = padding != nullptr && std::holds_alternative<std::string>(*padding);
  return words ? "has a padding in words" : "";
}

// Elements of the leaf's parameters and buffers that no row before it had.
Checked NewElements(const Graph& graph, const ModuleCall& call, std::set<graph::ValueId>& seen) {
  Checked elements;
  if (call.children > 0) return elements;
  for (const graph::ValueId id : call.parameters) {
    if (seen.insert(id).second) elements += Numel(graph.value(id).shape);
  }
  return elements;
}

// Absent beyond 2^53, where chains end that squeeze and excite.
std::optional<double> Step(double value) {
  return std::abs(value) <= 0x1p53 ? std::optional(value) : std::nullopt;
}

absl::StatusOr<Row> CountCall(const Graph& graph, graph::CallId id, const torchscan::Rule* rule,
                              const Checked& elements, torchscan::Window& chain) {
  const ModuleCall& call = graph.calls[static_cast<size_t>(id)];
  torchscan::Counts counts;
  torchscan::Window window;
  if (rule != nullptr) {
    if (call.class_name != "Flatten") {
      RETURN_IF_ERROR(CheckSameRank(*FirstInput(graph, call), *FirstOutput(graph, call)));
    }
    const torchscan::Layer layer{graph, call, *FirstInput(graph, call), *FirstOutput(graph, call)};
    ASSIGN_OR_RETURN(counts, rule->count(layer));
    ASSIGN_OR_RETURN(window, rule->window(layer));
  }
  chain.field += chain.stride * (window.field - 1.0);
  chain.padding += chain.stride * window.padding;
  chain.stride *= window.stride;
  Row row{.call = id, .name = torchscan::Name(call), .values = {}};
  row.values.resize(torchscan::kPadding + 1);
  ASSIGN_OR_RETURN(row.values[torchscan::kElements], Exact(elements, "parameters and buffers"));
  ASSIGN_OR_RETURN(row.values[torchscan::kFlops], Exact(counts.flops, "FLOPs"));
  ASSIGN_OR_RETURN(row.values[torchscan::kMacs], Exact(counts.macs, "MACs"));
  ASSIGN_OR_RETURN(row.values[torchscan::kDmas], Exact(counts.dmas, "DMAs"));
  row.values[torchscan::kField] = Step(chain.field);
  row.values[torchscan::kStride] = Step(chain.stride);
  row.values[torchscan::kPadding] = Step(chain.padding);
  return row;
}

absl::Status AddTotals(const Graph& graph, Table& table) {
  Checked parameters;
  Checked bytes;
  for (const Value& value : graph.values) {
    const bool parameter = value.kind == graph::ValueKind::kParameter;
    if (!parameter && value.kind != graph::ValueKind::kBuffer) continue;
    bytes += Numel(value.shape) * graph::ByteSize(value.dtype);
    if (parameter) parameters += Numel(value.shape);
  }
  if (parameters.Value("").value_or(1) == 0) {
    table = Crashed(kTotals, graph.calls.front(), "has no parameters");
    return absl::OkStatus();
  }
  table.totals.resize(kTotals);
  ASSIGN_OR_RETURN(table.totals[0], Total(table, {torchscan::kFlops}, "FLOPs"));
  ASSIGN_OR_RETURN(table.totals[1], Total(table, {torchscan::kMacs}, "MACs"));
  ASSIGN_OR_RETURN(table.totals[2], Total(table, {torchscan::kDmas}, "DMAs"));
  ASSIGN_OR_RETURN(table.totals[3], Exact(bytes, "bytes of parameters and buffers"));
  ASSIGN_OR_RETURN(table.totals[4], Exact(parameters, "parameters"));
  return absl::OkStatus();
}

absl::StatusOr<Table> Count(const Graph& graph) {
  Table table;
  torchscan::Window chain;
  std::set<graph::ValueId> seen;
  std::set<std::string, std::less<>> unsupported;
  for (size_t i = 0; i < graph.calls.size(); ++i) {
    const ModuleCall& call = graph.calls[i];
    if (call.index > 0) continue;
    const std::string crash = CrashReason(graph, call);
    if (!crash.empty()) return Crashed(kTotals, call, crash);
    const torchscan::Rule* rule = call.children == 0 ? torchscan::FindRule(call) : nullptr;
    if (call.children == 0 && rule == nullptr) unsupported.insert(call.class_name);
    absl::StatusOr<Row> row = CountCall(graph, static_cast<graph::CallId>(i), rule,
                                        NewElements(graph, call, seen), chain);
    if (!row.ok()) return NoNumbers(kTotals, call, row.status());
    table.rows.push_back(*std::move(row));
  }
  RETURN_IF_ERROR(AddTotals(graph, table));
  NoteClasses(table, "not supported, counted as nothing", unsupported);
  RETURN_IF_ERROR(NoteMissed(graph, table, torchscan::kMacs));
  return table;
}

}  // namespace

Convention Torchscan() {
  return {.name = "torchscan",
          .tool = "torchscan 0.1.1, receptive fields as 0.1.2 has them",
          .doc =
              "FLOPs, MACs and direct memory accesses of every module, parameters with buffers, "
              "receptive fields of plain chains.",
          .gaps =
              "Every module counts once, at its first call. A linear layer takes dimension 1 of "
              "its input for features, a pool whose window is one int has that many elements, a "
              "transposed convolution counts output positions. Layer and group normalization, "
              "newer activations and operators outside modules count nothing, modules that return "
              "tuples are an error. Branches count as a chain for the receptive field.",
          .columns = {{"Param #", Unit::kParameters, "parameters and buffers of a leaf"},
                      {"FLOPs", Unit::kFlops, "floating-point operations"},
                      {"MACs", Unit::kMacs, "multiply-accumulates, those of pools and norms too"},
                      {"DMAs", Unit::kElements, "elements read and written, windows repeatedly"},
                      {"Receptive field", Unit::kElements, "of the row on the network's input"},
                      {"Effective stride", Unit::kElements, "of the row on the network's input"},
                      {"Effective padding", Unit::kElements, "of the row on the network's input"}},
          .totals = {{"torchscan_flops", Unit::kFlops, "sum over the rows"},
                     {"torchscan_macs", Unit::kMacs, "sum over the rows"},
                     {"torchscan_dmas", Unit::kElements, "sum over the rows"},
                     {"torchscan_bytes", Unit::kBytes, "of all parameters and buffers"},
                     {"torchscan_params", Unit::kParameters, "all parameters, trainable or not"}},
          .count = Count,
          .print = torchscan::Summary};
}

}  // namespace latcast::conventions
