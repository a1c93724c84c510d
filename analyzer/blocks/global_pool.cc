#include "analyzer/blocks/families.h"
#include "analyzer/blocks/layers.h"

namespace latcast::blocks {
namespace {

absl::StatusOr<graph::Graph> Build(const BlockArguments& a) {
  Layers net("GlobalPool");
  const ValueId x = net.Image(a);
  return std::move(net).Finish(net.AdaptiveAvgPool("avgpool", x, a.at("out")));
}

}  // namespace

BlockFamily GlobalPoolFamily() {
  return {"GlobalPool", "Adaptive average pooling to out x out.",
          ImageParameters(512, 7, 7, {{"out", "output height and width", 1}}), Build};
}

}  // namespace latcast::blocks
