#include "analyzer/blocks/families.h"
#include "analyzer/blocks/layers.h"

namespace latcast::blocks {
namespace {

absl::StatusOr<graph::Graph> Build(const BlockArguments& a) {
  Layers net("DepthwiseSeparable");
  const int64_t cin = a.at("cin");
  ValueId y = net.ConvNormAct(
      "depthwise", net.Image(a),
      {.out = cin, .kernel = a.at("kernel"), .stride = a.at("stride"), .groups = cin}, Act::kRelu);
  return std::move(net).Finish(net.ConvNormAct("pointwise", y, {.out = a.at("cout")}, Act::kRelu));
}

}  // namespace

BlockFamily DepthwiseSeparableFamily() {
  return {"DepthwiseSeparable",
          "MobileNetV1: depthwise and 1x1 convolution, each with normalisation and ReLU.",
          ImageParameters(64, 56, 56,
                          {{"cout", "output channels", 128},
                           {"kernel", "size of the depthwise convolution", 3, 1, 64},
                           StrideParameter("of the depthwise convolution", 1)}),
          Build};
}

}  // namespace latcast::blocks
