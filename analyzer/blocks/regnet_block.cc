#include "analyzer/blocks/families.h"
#include "analyzer/blocks/layers.h"

namespace latcast::blocks {
namespace {

absl::StatusOr<graph::Graph> Build(const BlockArguments& a) {
  const int64_t cout = a.at("cout");
  const int64_t width = a.at("width");
  const int64_t stride = a.at("stride");
  const bool residual = a.at("residual") == 1;

  Layers net("ResBottleneckBlock");
  const ValueId x = net.Image(a);
  ValueId shortcut = x;
  if (stride != 1 || a.at("cin") != cout) {
    shortcut = net.ConvNormAct("proj", x, {.out = cout, .stride = stride},
                               a.at("residual") == 0 ? Act::kRelu : Act::kNone);
  }
  net.Enter("f", "BottleneckTransform", x);
  const ValueId wide = net.ConvNormAct("a", x, {.out = width}, Act::kRelu);
  ValueId y = net.ConvNormAct(
      "b", wide, {.out = width, .kernel = 3, .stride = stride, .groups = a.at("groups")},
      Act::kRelu);
  if (a.at("se") > 0) y = net.SqueezeExcitation("se", y, a.at("se"), Act::kRelu, residual);
  const ValueId read = a.at("residual") == 0 ? wide : y;
  y = net.Leave(net.ConvNormAct("c", read, {.out = cout}, Act::kNone));
  if (residual) y = net.Add(shortcut, y, /*inplace=*/false);
  return std::move(net).Finish(net.Activation("activation", y, Act::kRelu));
}

}  // namespace

BlockFamily RegNetBlockFamily() {
  return {"RegNetBlock",
          "RegNet X and Y: 1x1, grouped 3x3, optional squeeze-and-excitation, 1x1 and a shortcut, "
          "projected where stride or channels change.",
          ImageParameters(
              224, 28, 28,
              {{"cout", "output channels", 448},
               {"width", "channels of the 3x3 convolution", 448},
               StrideParameter("of the 3x3 convolution and the shortcut", 2),
               {"groups", "groups of the 3x3 convolution", 8},
               {"se", "channels of the squeeze, 0: none (RegNet X)", 56, 0},
               {"residual",
                "1: gates and adds the shortcut; 0: a projected shortcut gets a ReLU, and the last "
                "convolution reads what the 3x3 one read; the outputs of shortcut, 3x3 and gate "
                "stay unused; 2: the last convolution runs on the gate itself, a 1x1 image, and "
                "the shortcut stays unused",
                1, 0, 2}}),
          Build};
}

}  // namespace latcast::blocks
