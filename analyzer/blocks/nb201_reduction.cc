#include "absl/strings/str_cat.h"
#include "analyzer/blocks/families.h"
#include "analyzer/blocks/nb201.h"

namespace latcast::blocks {
namespace {

absl::StatusOr<graph::Graph> Build(const BlockArguments& a) {
  const int64_t cout = a.at("cout");
  const int64_t stride = a.at("stride");
  for (const char* side : {"h", "w"}) {
    if (a.at(side) % stride == 0) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(side, " ", a.at(side), " is no multiple of stride ", stride));
  }
  Layers net("ResNetBasicblock");
  const ValueId x = net.Image(a);
  ValueId y = ReluConvBn(net, "conv_a", x, {.out = cout, .kernel = 3, .stride = stride});
  y = ReluConvBn(net, "conv_b", y, {.out = cout, .kernel = 3});
  net.Enter("downsample", "Sequential", x);
  ValueId shortcut = net.AvgPool("0", x, stride, stride);
  shortcut = net.Leave(net.Conv("1", shortcut, {.out = cout}));
  return std::move(net).Finish(net.Add(shortcut, y, /*inplace=*/false));
}

}  // namespace

BlockFamily Nb201ReductionFamily() {
  return {"NB201Reduction",
          "NAS-Bench-201 between two stages: ReLU, 3x3 convolution and normalisation twice, beside "
          "average pooling and a 1x1 convolution, added. The image's sides are multiples of the "
          "stride.",
          ImageParameters(16, 32, 32,
                          {{"cout", "output channels", 32},
                           {"stride", "of the first convolution and the pooling", 2, 2, 64}}),
          Build};
}

}  // namespace latcast::blocks
