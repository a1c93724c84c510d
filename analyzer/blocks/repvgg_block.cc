#include "analyzer/blocks/families.h"
#include "analyzer/blocks/layers.h"
#include "base/status_macros.h"

namespace latcast::blocks {
namespace {

ValueId ConvBn(Layers& net, std::string_view name, ValueId x, const ConvOptions& options) {
  net.Enter(name, "ConvNormAct", x);
  const ValueId y = net.Conv("conv", x, options);
  return net.Leave(net.BatchNorm("bn", y));
}

absl::StatusOr<graph::Graph> Build(const BlockArguments& a) {
  RETURN_IF_ERROR(CheckOddKernel(a));
  ConvOptions conv = {.out = a.at("cout"),
                      .kernel = a.at("kernel"),
                      .stride = a.at("stride"),
                      .groups = a.at("groups")};
  Layers net("RepVggBlock");
  const ValueId x = net.Image(a);
  ValueId y = x;
  if (a.at("branches") == 0) {
    conv.bias = true;
    y = net.Conv("reparam_conv", x, conv);
  } else {
    ValueId identity = x;
    const bool has_identity = a.at("cin") == conv.out && conv.stride == 1;
    if (has_identity) identity = net.BatchNorm("identity", x);
    ConvOptions point = conv;
    point.kernel = 1;
    const ValueId one = ConvBn(net, "conv_1x1", x, point);
    y = net.Add(one, ConvBn(net, "conv_kxk", x, conv), /*inplace=*/false);
    if (has_identity) y = net.Add(y, identity, /*inplace=*/true);
  }
  return std::move(net).Finish(net.Activation("act", y, Act::kRelu));
}

}  // namespace

BlockFamily RepVggBlockFamily() {
  return {"RepVggBlock",
          "RepVGG: a 3x3 and a 1x1 convolution, each with normalisation, and the normalised input "
          "where shapes allow, added; merged into one convolution with bias for deployment.",
          ImageParameters(48, 56, 56,
                          {{"cout", "output channels", 48},
                           OddKernelParameter(3),
                           StrideParameter("of the convolutions", 1),
                           {"groups", "groups of the convolutions", 1},
                           {"branches", "0: merged, as deployed; 1: as trained", 0, 0, 1}}),
          Build};
}

}  // namespace latcast::blocks
