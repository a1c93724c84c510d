#include "analyzer/blocks/families.h"
#include "analyzer/blocks/layers.h"

namespace latcast::blocks {
namespace {

absl::StatusOr<graph::Graph> Build(const BlockArguments& a) {
  Layers net("Conv2dNormActivation");
  ValueId y = net.Conv("0", net.Image(a),
                       {.out = a.at("cout"),
                        .kernel = a.at("kernel"),
                        .stride = a.at("stride"),
                        .groups = a.at("groups"),
                        .bias = a.at("bias") != 0});
  if (a.at("bn") != 0) y = net.BatchNorm("1", y);
  const char* name = a.at("bn") != 0 ? "2" : "1";
  return std::move(net).Finish(net.Activation(name, y, static_cast<Act>(a.at("act"))));
}

}  // namespace

BlockFamily ConvBnActFamily() {
  return {"ConvBnAct",
          "One convolution with padding (kernel - 1) / 2, normalisation and activation; depthwise "
          "where groups is cin.",
          ImageParameters(64, 56, 56,
                          {{"cout", "output channels", 64},
                           {"kernel", "size of the convolution", 3, 1, 64},
                           StrideParameter("of the convolution", 1),
                           {"groups", "groups of the convolution", 1},
                           {"bias", "1: the convolution has a bias", 0, 0, 1},
                           {"bn", "1: batch normalisation", 1, 0, 1},
                           {"act", "0 none, 1 ReLU, 2 ReLU6, 3 SiLU, 4 Hardswish", 1, 0, 4}}),
          Build};
}

}  // namespace latcast::blocks
