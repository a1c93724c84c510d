#include "absl/strings/str_cat.h"
#include "analyzer/blocks/families.h"
#include "analyzer/blocks/layers.h"
#include "base/status_macros.h"

namespace latcast::blocks {
namespace {

// Half of the channels by a 1x1 convolution, the other half from them by a cheap depthwise one.
ValueId GhostModule(Layers& net, std::string_view name, ValueId x, int64_t out, Act act) {
  const int64_t half = out / 2 + out % 2;
  net.Enter(name, "GhostModule", x);
  net.Enter("primary_conv", "Sequential", x);
  ValueId primary = net.Conv("0", x, {.out = half});
  primary = net.BatchNorm("1", primary);
  primary = net.Leave(net.Activation("2", primary, act));
  net.Enter("cheap_operation", "Sequential", primary);
  ValueId cheap = net.Conv("0", primary, {.out = half, .kernel = 3, .groups = half});
  cheap = net.BatchNorm("1", cheap);
  cheap = net.Leave(net.Activation("2", cheap, act));
  const ValueId both = net.Cat({primary, cheap});
  if (out % 2 == 0) return net.Leave(both);
  return net.Leave(
      net.Function("slice", {both}, {{"dim", int64_t{1}}, {"start", int64_t{0}}, {"end", out}}));
}

ValueId SqueezeExcite(Layers& net, ValueId x, int64_t squeeze) {
  net.Enter("se", "SqueezeExcite", x);
  ValueId gate =
      net.Function("mean", {x}, {{"dim", std::vector<int64_t>{2, 3}}, {"keepdim", true}});
  gate = net.Conv("conv_reduce", gate, {.out = squeeze, .bias = true});
  gate = net.Activation("act1", gate, Act::kRelu);
  gate = net.Conv("conv_expand", gate, {.out = net.Channels(x), .bias = true});
  gate = net.Module("gate", "Hardsigmoid", {}, gate, "hardsigmoid", {});
  return net.Leave(net.Mul(x, gate));
}

ValueId Shortcut(Layers& net, ValueId x, const BlockArguments& a) {
  const int64_t cin = a.at("cin");
  net.Enter("shortcut", "Sequential", x);
  ValueId y = net.Conv(
      "0", x, {.out = cin, .kernel = a.at("kernel"), .stride = a.at("stride"), .groups = cin});
  y = net.BatchNorm("1", y);
  y = net.Conv("2", y, {.out = a.at("cout")});
  return net.Leave(net.BatchNorm("3", y));
}

absl::StatusOr<graph::Graph> Build(const BlockArguments& a) {
  RETURN_IF_ERROR(CheckOddKernel(a));
  const int64_t hidden = a.at("hidden");
  const int64_t stride = a.at("stride");
  Layers net("GhostBottleneck");
  const ValueId x = net.Image(a);
  ValueId y = GhostModule(net, "ghost1", x, hidden, Act::kRelu);
  if (stride > 1) {
    y = net.Conv("conv_dw", y,
                 {.out = hidden, .kernel = a.at("kernel"), .stride = stride, .groups = hidden});
    y = net.BatchNorm("bn_dw", y);
  }
  if (a.at("se") > 0) y = SqueezeExcite(net, y, a.at("se"));
  y = GhostModule(net, "ghost2", y, a.at("cout"), Act::kNone);
  const bool identity = stride == 1 && a.at("cin") == a.at("cout");
  return std::move(net).Finish(net.Add(y, identity ? x : Shortcut(net, x, a), /*inplace=*/true));
}

}  // namespace

BlockFamily GhostBottleneckFamily() {
  return {"GhostBottleneck",
          "GhostNet: two ghost modules (a 1x1 convolution and a cheap depthwise 3x3 one, "
          "concatenated), between them a depthwise convolution at a stride and an optional "
          "squeeze-and-excitation; the input is added, projected where shapes change.",
          ImageParameters(24, 56, 56,
                          {{"cout", "output channels", 24},
                           {"hidden", "channels between the ghost modules", 72},
                           StrideParameter("of the depthwise convolutions", 1),
                           OddKernelParameter(3),
                           {"se", "channels of the squeeze, 0: none", 0, 0}}),
          Build};
}

}  // namespace latcast::blocks
