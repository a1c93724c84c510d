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
  const int64_t hidden = a.at("hidden");
  const Act act = a.at("hs") != 0 ? Act::kHardswish : Act::kRelu;

  Layers net("InvertedResidual");
  const ValueId x = net.Image(a);
  net.Enter("block", "Sequential", x);
  ValueId y = x;
  int child = 0;
  const auto next = [&child] { return std::to_string(child++); };
  if (hidden != cin) y = net.ConvNormAct(next(), y, {.out = hidden}, act);
  y = net.ConvNormAct(next(), y,
                      {.out = hidden, .kernel = a.at("kernel"), .stride = stride, .groups = hidden},
                      act);
  if (a.at("se") > 0) {
    y = net.SqueezeExcitation(next(), y, a.at("se"), Act::kRelu, true, Gate::kHardsigmoid);
  }
  y = net.Leave(net.ConvNormAct(next(), y, {.out = cout}, Act::kNone));
  if (stride == 1 && cin == cout) y = net.Add(y, x, /*inplace=*/true);
  return std::move(net).Finish(y);
}

}  // namespace

BlockFamily MobileNetV3BlockFamily() {
  return {"MobileNetV3Block",
          "MobileNetV3: 1x1 expansion (none where hidden is cin), depthwise convolution, optional "
          "squeeze-and-excitation with hard sigmoid, 1x1 projection; ReLU or Hardswish; the input "
          "is added at stride 1 and equal channels.",
          ImageParameters(40, 28, 28,
                          {{"cout", "output channels", 40},
                           {"hidden", "channels of the depthwise convolution", 120},
                           StrideParameter("of the depthwise convolution", 1),
                           OddKernelParameter(5),
                           {"se", "channels of the squeeze, 0: none", 32, 0},
                           {"hs", "1: Hardswish; 0: ReLU", 0, 0, 1}}),
          Build};
}

}  // namespace latcast::blocks
