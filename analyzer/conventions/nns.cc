// nns, a summary of Keras models, on the Keras layers that a PyTorch network is made of. Per
// sample, a multiply-add being one FLOP:
//
//   PyTorch                       Keras                      FLOPs               activations
//   the input                     Input                      0                   in
//   Linear                        Dense                      weight, once        out
//   Conv1d, Conv2d                Conv1D, Conv2D             K Cin/groups out    out
//   ConvTranspose2d               Conv2DTranspose            K Cout out          out
//   BatchNorm                     BatchNormalization         0                   out
//   RNN, LSTM, GRU                SimpleRNN, LSTM, GRU       g T (I H + H H)     a T H
//     of both directions          Bidirectional              twice               twice, + out
//   activations, pools, Dropout,
//   Flatten, Upsample, padding    layers of these names      0                   out
//   operators between layers      Add, Concatenate, ...,     0                   out
//                                 Lambda for the others
//
// with g = 1, 4, 3 and a = 3, 14, 13 (their activations, none of them linear); a stack of recurrent
// layers is as many of them. An activation is a layer of its own here, so that a convolution with
// one has twice its output, as nns has it. Depthwise convolutions are those with groups. A module
// with parameters that is called twice is one layer; modules and operators without, two.
//
// BatchNormalization has 2C parameters in its row and 4C in the total. Training takes three times
// the FLOPs and twice the activations; 4 bytes an element; everything else is not recognised and
// left out, its parameters not.
#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "analyzer/conventions/calls.h"
#include "analyzer/conventions/convention.h"
#include "analyzer/conventions/modules.h"
#include "analyzer/conventions/nns_summary.h"
#include "analyzer/conventions/notes.h"
#include "analyzer/conventions/python_text.h"
#include "analyzer/conventions/tools.h"
#include "analyzer/ops/op_def.h"
#include "base/status_macros.h"

