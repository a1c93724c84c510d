#include "analyzer/blocks/families.h"
#include "analyzer/blocks/layers.h"

namespace latcast::blocks {
namespace {

absl::StatusOr<graph::Graph> Build(const BlockArguments& a) {
  const int64_t patch = a.at("patch");
  Layers net("Conv2dNormActivation");
  ValueId y =
      net.Conv("0", net.Image(a),
               {.out = a.at("cout"), .kernel = patch, .stride = patch, .padding = 0, .bias = true});
  if (a.at("norm") != 0) {
    net.Enter("1", "LayerNorm2d", y);
    y = net.Function("permute", {y}, {{"dims", std::vector<int64_t>{0, 2, 3, 1}}});
    const int64_t channels = net.LastDim(y);
    const ValueId weight = net.Parameter("weight", {channels});
    const ValueId bias = net.Parameter("bias", {channels});
    y = net.Function("layer_norm", {y, weight, bias},
                     {{"normalized_shape", std::vector<int64_t>{channels}}, {"eps", 1e-6}});
    y = net.Leave(net.Function("permute", {y}, {{"dims", std::vector<int64_t>{0, 3, 1, 2}}}));
  }
  return std::move(net).Finish(y);
}

}  // namespace

BlockFamily PatchStemFamily() {
  return {"PatchStem",
          "The first layer of ConvNeXt and of vision transformers: a convolution over patches that "
          "do not overlap, then layer normalisation. ViT-B/16's is cout=768, patch=16, norm=0.",
          ImageParameters(3, 224, 224,
                          {{"cout", "output channels", 96},
                           {"patch", "height and width of a patch", 4, 1, 64},
                           {"norm", "1: layer normalisation over channels", 1, 0, 1}}),
          Build};
}

}  // namespace latcast::blocks
