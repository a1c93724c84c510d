#include "analyzer/blocks/families.h"
#include "analyzer/blocks/layers.h"

namespace latcast::blocks {
namespace {

absl::StatusOr<graph::Graph> Build(const BlockArguments& a) {
  const int64_t hidden = a.at("hidden");
  const Act act = static_cast<Act>(a.at("act"));
  Layers net("ConvHead");
  ValueId y = net.ConvNormAct("features", net.Image(a), {.out = a.at("width")}, act);
  y = net.Flatten(net.AdaptiveAvgPool("avgpool", y, 1));
  net.Enter("classifier", "Sequential", y);
  int child = 0;
  const auto next = [&child] { return std::to_string(child++); };
  if (hidden > 0) {
    y = net.Linear(next(), y, hidden);
    if (act != Act::kNone) y = net.Activation(next(), y, act);
  }
  y = net.Dropout(next(), y, 0.2);
  return std::move(net).Finish(net.Leave(net.Linear(next(), y, a.at("out"))));
}

}  // namespace

BlockFamily ConvHeadFamily() {
  return {"ConvHead",
          "The end of MobileNet and EfficientNet: a last 1x1 convolution with normalisation and "
          "activation, average pooling to 1x1, an optional hidden linear layer, dropout and the "
          "output layer.",
          ImageParameters(320, 7, 7,
                          {{"width", "channels of the 1x1 convolution", 1280},
                           {"hidden", "features of a hidden linear layer, 0: none", 0, 0},
                           {"out", "output features (classes)", 1000},
                           {"act", "0 none, 1 ReLU, 2 ReLU6, 3 SiLU, 4 Hardswish", 3, 0, 4}}),
          Build};
}

}  // namespace latcast::blocks
