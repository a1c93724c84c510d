// onnx-tool, which weighs every operator by the vector instructions it takes on a CPU: an addition,
// multiplication or comparison 1, a division 4, a square root 24, an exponential 32, a
// logarithm 43.
#include "analyzer/conventions/convention.h"
#include "analyzer/conventions/operators.h"
#include "analyzer/conventions/tools.h"
#include "analyzer/ops/pooling.h"
#include "analyzer/ops/rule.h"

namespace latcast::conventions {
namespace {

// Elements of the first output, `weight` each.
template <int weight>
Checked Each(const SeenOp& op) {
  return op.Out() * weight;
}

Checked WithBias(const SeenOp& op) { return op.macs + BiasAdditions(op); }

// Every output takes the whole kernel of its group, as if the stride were 1.
Checked Transposed(const SeenOp& op) {
  const graph::Value* weight = op.Input("weight");
  if (weight == nullptr) return 0;
  Checked count = op.Out();
  for (size_t i = 1; i < weight->shape.size(); ++i) count *= weight->shape[i];
  return count + BiasAdditions(op);
}

// One division and one root for every position along the other dimensions than the first
// normalised one.
Checked LayerNorm(const SeenOp& op) {
  const graph::Shape& shape = op.call.inputs[0]->shape;
  const auto normalised = ops::GetList(op.call.op.attributes, "normalized_shape");
  const size_t axis = shape.size() - (normalised.ok() ? normalised->size() : 1);
  Checked positions = 1;
  for (size_t i = 0; i < shape.size(); ++i) positions *= i == axis ? 1 : shape[i];
  return op.In() * 7 + positions * 29;
}

Checked Pool(const SeenOp& op) {
  const absl::StatusOr<int64_t> window = ops::PoolWindowElements(op.call);
  return window.ok() ? Checked(*window) : Checked(0);
}

// One output a channel is GlobalAveragePool, a sum and a division; all else a plain pool.
Checked AdaptiveAveragePool(const SeenOp& op) {
  const graph::Shape& shape = op.call.outputs[0]->shape;
  bool global = true;
  for (size_t i = shape.size() - 2; i < shape.size(); ++i) global = global && shape[i] == 1;
  return global ? op.In() + op.Out() * 4 : Pool(op);
}

Checked Resampling(const SeenOp& op) {
  const std::string_view mode = op.Text("mode");
  return op.Out() * (mode == "bicubic" ? 8 : mode.ends_with("linear") ? 4 : 0);
}

constexpr OpRule kMacs[] = {
    {kPlainConvolutions, WithBias},
    {kTransposedConvolutions, Transposed},
    {kProducts, WithBias},
    {kAttention, [](const SeenOp& op) { return op.macs + Scores(op) * 36; }},
    {"batch_norm", Each<31>},
    {"layer_norm", LayerNorm},
    {"instance_norm", Each<7>},
    {"group_norm", Each<9>},
    {"add sub rsub mul square relu abs neg maximum minimum eq lt le gt ge", Each<1>},
    {"relu6 hardtanh clamp leaky_relu prelu", Each<2>},
    {"div reciprocal hardsigmoid", Each<4>},
    {"rsqrt", Each<28>},
    {"hardswish", Each<5>},
    {"sqrt", Each<24>},
    {"exp pow sigmoid", Each<32>},
    {"silu", Each<33>},
    {"gelu", Each<34>},
    {"elu", Each<35>},
    {"softmax", Each<36>},
    {"sin cos", Each<39>},
    {"log", Each<43>},
    {"tanh softplus", Each<76>},
    {"log_softmax", Each<80>},
    {"mish", Each<153>},
    {"max_pool2d avg_pool2d", Pool},
    {"adaptive_avg_pool2d", AdaptiveAveragePool},
    {"mean sum amax amin", [](const SeenOp& op) { return op.In(); }},
    {"interpolate", Resampling},
};

absl::StatusOr<Table> Count(const graph::Graph& graph) { return CountOps(graph, {kMacs}); }

}  // namespace

Convention OnnxTool() {
  return {.name = "onnx-tool",
          .tool = "onnx-tool 1.0.1",
          .doc =
              "Multiply-accumulates of convolutions and products with their biases, and every "
              "other operator by the vector instructions it takes: an addition, multiplication "
              "or comparison 1, a division 4, a square root 24, an exponential 32, a logarithm "
              "43 (gelu 34, batch norm 31, softmax 36, tanh 76).",
          .gaps =
              "Transposed convolutions are counted on their output. An export may fold batch "
              "norms into convolutions and spell gelu out, which the tool then counts as 0 and "
              "7; here they are counted as they stand.",
          .columns = {{"MACs", Unit::kMacs, "instructions, a multiply-accumulate being one"}},
          .totals = {{"onnx_tool_macs", Unit::kMacs, "sum over all operators"}},
          .count = Count};
}

}  // namespace latcast::conventions