namespace latcast::conventions {
namespace {

using graph::Graph;
using graph::ModuleCall;
using graph::Op;
using graph::Value;
using nns::Batch;
using nns::kActivations;
using nns::kFlops;
using nns::kParameters;

constexpr std::string_view kGenericClasses =
    "ReLU ReLU6 LeakyReLU PReLU ELU Softmax Threshold Sigmoid Tanh SELU GELU SiLU Mish Hardswish "
    "Hardsigmoid Hardtanh Softplus Softsign LogSigmoid LogSoftmax CELU Identity Dropout Dropout1d "
    "Dropout2d Dropout3d Flatten Unflatten Upsample UpsamplingNearest2d UpsamplingBilinear2d "
    "ZeroPad1d ZeroPad2d ZeroPad3d";

bool IsGeneric(const ModuleCall& call) {
  const auto is = [&call](std::string_view classes) { return HasWord(classes, call.class_name); };
  return is(kGenericClasses) || is(kMaxPoolClasses) || is(kAvgPoolClasses) ||
         is(kAdaptiveMaxPoolClasses) || is(kAdaptiveAvgPoolClasses);
}

// Of one sample; where the batch was folded into something else, of what follows the first
// dimension.
absl::StatusOr<int64_t> Sample(const Value& value, int64_t batch) {
  ASSIGN_OR_RETURN(const int64_t all, Numel(value.shape).Value("activations"));
  if (value.shape.empty()) return 1;
  if (all % batch == 0) return all / batch;
  return Numel(graph::Shape(value.shape.begin() + 1, value.shape.end())).Value("activations");
}

struct Counts {
  Checked flops;
  Checked activations;
};

absl::StatusOr<Counts> Conv(const Graph& graph, const ModuleCall& call, const Checked& out) {
  const Value* weight = OwnTensor(graph, call, "weight");
  if (weight == nullptr || weight->shape.size() < 3) {
    return absl::InvalidArgumentError("a convolution without a weight of its own");
  }
  Checked window = weight->shape[1];  // the channels of a group that one output is made of, but of
  if (call.class_name == "ConvTranspose2d") {  // a transposed one, the outputs
    ASSIGN_OR_RETURN(const auto groups, ConstructorInts(graph, call, "groups"));
    window *= groups[0];
  }
  for (size_t i = 2; i < weight->shape.size(); ++i) window *= weight->shape[i];
  return Counts{window * out, out};
}

absl::StatusOr<Counts> Recurrent(const Graph& graph, const ModuleCall& call, const Value& in,
                                 const Checked& out) {
  const auto flag = [&](std::string_view name) {
    const graph::Attribute* argument = ConstructorArgument(graph, call, name);
    return argument != nullptr && *argument == graph::Attribute(true);
  };
  ASSIGN_OR_RETURN(const auto features, ConstructorInts(graph, call, "input_size"));
  ASSIGN_OR_RETURN(const auto units, ConstructorInts(graph, call, "hidden_size"));
  ASSIGN_OR_RETURN(const auto layers, ConstructorInts(graph, call, "num_layers"));
  if (in.shape.size() < 2) return absl::InvalidArgumentError("a sequence without steps");
  const size_t time = in.shape.size() > 2 && flag("batch_first") ? 1 : 0;
  const int64_t directions = flag("bidirectional") ? 2 : 1;
  const bool lstm = call.class_name == "LSTM";
  const bool gru = call.class_name == "GRU";
  const Checked steps = Checked(in.shape[time]) * directions;
  Counts counts;
  Checked inputs = features[0];
  for (int64_t layer = 0; layer < layers[0]; ++layer) {
    counts.flops += steps * (inputs + units[0]) * units[0] * (lstm ? 4 : gru ? 3 : 1);
    counts.activations += steps * units[0] * (lstm ? 14 : gru ? 13 : 3);
    if (directions == 2) counts.activations += out;
    inputs = Checked(units[0]) * directions;
    if (counts.flops.overflow()) break;
  }
  return counts;
}

// Absent for what is not recognised; INVALID_ARGUMENT for what is not what its class promises.
absl::StatusOr<std::optional<Counts>> CountLayer(const Graph& graph, const ModuleCall& call,
                                                 int64_t batch) {
  const Value* in = FirstInput(graph, call);
  const Value* first_out = FirstOutput(graph, call);
  if (in == nullptr || first_out == nullptr) return std::nullopt;
  ASSIGN_OR_RETURN(const int64_t out, Sample(*first_out, batch));
  const Value* weight = OwnTensor(graph, call, "weight");
  if (call.class_name == "Linear" && weight != nullptr) return Counts{Numel(weight->shape), out};
  if (HasClass(call, {"Conv1d", "Conv2d", "ConvTranspose2d"})) return Conv(graph, call, out);
  if (HasClass(call, {"RNN", "LSTM", "GRU"})) return Recurrent(graph, call, *in, out);
  const bool batch_norm = HasWord(kBatchNormClasses, call.class_name);
  if (batch_norm || IsGeneric(call)) return Counts{0, out};
  return std::nullopt;
}

// Absent for what is not recognised.
absl::StatusOr<std::optional<Counts>> CountOp(const Graph& graph, size_t id, int64_t batch) {
  const Op& op = graph.ops[id];
  const ops::OpDef* def = ops::FindOp(op.type);
  if (def == nullptr || def->family == "normalization" || def->family == "embedding") {
    return std::nullopt;
  }
  ASSIGN_OR_RETURN(const ops::OpCost cost,
                   Annotate(ops::CostOp(*def, ops::MakeCall(graph, op)), ops::Place(id, op)));
  if (cost.macs > 0) return std::nullopt;
  Counts counts;
  for (const graph::ValueId output : op.outputs) {
    if (output == graph::kNone) continue;
    ASSIGN_OR_RETURN(const int64_t elements, Sample(graph.value(output), batch));
    counts.activations += elements;
  }
  return counts;
}

absl::Status AddRow(Row row, const Counts& counts, const Checked& parameters, Table& table) {
  row.values.resize(kActivations + 1);
  ASSIGN_OR_RETURN(row.values[kFlops], Exact(counts.flops, "FLOPs"));
  ASSIGN_OR_RETURN(row.values[kParameters], Exact(parameters, "parameters"));
  ASSIGN_OR_RETURN(row.values[kActivations], Exact(counts.activations, "activations"));
  table.rows.push_back(std::move(row));
  return absl::OkStatus();
}

// Parameters, and the moving statistics that Keras has among them.
Checked ModelParameters(const Graph& graph) {
  Checked parameters;
  for (const Value& value : graph.values) {
    const bool moving =
        value.kind == graph::ValueKind::kBuffer &&
        (absl::EndsWith(value.name, "running_mean") || absl::EndsWith(value.name, "running_var"));
    if (value.kind == graph::ValueKind::kParameter || moving) parameters += Numel(value.shape);
  }
  return parameters;
}

absl::Status AddTotals(const Graph& graph, Table& table) {
  const double batch = static_cast<double>(Batch(graph));
  ASSIGN_OR_RETURN(const double parameters, Exact(ModelParameters(graph), "parameters"));
  ASSIGN_OR_RETURN(const double flops, Total(table, {kFlops}, "FLOPs"));
  ASSIGN_OR_RETURN(const double activations, Total(table, {kActivations}, "activations"));
  table.totals = {
      batch * flops,           parameters,        batch * activations,    4 * parameters,
      4 * batch * activations, 3 * batch * flops, 8 * batch * activations};
  for (const auto& total : table.totals) {
    if (*total > 0x1p53) return absl::OutOfRangeError("a total is beyond 2^53, no longer exact");
  }
  return absl::OkStatus();
}

absl::StatusOr<Table> Count(const Graph& graph) {
  const int64_t batch = Batch(graph);
  Table table;
  for (const graph::ValueId input : graph.inputs) {
    ASSIGN_OR_RETURN(const int64_t elements, Sample(graph.value(input), batch));
    RETURN_IF_ERROR(AddRow({.name = "input", .values = {}}, {0, elements}, 0, table));
  }
  std::vector<bool> in_layer(graph.calls.size());
  std::set<std::string, std::less<>> unknown;
  // Layers in the order of their first operators, calls and operators being in execution order.
  size_t next_call = 0;
  const auto add_calls = [&](size_t end) -> absl::Status {
    for (; next_call < end; ++next_call) {
      const ModuleCall& call = graph.calls[next_call];
      const bool inside = call.parent != graph::kNone && in_layer[static_cast<size_t>(call.parent)];
      const bool layer = call.children == 0 || call.class_name == "MultiheadAttention";
      in_layer[next_call] = inside || layer;
      if (inside || !layer || (call.index > 0 && !call.parameters.empty())) continue;
      const absl::StatusOr<std::optional<Counts>> counts = CountLayer(graph, call, batch);
      if (!counts.ok() && !absl::IsInvalidArgument(counts.status())) {
        return Annotate(counts.status(), CallName(call));
      }
      if (!counts.ok() || !*counts) {
        unknown.insert(call.class_name);
        continue;
      }
      RETURN_IF_ERROR(
          AddRow({.call = static_cast<graph::CallId>(next_call), .name = call.path, .values = {}},
                 **counts, OwnParameters(graph, call), table));
    }
    return absl::OkStatus();
  };
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const Op& op = graph.ops[i];
    RETURN_IF_ERROR(add_calls(static_cast<size_t>(op.call) + 1));
    const bool copy = op.type == "contiguous" || op.type == "clone";
    if (copy || (op.call != graph::kNone && in_layer[static_cast<size_t>(op.call)])) continue;
    ASSIGN_OR_RETURN(const std::optional<Counts> counts, CountOp(graph, i, batch));
    if (!counts) {
      unknown.insert(op.type);
      continue;
    }
    RETURN_IF_ERROR(
        AddRow({.call = op.call, .op = static_cast<graph::OpId>(i), .name = op.name, .values = {}},
               *counts, 0, table));
  }
  RETURN_IF_ERROR(add_calls(graph.calls.size()));
  RETURN_IF_ERROR(AddTotals(graph, table));
  NoteClasses(table, "not recognised", unknown);
  RETURN_IF_ERROR(NoteMissed(graph, table));
  return table;
}

}  // namespace

