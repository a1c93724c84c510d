#include "absl/strings/str_cat.h"
#include "analyzer/blocks/families.h"
#include "analyzer/blocks/layers.h"

namespace latcast::blocks {
namespace {

absl::StatusOr<graph::Graph> Build(const BlockArguments& a) {
  const int64_t pool = a.at("pool");
  const int64_t pool_padding = a.at("pool_padding");
  if (pool > 0 && pool_padding > pool / 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("pool_padding ", pool_padding, " is more than half of pool ", pool));
  }
  const bool bn = a.at("bn") != 0;
  Layers net("ResNetStem");
  ValueId y = net.Conv("conv1", net.Image(a),
                       {.out = a.at("cout"),
                        .kernel = a.at("kernel"),
                        .stride = a.at("stride"),
                        .padding = a.at("padding"),
                        .bias = !bn});
  if (bn) y = net.BatchNorm("bn1", y);
  y = net.Activation("relu", y, Act::kRelu);
  if (pool > 0) y = net.MaxPool("maxpool", y, pool, 2, pool_padding);
  return std::move(net).Finish(y);
}

}  // namespace

BlockFamily ResNetStemFamily() {
  return {"ResNetStem",
          "The first layers of a network: a wide convolution, normalisation, ReLU and max pooling "
          "of stride 2. AlexNet's is kernel=11, stride=4, padding=2, bn=0, pool_padding=0.",
          ImageParameters(3, 224, 224,
                          {{"cout", "output channels", 64},
                           {"kernel", "size of the convolution", 7, 1, 64},
                           StrideParameter("of the convolution", 2),
                           {"padding", "of the convolution", 3, 0, 64},
                           {"bn", "1: batch normalisation; 0: a bias instead", 1, 0, 1},
                           {"pool", "size of the pooling window, 0: no pooling", 3, 0, 64},
                           {"pool_padding", "of the pooling, at most half of pool", 1, 0, 32}}),
          Build};
}

}  // namespace latcast::blocks
