// DeepSpeed's flops profiler, which patches functions of torch and torch.nn.functional and tells
// multiply-accumulates from FLOPs.
#include "analyzer/conventions/convention.h"
#include "analyzer/conventions/operators.h"
#include "analyzer/conventions/tools.h"

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

constexpr OpRule kMacs[] = {
    {kPlainConvolutions, Macs},
    {kTransposedConvolutions, Macs},
    {kProducts, [](const SeenOp& op) { return IsEinsum(op) ? Checked(0) : op.macs; }},
    {kAttention, Macs}};

constexpr OpRule kFlops[] = {
    {kPlainConvolutions, [](const SeenOp& op) { return op.macs * 2 + BiasAdditions(op); }},
    {kTransposedConvolutions, [](const SeenOp& op) { return op.macs * 2 + BiasAdditions(op); }},
    {kProducts, [](const SeenOp& op) { return op.macs * 2; }},
    {kAttention, [](const SeenOp& op) { return op.macs * 2 + Scores(op); }},
    {"batch_norm",
     [](const SeenOp& op) {
       return op.In() * ((InTraining(op) ? 4 : 1) + (op.Has("weight") ? 1 : 0));
     }},
    {kMatrixNorms, [](const SeenOp& op) { return op.In() * (op.Has("weight") ? 5 : 4); }},
    {"relu6", Relu6},
    {"relu prelu elu leaky_relu silu gelu softmax", Input},
    {"interpolate", Resampling},
    {"max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d", Input},
    {"adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d", Input},
    {"adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d", Input},
};

absl::StatusOr<Table> Count(const graph::Graph& graph) { return CountOps(graph, {kMacs, kFlops}); }

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
              "einsum has FLOPs and no MACs (told from other products in torchvision's MaxViT "
              "only); sigmoid, tanh, hard activations, nn.ReLU6 and arithmetic written with "
              "operators count nothing.",
          .columns = {{"MACs", Unit::kMacs, "multiply-accumulates"},
                      {"FLOPs", Unit::kFlops, "two a MAC, and element by element"}},
          .totals = {{"deepspeed_macs", Unit::kMacs, "get_total_macs()"},
                     {"deepspeed_flops", Unit::kFlops, "get_total_flops()"}},
          .count = Count};
}

}  // namespace latcast::conventions
