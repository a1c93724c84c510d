#include "analyzer/blocks/families.h"
#include "analyzer/blocks/layers.h"

namespace latcast::blocks {
namespace {

absl::StatusOr<graph::Graph> Build(const BlockArguments& a) {
  Layers net("_Transition");
  ValueId y = net.BatchNorm("norm", net.Image(a));
  y = net.Activation("relu", y, Act::kRelu);
  y = net.Conv("conv", y, {.out = a.at("cout")});
  return std::move(net).Finish(net.AvgPool("pool", y, 2, 2));
}

}  // namespace

BlockFamily TransitionFamily() {
  return {"Transition",
          "DenseNet between two stages: normalisation, ReLU, 1x1 convolution, 2x2 average pooling.",
          ImageParameters(256, 56, 56, {{"cout", "output channels", 128}}), Build};
}

}  // namespace latcast::blocks
