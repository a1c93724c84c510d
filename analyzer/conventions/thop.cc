// THOP, which hooks modules of known classes: whatever is computed between them is lost.
#include <algorithm>

#include "analyzer/conventions/calls.h"
#include "analyzer/conventions/convention.h"
#include "analyzer/conventions/tools.h"

namespace latcast::conventions {
namespace {

// On the output, for transposed convolutions too.
Checked Conv(const SeenCall& call) {
  const graph::Value* weight = call.Own("weight");
  if (weight == nullptr) return 0;
  Checked macs =
      call.Out() * (SizeOf(call.in.shape, 1) / std::max<int64_t>(call.Int("groups", 1), 1));
  for (size_t i = 2; i < weight->shape.size(); ++i) macs *= weight->shape[i];
  return macs;
}

Checked Norm(const SeenCall& call) { return call.In() * (call.Has("weight") ? 4 : 2); }

Checked Softmax(const SeenCall& call) {
  const auto rank = static_cast<int64_t>(call.in.shape.size());
  const int64_t dim = call.Int("dim", -1);
  Checked rows = 1;
  int64_t features = 1;
  for (int64_t i = 0; i < rank; ++i) {
    const int64_t size = call.in.shape[static_cast<size_t>(i)];
    if (i == dim || i == dim + rank) {
      features = size;
    } else {
      rows *= size;
    }
  }
  return rows * (Checked(features) * 3 - 1);
}

// A window of input / output elements, which need not be whole, and one division.
Checked AdaptiveAverage(const SeenCall& call) {
  double window = 1.0;
  double outputs = 1.0;
  for (size_t i = 0; i < call.out.shape.size(); ++i) {
    const auto out = static_cast<double>(call.out.shape[i]);
    if (i >= 2) window *= static_cast<double>(SizeOf(call.in.shape, i)) / out;
    outputs *= out;
  }
  const double macs = (window + 1) * outputs;
  return macs < 0x1p63 ? Checked(static_cast<int64_t>(macs)) : call.In() + call.Out();
}

Checked Upsample(const SeenCall& call) {
  const std::string_view mode = call.Text("mode");
  if (mode == "nearest") return call.Out();
  if (mode == "linear") return call.Out() * 5;
  if (mode == "bilinear") return call.Out() * 11;
  if (mode == "bicubic") return call.Out() * 259;
  return 0;
}

// What one step of a layer takes: gates of products and sums, and `rest` operations a unit.
Checked Gates(int64_t gates, int64_t rest, Checked inputs, Checked units, bool bias) {
  return units * (inputs + units + 1 + (bias ? 2 : 0)) * gates + units * rest;
}

template <int gates, int rest>
Checked Cell(const SeenCall& call) {
  const bool bias = call.Has("bias_ih");
  return Gates(gates, rest, call.Int("input_size", 0), call.Int("hidden_size", 0), bias) *
         SizeOf(call.in.shape, 0);
}

template <int gates, int rest>
Checked Recurrent(const SeenCall& call) {
  const bool bias = call.Int("bias", 1) != 0;
  const int64_t directions = call.Int("bidirectional", 0) != 0 ? 2 : 1;
  const Checked units = call.Int("hidden_size", 0);
  Checked step = Gates(gates, rest, call.Int("input_size", 0), units, bias);
  for (int64_t layer = 1; layer < call.Int("num_layers", 1); ++layer) {
    step += Gates(gates, rest, units * directions, units, bias);
  }
  return step * directions * SizeOf(call.in.shape, 0) * SizeOf(call.in.shape, 1);
}

constexpr CallRule kMacs[] = {
    {kConvClasses, Conv},
    {kTransposedClasses, Conv},
    {"Linear", [](const SeenCall& call) { return call.Out() * call.Int("in_features", 0); }},
    {kBatchNormClasses, Norm},
    {kInstanceNormClasses, Norm},
    {"SyncBatchNorm LayerNorm", Norm},
    {"PReLU", [](const SeenCall& call) { return call.In(); }},
    {"Softmax", Softmax},
    {kAvgPoolClasses, [](const SeenCall& call) { return call.Out(); }},
    {kAdaptiveAvgPoolClasses, AdaptiveAverage},
    {"Upsample UpsamplingBilinear2d UpsamplingNearest2d", Upsample},
    {"RNNCell", Cell<1, 0>},
    {"GRUCell", Cell<3, 4>},
    {"LSTMCell", Cell<4, 4>},
    {"RNN", Recurrent<1, 0>},
    {"GRU", Recurrent<3, 4>},
    {"LSTM", Recurrent<4, 4>},
};

// Of a module inside the network, however often it is called.
Checked ParametersOnce(const SeenCall& call) {
  const bool counts = call.call.index == 0 && call.call.parent != graph::kNone;
  return counts ? call.Parameters() : Checked(0);
}

constexpr CallRule kParameters[] = {
    {kConvClasses, ParametersOnce},
    {kTransposedClasses, ParametersOnce},
    {kBatchNormClasses, ParametersOnce},
    {kInstanceNormClasses, ParametersOnce},
    {"Linear SyncBatchNorm LayerNorm PReLU", ParametersOnce},
    {"RNNCell GRUCell LSTMCell RNN GRU LSTM", ParametersOnce},
};

absl::StatusOr<Table> Count(const graph::Graph& graph) {
  return CountCalls(graph, {kMacs, kParameters});
}

}  // namespace

Convention Thop() {
  return {.name = "thop",
          .tool = "THOP 0.1.1",
          .doc =
              "Multiply-accumulates of convolution and linear modules without their bias, 4 an "
              "element of affine norms (2 without), 1 an output of average pools; activations "
              "and max pools are free. Parameters of modules of known classes.",
          .gaps =
              "What is no module of a known class is lost: functions, attention with its "
              "projections, and parameters that containers own (class token, position "
              "embedding, layer scale). Transposed convolutions are counted on their output.",
          .columns = {{"total_ops", Unit::kMacs, "of the module, all its calls"},
                      {"total_params", Unit::kParameters, "of the module, at its first call"}},
          .totals = {{"thop_macs", Unit::kMacs, "the first result of profile()"},
                     {"thop_params", Unit::kParameters, "the second result of profile()"}},
          .count = Count};
}

}  // namespace latcast::conventions
