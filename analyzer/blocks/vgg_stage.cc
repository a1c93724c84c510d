#include "analyzer/blocks/families.h"
#include "analyzer/blocks/layers.h"

namespace latcast::blocks {
namespace {

absl::StatusOr<graph::Graph> Build(const BlockArguments& a) {
  Layers net("Sequential");
  ValueId y = net.Image(a);
  int child = 0;
  const auto next = [&child] { return std::to_string(child++); };
  for (int64_t i = 0; i < a.at("convs"); ++i) {
    y = net.Conv(next(), y, {.out = a.at("cout"), .kernel = 3, .bias = true});
    if (a.at("bn") != 0) y = net.BatchNorm(next(), y);
    y = net.Activation(next(), y, Act::kRelu);
  }
  return std::move(net).Finish(net.MaxPool(next(), y, 2, 2));
}

}  // namespace

BlockFamily VggStageFamily() {
  return {"VggStage", "VGG: 3x3 convolutions with bias and ReLU, then 2x2 max pooling.",
          ImageParameters(128, 56, 56,
                          {{"cout", "output channels", 256},
                           {"convs", "number of convolutions", 3, 1, 64},
                           {"bn", "1: batch normalisation after each convolution", 0, 0, 1}}),
          Build};
}

}  // namespace latcast::blocks
