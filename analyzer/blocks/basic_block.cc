#include "analyzer/blocks/families.h"
#include "analyzer/blocks/layers.h"

namespace latcast::blocks {
namespace {

absl::StatusOr<graph::Graph> Build(const BlockArguments& a) {
  const int64_t cin = a.at("cin");
  const int64_t cout = a.at("cout");
  const int64_t stride = a.at("stride");
  const bool residual = a.at("residual") != 0;

  Layers net("BasicBlock");
  const ValueId x = net.Image(a);
  ValueId y = net.Conv("conv1", x, {.out = cout, .kernel = 3, .stride = stride});
  y = net.BatchNorm("bn1", y);
  y = net.Activation("relu", y, Act::kRelu);
  y = net.Conv("conv2", y, {.out = cout, .kernel = 3});
  y = net.BatchNorm("bn2", y);
  ValueId shortcut = x;
  if (stride != 1 || cin != cout) {
    net.Enter("downsample", "Sequential", x);
    shortcut = net.Conv("0", x, {.out = cout, .stride = stride});
    shortcut = net.Leave(net.BatchNorm("1", shortcut));
    if (!residual) y = shortcut;
  }
  if (residual) y = net.Add(y, shortcut, /*inplace=*/true);
  return std::move(net).Finish(net.Activation("relu", y, Act::kRelu));
}

}  // namespace

BlockFamily BasicBlockFamily() {
  return {"BasicBlock",
          "ResNet-18 and -34: two 3x3 convolutions and a shortcut, projected by a 1x1 convolution "
          "where stride or channels change.",
          ImageParameters(
              64, 56, 56,
              {{"cout", "output channels", 64},
               StrideParameter("of the first convolution and the shortcut", 1),
               ResidualParameter("1: adds the shortcut; 0: a projected shortcut's output replaces "
                                 "the main branch's, an identity is dropped")}),
          Build};
}

}  // namespace latcast::blocks
