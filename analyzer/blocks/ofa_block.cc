#include "analyzer/blocks/families.h"
#include "analyzer/blocks/layers.h"
#include "base/status_macros.h"

namespace latcast::blocks {
namespace {

// min(max(x + 3, 0), 6) / 6, operator by operator.
ValueId HardSigmoid(Layers& net, ValueId x) {
  ValueId y = net.Function("add", {x}, {{"other", 3.0}});
  y = net.Function("relu6", {y}, {{"inplace", true}});
  return net.Function("div", {y}, {{"other", 6.0}});
}

ValueId Activation(Layers& net, ValueId x, bool hard_swish) {
  if (!hard_swish) return net.Activation("act", x, Act::kRelu);
  net.Enter("act", "Hswish", x);
  ValueId y = net.Function("add", {x}, {{"other", 3.0}});
  y = net.Function("relu6", {y}, {{"inplace", true}});
  y = net.Mul(x, y);
  return net.Leave(net.Function("div", {y}, {{"other", 6.0}}));
}

// A quarter of the channels, to the nearest multiple of 8 that loses no more than a tenth.
int64_t Squeeze(int64_t channels) {
  const int64_t quarter = channels / 4;
  const int64_t rounded = std::max<int64_t>(8, (quarter + 4) / 8 * 8);
  return 10 * rounded < 9 * quarter ? rounded + 8 : rounded;
}

ValueId SqueezeExcite(Layers& net, ValueId x) {
  const int64_t channels = net.Channels(x);
  net.Enter("se", "SEModule", x);
  using Ints = std::vector<int64_t>;
  ValueId gate = net.Function("mean", {x}, {{"dim", Ints{3}}, {"keepdim", true}});
  gate = net.Function("mean", {gate}, {{"dim", Ints{2}}, {"keepdim", true}});
  net.Enter("fc", "Sequential", gate);
  gate = net.Conv("reduce", gate, {.out = Squeeze(channels), .bias = true});
  gate = net.Activation("relu", gate, Act::kRelu);
  gate = net.Conv("expand", gate, {.out = channels, .bias = true});
  net.Enter("h_sigmoid", "Hsigmoid", gate);
  gate = net.Leave(net.Leave(HardSigmoid(net, gate)));
  return net.Leave(net.Mul(x, gate));
}

absl::StatusOr<graph::Graph> Build(const BlockArguments& a) {
  RETURN_IF_ERROR(CheckOddKernel(a));
  const int64_t cin = a.at("cin");
  const int64_t cout = a.at("cout");
  const int64_t stride = a.at("stride");
  const int64_t expand = a.at("expand");
  const int64_t hidden = cin * expand;  // both are at most a million
  const bool hard_swish = a.at("hs") != 0;

  Layers net("ResidualBlock");
  const ValueId x = net.Image(a);
  net.Enter("conv", "MBConvLayer", x);
  ValueId y = x;
  if (expand != 1) {
    net.Enter("inverted_bottleneck", "Sequential", y);
    y = net.Conv("conv", y, {.out = hidden});
    y = net.BatchNorm("bn", y);
    y = net.Leave(Activation(net, y, hard_swish));
  }
  net.Enter("depth_conv", "Sequential", y);
  y = net.Conv("conv", y,
               {.out = hidden, .kernel = a.at("kernel"), .stride = stride, .groups = hidden});
  y = net.BatchNorm("bn", y);
  y = Activation(net, y, hard_swish);
  if (a.at("se") != 0) y = SqueezeExcite(net, y);
  y = net.Leave(y);
  net.Enter("point_linear", "Sequential", y);
  y = net.Conv("conv", y, {.out = cout});
  y = net.Leave(net.Leave(net.BatchNorm("bn", y)));
  if (stride == 1 && cin == cout) y = net.Add(y, x, /*inplace=*/false);
  return std::move(net).Finish(y);
}

}  // namespace

BlockFamily OfaBlockFamily() {
  return {"OFABlock",
          "Once-for-all MobileNetV3: 1x1 expansion (none at expand 1), depthwise convolution, "
          "squeeze-and-excitation, 1x1 projection; the input is added at stride 1 and equal "
          "channels. Hard swish, hard sigmoid and the mean are made of several operators, as in "
          "the released networks; MobileNetV3Block has one kernel for each.",
          ImageParameters(40, 28, 28,
                          {{"cout", "output channels", 40},
                           StrideParameter("of the depthwise convolution", 1),
                           {"expand", "expansion factor; 3, 4, 6 in the search space", 4, 1, 64},
                           OddKernelParameter(5),
                           {"se", "1: squeeze-and-excitation by a quarter", 1, 0, 1},
                           {"hs", "1: hard swish; 0: ReLU", 0, 0, 1}}),
          Build};
}

}  // namespace latcast::blocks
