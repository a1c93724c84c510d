#include "analyzer/blocks/families.h"
#include "analyzer/blocks/layers.h"
#include "base/status_macros.h"

namespace latcast::blocks {
namespace {

absl::StatusOr<graph::Graph> Build(const BlockArguments& a) {
  RETURN_IF_ERROR(CheckOddKernel(a));
  const int64_t cin = a.at("cin");
  Layers net("CNBlock");
  const ValueId x = net.Image(a);
  net.Enter("block", "Sequential", x);
  ValueId y = net.Conv("0", x, {.out = cin, .kernel = a.at("kernel"), .groups = cin, .bias = true});
  y = net.Permute("1", y, {0, 2, 3, 1});
  y = net.LayerNorm("2", y, 1e-6);
  y = net.Linear("3", y, cin * a.at("expand"));  // both are at most a million
  y = net.Gelu("4", y);
  y = net.Linear("5", y, cin);
  y = net.Leave(net.Permute("6", y, {0, 3, 1, 2}));
  y = net.Mul(net.Parameter("layer_scale", {cin, 1, 1}), y);
  return std::move(net).Finish(net.Add(y, x, /*inplace=*/true));
}

}  // namespace

BlockFamily ConvNextBlockFamily() {
  return {"ConvNeXtBlock",
          "ConvNeXt: depthwise 7x7 convolution, layer normalisation and two linear layers with "
          "GELU over channels last, scaled and added to the input.",
          ImageParameters(96, 56, 56,
                          {OddKernelParameter(7),
                           {"expand", "expansion factor of the linear layers", 4, 1, 64}}),
          Build};
}

}  // namespace latcast::blocks
