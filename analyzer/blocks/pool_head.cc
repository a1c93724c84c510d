#include "analyzer/blocks/families.h"
#include "analyzer/blocks/layers.h"

namespace latcast::blocks {
namespace {

absl::StatusOr<graph::Graph> Build(const BlockArguments& a) {
  Layers net("PoolHead");
  ValueId y = net.AdaptiveAvgPool("avgpool", net.Image(a), 1);
  y = net.Flatten(y);
  return std::move(net).Finish(net.Linear("fc", y, a.at("out")));
}

}  // namespace

BlockFamily PoolHeadFamily() {
  return {"PoolHead", "The end of a ResNet: average pooling to 1x1, flatten and a linear layer.",
          ImageParameters(512, 7, 7, {{"out", "output features (classes)", 1000}}), Build};
}

}  // namespace latcast::blocks
