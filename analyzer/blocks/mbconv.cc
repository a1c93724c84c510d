#include "analyzer/blocks/families.h"
#include "analyzer/blocks/layers.h"
#include "base/status_macros.h"

namespace latcast::blocks {
namespace {

absl::StatusOr<graph::Graph> Build(const BlockArguments& a) {
  RETURN_IF_ERROR(CheckOddKernel(a));
  const int64_t cin = a.at("cin");
  const int64_t cout = a.at("cout");
  const int64_t stride = a.at("stride");
  const int64_t expand = a.at("expand");
  const int64_t hidden = cin * expand;  // both are at most a million
  const bool residual = a.at("residual") != 0;

  Layers net("MBConv");
  const ValueId x = net.Image(a);
  net.Enter("block", "Sequential", x);
  ValueId y = x;
  int child = 0;
  const auto next = [&child] { return std::to_string(child++); };
  if (expand != 1) y = net.ConvNormAct(next(), y, {.out = hidden}, Act::kSilu);
  y = net.ConvNormAct(next(), y,
                      {.out = hidden, .kernel = a.at("kernel"), .stride = stride, .groups = hidden},
                      Act::kSilu);
  if (a.at("se") > 0) y = net.SqueezeExcitation(next(), y, a.at("se"), Act::kSilu, residual);
  y = net.Leave(net.ConvNormAct(next(), y, {.out = cout}, Act::kNone));
  if (residual && stride == 1 && cin == cout) y = net.Add(y, x, /*inplace=*/true);
  return std::move(net).Finish(y);
}

}  // namespace

BlockFamily MBConvFamily() {
  return {"MBConv",
          "EfficientNet: 1x1 expansion (none at expand 1), depthwise convolution, optional "
          "squeeze-and-excitation, 1x1 projection, SiLU; the input is added at stride 1 and equal "
          "channels.",
          ImageParameters(
              40, 28, 28,
              {{"cout", "output channels", 40},
               StrideParameter("of the depthwise convolution", 1),
               {"expand", "expansion factor", 6, 1, 64},
               OddKernelParameter(3),
               {"se", "channels of the squeeze, 0: none", 10, 0},
               ResidualParameter("1: gates and, where it fits, adds the input; 0: the projection "
                                 "runs on the gate itself, a 1x1 image, and nothing is added")}),
          Build};
}

}  // namespace latcast::blocks
