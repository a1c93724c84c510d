#include "absl/strings/str_cat.h"
#include "analyzer/blocks/families.h"
#include "analyzer/blocks/layers.h"

namespace latcast::blocks {
namespace {

absl::StatusOr<graph::Graph> Build(const BlockArguments& a) {
  const int64_t cin = a.at("cin");
  const int64_t width = a.at("width");
  const int64_t cout = a.at("cout");
  const int64_t stride = a.at("stride");
  const int64_t shortcut_stride = a.at("shortcut_stride") == 0 ? stride : a.at("shortcut_stride");
  const bool residual = a.at("residual") != 0;
  if (residual && shortcut_stride != stride) {
    return absl::InvalidArgumentError(absl::StrCat("shortcut_stride ", shortcut_stride,
                                                   " differs from stride ", stride,
                                                   ": only residual 0 allows that"));
  }

  Layers net("Bottleneck");
  const ValueId x = net.Image(a);
  ValueId y = net.Conv("conv1", x, {.out = width});
  y = net.BatchNorm("bn1", y);
  y = net.Activation("relu", y, Act::kRelu);
  y = net.Conv("conv2", y, {.out = width, .kernel = 3, .stride = stride, .groups = a.at("groups")});
  y = net.BatchNorm("bn2", y);
  y = net.Activation("relu", y, Act::kRelu);
  y = net.Conv("conv3", y, {.out = cout});
  y = net.BatchNorm("bn3", y);
  ValueId shortcut = x;
  if (shortcut_stride != 1 || cin != cout) {
    net.Enter("downsample", "Sequential", x);
    shortcut = net.Conv("0", x, {.out = cout, .stride = shortcut_stride});
    shortcut = net.Leave(net.BatchNorm("1", shortcut));
    if (!residual) y = shortcut;
  }
  if (residual) y = net.Add(y, shortcut, /*inplace=*/true);
  return std::move(net).Finish(net.Activation("relu", y, Act::kRelu));
}

}  // namespace

BlockFamily BottleneckFamily() {
  return {"Bottleneck",
          "ResNet-50 and up, Wide ResNet, ResNeXt: 1x1, 3x3 (grouped), 1x1 convolutions and a "
          "shortcut, projected where stride or channels change.",
          ImageParameters(
              256, 56, 56,
              {{"width", "channels of the 3x3 convolution", 64},
               {"cout", "output channels", 256},
               StrideParameter("of the 3x3 convolution", 1),
               {"groups", "groups of the 3x3 convolution", 1},
               {"shortcut_stride",
                "of the shortcut, 0: as stride; other than stride only with "
                "residual 0",
                0, 0, 64},
               ResidualParameter("1: adds the shortcut; 0: a projected shortcut's output replaces "
                                 "the main branch's, an identity is dropped")}),
          Build};
}

}  // namespace latcast::blocks