Convention Nns() {
  return {.name = "nns",
          .tool = "nns 2021, a summary of Keras models",
          .doc =
              "Multiply-adds (there called FLOPs) of dense, convolutional and recurrent layers, "
              "the output elements of every layer, parameters with the moving statistics of "
              "normalization; PyTorch modules and operators count as the Keras layers they are.",
          .gaps =
              "A dense layer on sequences counts one step; a transposed convolution counts output "
              "channels twice. Layer and group normalization, attention, embeddings and 3-D "
              "convolutions are not recognised. Training is three times the FLOPs and twice the "
              "activations.",
          .columns = {{"flops", Unit::kMacs, "multiply-adds of one sample"},
                      {"num_params", Unit::kParameters, "the layer's own"},
                      {"num_activations", Unit::kElements, "output elements of one sample"}},
          .totals = {{"nns_flops", Unit::kMacs, "multiply-adds of the batch, inference"},
                     {"nns_params", Unit::kParameters, "with the moving statistics"},
                     {"nns_activations", Unit::kElements, "output elements of the batch"},
                     {"nns_param_bytes", Unit::kBytes, "4 a parameter"},
                     {"nns_activation_bytes", Unit::kBytes, "4 an element, inference"},
                     {"nns_training_flops", Unit::kMacs, "three times those of inference"},
                     {"nns_training_activation_bytes", Unit::kBytes, "twice those of inference"}},
          .count = Count,
          .print = nns::Summary};
}

}  // namespace latcast::conventions
