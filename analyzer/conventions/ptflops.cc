// ptflops with its pytorch backend, which hooks modules and patches functions: what a module does
// by a function counts twice.
#include <algorithm>
#include <cmath>

#include "analyzer/conventions/calls.h"
#include "analyzer/conventions/convention.h"
#include "analyzer/conventions/modules.h"
#include "analyzer/conventions/notes.h"
#include "analyzer/conventions/operators.h"
#include "analyzer/conventions/tools.h"
#include "base/status_macros.h"

namespace latcast::conventions {
namespace {

Checked Input(const SeenCall& call) { return call.In(); }
Checked Output(const SeenCall& call) { return call.Out(); }
Checked WithBias(const SeenCall& call) { return ConvMacs(call) + Bias(call); }
Checked Norm(const SeenCall& call) { return call.In() * (call.Has("weight") ? 2 : 1); }

// Scaling, projections with their biases, heads with a softmax, and the output's projection.
Checked Attention(const SeenCall& call) {
  const bool batch_first = call.Int("batch_first", 0) != 0;
  const size_t sequence = batch_first ? 1 : 0;
  const auto shape = [&call](size_t input) -> const graph::Shape& {
    const bool given = input < call.call.inputs.size() && call.call.inputs[input] != graph::kNone;
    return given ? call.graph.value(call.call.inputs[input]).shape : call.in.shape;
  };
  for (size_t i = 0; i < 3; ++i) {
    if (shape(i).size() != 3) return 0;
  }
  const Checked batch = call.in.shape[1 - sequence];
  const int64_t heads = std::max<int64_t>(call.Int("num_heads", 1), 1);
  const Checked q = shape(0)[sequence], k = shape(1)[sequence], v = shape(2)[sequence];
  const Checked q_dim = shape(0)[2], k_dim = shape(1)[2], v_dim = shape(2)[2];
  Checked macs = q * q_dim + q * q_dim * q_dim + k * k_dim * k_dim + v * v_dim * v_dim;
  if (call.Has("in_proj_bias")) macs += (q + k + v) * q_dim;
  macs += q * k * (Checked(shape(0)[2] / heads) + 1 + shape(2)[2] / heads) * heads;
  return (macs + q * v_dim * (v_dim + 1)) * batch;
}

constexpr CallRule kModules[] = {
    {kConvClasses, WithBias},
    {kTransposedClasses, WithBias},
    {"Linear", [](const SeenCall& call) { return LinearMacs(call) + Bias(call); }},
    {"ReLU PReLU ELU LeakyReLU ReLU6 GELU", Output},
    {kMaxPoolClasses, Input},
    {kAvgPoolClasses, Input},
    {kAdaptiveMaxPoolClasses, Input},
    {kAdaptiveAvgPoolClasses, Input},
    {kBatchNormClasses, Norm},
    {kInstanceNormClasses, Norm},
    {"GroupNorm", Norm},
    {"LayerNorm", Input},
    {"MultiheadAttention", Attention},
    {kRecurrentClasses, [](const SeenCall& call) { return RecurrentWork(call, false); }},
    // Of the first sample.
    {"Upsample",
     [](const SeenCall& call) {
       Checked elements = 1;
       for (size_t i = 1; i < call.out.shape.size(); ++i) elements *= call.out.shape[i];
       return elements;
     }},
};

Checked OpInput(const SeenOp& op) { return op.In(); }

constexpr OpRule kFunctions[] = {
    {"matmul baddbmm", [](const SeenOp& op) { return IsEinsum(op) ? Checked(0) : op.macs; }},
    {"relu prelu elu gelu silu softmax", OpInput},
    // nn.ReLU6 runs hardtanh, which is not patched.
    {"relu6", [](const SeenOp& op) { return op.InsideOf("ReLU6") ? Checked(0) : op.In(); }},
    {"max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d", OpInput},
    {"adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d", OpInput},
    {"adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d", OpInput},
    {"interpolate", Elements},
};

absl::StatusOr<Table> Count(const graph::Graph& graph) {
  ASSIGN_OR_RETURN(Table table, CountCalls(graph, {kModules}));
  ASSIGN_OR_RETURN(Table functions, CountOps(graph, {kFunctions}));
  // Modules are averaged over the batch, functions are not.
  const graph::Value* input = graph.inputs.empty() ? nullptr : &graph.value(graph.inputs[0]);
  const bool batched = input != nullptr && !input->shape.empty() && input->shape[0] > 0;
  const double batch = batched ? static_cast<double>(input->shape[0]) : 1.0;
  table.totals = {std::trunc(*table.totals[0] / batch + *functions.totals[0])};
  for (Row& row : functions.rows) table.rows.push_back(std::move(row));
  table.notes.clear();
  RETURN_IF_ERROR(NoteMissed(graph, table));
  return table;
}

}  // namespace

Convention Ptflops() {
  return {.name = "ptflops",
          .tool = "ptflops 0.7, backend 'pytorch'",
          .doc =
              "Multiply-accumulates and biases of convolution and linear modules and of "
              "matrix-product functions, 2 an element of batch norms, 1 of other norms, of "
              "activations and of the input of pools; an average over the batch.",
          .gaps =
              "Activations and pools that are modules count twice, as module and as function "
              "(ReLU6 once); functional linear layers, fused attention outside of "
              "nn.MultiheadAttention, einsum, and what is written with the operators @ + * count "
              "nothing (products with @ do here: a capture does not tell them apart).",
          .columns = {{"MACs", Unit::kMacs, "of the module call or the function"}},
          .totals = {{"ptflops_pytorch_macs", Unit::kMacs, "of one sample"}},
          .count = Count};
}

}  // namespace latcast::conventions
