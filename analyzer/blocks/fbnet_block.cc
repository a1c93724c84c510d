#include "analyzer/blocks/families.h"
#include "analyzer/blocks/layers.h"
#include "base/status_macros.h"

namespace latcast::blocks {
namespace {

using Ints = std::vector<int64_t>;

// The channels of `groups` groups in turn.
ValueId Shuffle(Layers& net, std::string_view name, ValueId x, int64_t groups) {
  const Ints shape = {net.Dim(x, 0), net.Dim(x, 1), net.Dim(x, 2), net.Dim(x, 3)};
  net.Enter(name, "ChannelShuffle", x);
  ValueId y = net.Function(
      "view", {x}, {{"shape", Ints{shape[0], groups, shape[1] / groups, shape[2], shape[3]}}});
  y = net.Function("permute", {y}, {{"dims", Ints{0, 2, 1, 3, 4}}});
  y = net.Function("contiguous", {y});
  return net.Leave(net.Function("view", {y}, {{"shape", shape}}));
}

absl::StatusOr<graph::Graph> Build(const BlockArguments& a) {
  RETURN_IF_ERROR(CheckOddKernel(a));
  const int64_t cin = a.at("cin");
  const int64_t cout = a.at("cout");
  const int64_t stride = a.at("stride");
  const int64_t groups = a.at("groups");
  const int64_t hidden = cin * a.at("expand");  // both are at most a million

  Layers net("FBNetBlock");
  const ValueId x = net.Image(a);
  ValueId y = net.ConvNormAct("pw", x, {.out = hidden, .groups = groups}, Act::kRelu);
  if (groups > 1) y = Shuffle(net, "shuffle", y, groups);
  y = net.ConvNormAct("dw", y,
                      {.out = hidden, .kernel = a.at("kernel"), .stride = stride, .groups = hidden},
                      Act::kRelu);
  y = net.ConvNormAct("pwl", y, {.out = cout, .groups = groups}, Act::kNone);
  if (a.at("residual") != 0 && stride == 1 && cin == cout) y = net.Add(y, x, /*inplace=*/true);
  return std::move(net).Finish(y);
}

}  // namespace

BlockFamily FbnetBlockFamily() {
  return {"FBNetBlock",
          "FBNet: 1x1 convolution (there at expand 1 too), a channel shuffle where it is grouped, "
          "depthwise and 1x1 convolution, ReLU after the first two; the input is added at stride 1 "
          "and equal channels. The search space has k3 and k5 with e1, e1_g2, e3, e6.",
          ImageParameters(24, 56, 56,
                          {{"cout", "output channels", 24},
                           {"expand", "expansion factor; 1, 3, 6 in the search space", 6, 1, 64},
                           OddKernelParameter(3),
                           StrideParameter("of the depthwise convolution", 1),
                           {"groups", "groups of the 1x1 convolutions", 1},
                           ResidualParameter("1: adds the input where it fits; 0: never")}),
          Build};
}

}  // namespace latcast::blocks
