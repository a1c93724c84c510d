#include "analyzer/blocks/families.h"
#include "analyzer/blocks/layers.h"

namespace latcast::blocks {
namespace {

absl::StatusOr<graph::Graph> Build(const BlockArguments& a) {
  Layers net("_DenseLayer");
  const ValueId x = net.Image(a);
  ValueId y = net.BatchNorm("norm1", x);
  y = net.Activation("relu1", y, Act::kRelu);
  y = net.Conv("conv1", y, {.out = a.at("bottleneck")});
  y = net.BatchNorm("norm2", y);
  y = net.Activation("relu2", y, Act::kRelu);
  y = net.Conv("conv2", y, {.out = a.at("growth"), .kernel = 3});
  return std::move(net).Finish(net.Cat({x, y}));
}

}  // namespace

BlockFamily DenseLayerFamily() {
  return {"DenseLayer",
          "DenseNet: normalisation, ReLU, 1x1, normalisation, ReLU, 3x3 convolution, whose output "
          "is concatenated to the input.",
          ImageParameters(128, 28, 28,
                          {{"growth", "channels the layer adds", 32},
                           {"bottleneck", "channels between the two convolutions", 128}}),
          Build};
}

}  // namespace latcast::blocks
