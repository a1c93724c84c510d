// DeepSpeed's flops profiler, which patches functions of torch and torch.nn.functional and tells
// multiply-accumulates from FLOPs.
#include <algorithm>

#include "analyzer/conventions/calls.h"
#include "analyzer/conventions/convention.h"
#include "analyzer/conventions/operators.h"
#include "analyzer/conventions/tools.h"
#include "analyzer/graph/attributes.h"
#include "base/status_macros.h"

namespace latcast::conventions {
namespace {

Checked Input(const SeenOp& op) { return op.In(); }

// nn.ReLU6 runs hardtanh, which is not patched.
Checked Relu6(const SeenOp& op) { return op.InsideOf("ReLU6") ? Checked(0) : op.In(); }

// The sizes asked for, without batch and channels; the input where a factor is asked for.
Checked Resampling(const SeenOp& op) {
  if (!op.call.op.attributes.contains("output_size")) return op.In();
  const graph::Shape& shape = op.call.outputs[0]->shape;
  Checked product = 1;
  for (size_t i = 2; i < shape.size(); ++i) product *= shape[i];
  return product;
}

// Groups divide a second time, which is right for one group only.
Checked TransposedMacs(const SeenOp& op) {
  const graph::Shape& weight = op.call.inputs[1]->shape;  // in, out / groups, kernel
  Checked macs = op.In() * (weight[1] / std::max<int64_t>(op.Int("groups"), 1));
  for (size_t i = 2; i < weight.size(); ++i) macs *= weight[i];
  return macs;
}

// The bias is added to the outputs that a plain convolution of this stride would have.
Checked TransposedFlops(const SeenOp& op) {
  Checked flops = TransposedMacs(op) * 2;
  if (!op.Has("bias")) return flops;
  const graph::Shape& input = op.call.inputs[0]->shape;
  const graph::Shape& weight = op.call.inputs[1]->shape;
  const size_t dims = weight.size() - 2;
  const auto ints = [&op, dims](std::string_view name, int64_t fallback) {
    const auto values = graph::GetInts(op.call.op.attributes, name, dims, fallback);
    return values.ok() ? *values : std::vector<int64_t>(dims, fallback);
  };
  const std::vector<int64_t> stride = ints("stride", 1), padding = ints("padding", 0),
                             dilation = ints("dilation", 1);
  Checked outputs = Checked(weight[1]) * (input.size() > weight.size() - 1 ? input[0] : 1);
  for (size_t i = 0; i < dims; ++i) {
    const Checked room = Checked(input[input.size() - dims + i]) + padding[i] + padding[i] -
                         Checked(dilation[i]) * (weight[i + 2] - 1) - 1;
    const auto exact = room.Value("input with its padding");
    if (!exact.ok() || stride[i] < 1) return room;
    outputs *= *exact / stride[i] - (*exact % stride[i] < 0 ? 1 : 0) + 1;
  }
  return flops + outputs;
}

constexpr OpRule kMacs[] = {
    {kPlainConvolutions, Macs},
    {kTransposedConvolutions, TransposedMacs},
    {kProducts, [](const SeenOp& op) { return IsEinsum(op) ? Checked(0) : op.macs; }},
    {kAttention, Macs}};

constexpr OpRule kFlops[] = {
    {kPlainConvolutions, [](const SeenOp& op) { return op.macs * 2 + BiasAdditions(op); }},
    {kTransposedConvolutions, TransposedFlops},
    {kProducts, [](const SeenOp& op) { return op.macs * 2; }},
    {kAttention, [](const SeenOp& op) { return op.macs * 2 + Scores(op); }},
    {"batch_norm",
     [](const SeenOp& op) {
       return op.In() * ((InTraining(op) ? 4 : 1) + (op.Has("weight") ? 1 : 0));
     }},
    {kOtherNorms, [](const SeenOp& op) { return op.In() * (op.Has("weight") ? 5 : 4); }},
    {"relu6", Relu6},
    {"relu prelu elu leaky_relu silu gelu softmax", Input},
    {"interpolate", Resampling},
    {"max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d", Input},
    {"adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d", Input},
    {"adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d", Input},
};

Checked Nothing(const SeenCall&) { return 0; }

constexpr CallRule kModuleMacs[] = {{kRecurrentClasses, Nothing}};
constexpr CallRule kModuleFlops[] = {
    {kRecurrentClasses, [](const SeenCall& call) { return RecurrentWork(call, true); }}};

absl::StatusOr<Table> Count(const graph::Graph& graph) {
  ASSIGN_OR_RETURN(Table table, CountOps(graph, {kMacs, kFlops}));
  ASSIGN_OR_RETURN(const Table modules, CountCalls(graph, {kModuleMacs, kModuleFlops}));
  table.rows.insert(table.rows.end(), modules.rows.begin(), modules.rows.end());
  *table.totals[1] += *modules.totals[1];
  return table;
}

}  // namespace

Convention DeepSpeed() {
  return {.name = "deepspeed",
          .tool = "DeepSpeed, FlopsProfiler",
          .doc =
              "MACs of convolutions, linear layers and matrix products. FLOPs are two a MAC, "
              "the bias of convolutions (not of linear layers), 2 an element of batch norms (1 "
              "without affine), 5 of other norms (4), 1 of activations of torch.nn.functional, "
              "softmax and the input of pools.",
          .gaps =
              "einsum (told from other products in torchvision's MaxViT only) and recurrent layers "
              "have FLOPs and no MACs; transposed convolutions are wrong with groups; sigmoid, "
              "tanh, hard activations, nn.ReLU6 and what is written with the operators @ + * "
              "count nothing (products with @ do here: a capture does not tell them apart).",
          .columns = {{"MACs", Unit::kMacs, "multiply-accumulates"},
                      {"FLOPs", Unit::kFlops, "two a MAC, and element by element"}},
          .totals = {{"deepspeed_macs", Unit::kMacs, "get_total_macs()"},
                     {"deepspeed_flops", Unit::kFlops, "get_total_flops()"}},
          .count = Count};
}

}  // namespace latcast::conventions
