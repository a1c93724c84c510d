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

  Layers net("InvertedResidual");
  const ValueId x = net.Image(a);
  net.Enter("conv", "Sequential", x);
  ValueId y = x;
  int child = 0;
  const auto next = [&child] { return std::to_string(child++); };
  if (expand != 1) y = net.ConvNormAct(next(), y, {.out = hidden}, Act::kRelu6);
  y = net.ConvNormAct(next(), y,
                      {.out = hidden, .kernel = a.at("kernel"), .stride = stride, .groups = hidden},
                      Act::kRelu6);
  y = net.Conv(next(), y, {.out = cout});
  y = net.Leave(net.BatchNorm(next(), y));
  if (a.at("residual") != 0 && stride == 1 && cin == cout) y = net.Add(x, y, /*inplace=*/false);
  return std::move(net).Finish(y);
}

}  // namespace

BlockFamily InvertedResidualFamily() {
  return {"InvertedResidual",
          "MobileNetV2: 1x1 expansion (none at expand 1), depthwise convolution, 1x1 projection; "
          "the input is added at stride 1 and equal channels.",
          ImageParameters(24, 56, 56,
                          {{"cout", "output channels", 24},
                           StrideParameter("of the depthwise convolution", 1),
                           {"expand", "expansion factor", 6, 1, 64},
                           OddKernelParameter(3),
                           ResidualParameter("1: adds the input where it fits; 0: never")}),
          Build};
}

}  // namespace latcast::blocks
