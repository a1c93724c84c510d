#include "analyzer/blocks/families.h"
#include "analyzer/blocks/layers.h"

namespace latcast::blocks {
namespace {

absl::StatusOr<graph::Graph> Build(const BlockArguments& a) {
  Layers net("Fire");
  ValueId y = net.Conv("squeeze", net.Image(a), {.out = a.at("squeeze"), .bias = true});
  y = net.Activation("squeeze_activation", y, Act::kRelu);
  ValueId one = net.Conv("expand1x1", y, {.out = a.at("expand1x1"), .bias = true});
  one = net.Activation("expand1x1_activation", one, Act::kRelu);
  ValueId three = net.Conv("expand3x3", y, {.out = a.at("expand3x3"), .kernel = 3, .bias = true});
  three = net.Activation("expand3x3_activation", three, Act::kRelu);
  return std::move(net).Finish(net.Cat({one, three}));
}

}  // namespace

BlockFamily FireFamily() {
  return {"Fire",
          "SqueezeNet: a 1x1 convolution squeezes, a 1x1 and a 3x3 one expand side by side; their "
          "outputs are concatenated.",
          ImageParameters(128, 54, 54,
                          {{"squeeze", "channels of the squeeze", 16},
                           {"expand1x1", "channels of the 1x1 expansion", 64},
                           {"expand3x3", "channels of the 3x3 expansion", 64}}),
          Build};
}

}  // namespace latcast::blocks
