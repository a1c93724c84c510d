// How well the work of an operator fits the kernels of a GPU, as far as measurements show
// (regression/README.md says which). io_copy, which pays there too, is counted in cpu.cc.
#include <cmath>
#include <optional>

#include "analyzer/features/elements.h"
#include "analyzer/features/graph_features.h"
#include "analyzer/ops/pooling.h"

namespace latcast::features {
namespace {

// A convolution or linear layer runs as a matrix product in tiles. Of each tile 128 output channels
// wide the channels beyond the last one are computed for nothing, and the depth is taken 16 input
// channels at a time.
constexpr double kTileChannels = 128;
constexpr double kDepthStep = 16;

// Channels of one group on both sides of a matrix product with weights.
struct ProductChannels {
  double in = 0;
  double out = 0;
};

// Of a linear layer, and of a convolution that is not depthwise: that one is no product on a GPU.
std::optional<ProductChannels> ChannelsOf(const ops::OpCall& call, const ops::OpCost& cost,
                                          const ops::ConvGeometry* conv) {
  if (conv != nullptr && cost.mac_class != ops::MacClass::kDepthwise) {
    return ProductChannels{.in = static_cast<double>(conv->in_channels / conv->groups),
                           .out = static_cast<double>(conv->out_channels / conv->groups)};
  }
  if (call.op.type != "linear") return std::nullopt;
  const graph::Shape& weight = call.inputs[1]->shape;  // out x in
  return ProductChannels{.in = static_cast<double>(weight[1]),
                         .out = static_cast<double>(weight[0])};
}

// Whether the kernel brings many elements together before it can write one: means, sums, softmax,
// pooling to a single position, and normalisation by the statistics of its own input. Batch
// normalisation is none: in inference its statistics are given.
bool IsReduction(const ops::OpCall& call) {
  if (IsNormalization(call.op.type)) return call.op.type != "batch_norm";
  const ops::OpDef* def = ops::FindOp(call.op.type);
  if (def == nullptr) return false;
  if (def->family == "pooling") return ops::IsGlobalAverage(call);
  return def->family == "reduction";
}

}  // namespace

void AddCudaFeatures(const ops::OpCall& call, const ops::OpCost& cost,
                     const ops::ConvGeometry* conv, FeatureVector& out) {
  if (cost.mac_class != ops::MacClass::kNone) {
    const std::optional<ProductChannels> channels = ChannelsOf(call, cost, conv);
    if (!channels) return;
    const double macs = static_cast<double>(cost.macs);
    const double tiles = std::ceil(channels->out / kTileChannels);
    out.Add(Feature::kMacsIdle, macs / channels->out * (tiles * kTileChannels - channels->out));
    if (std::fmod(channels->in, kDepthStep) != 0) out.Add(Feature::kMacsUnaligned, macs);
  } else if (IsReduction(call)) {
    out.Add(Feature::kNReduce, 1.0);
    out.Add(Feature::kIoReduce, ReadAndWritten(cost));
  }
}

}  // namespace latcast::features
