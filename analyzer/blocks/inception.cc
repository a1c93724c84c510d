#include "analyzer/blocks/families.h"
#include "analyzer/blocks/layers.h"
#include "base/status_macros.h"

namespace latcast::blocks {
namespace {

absl::StatusOr<graph::Graph> Build(const BlockArguments& a) {
  RETURN_IF_ERROR(CheckOddKernel(a));
  Layers net("Inception");
  const ValueId x = net.Image(a);
  const ValueId one = net.BasicConv("branch1", x, {.out = a.at("ch1x1")});

  net.Enter("branch2", "Sequential", x);
  ValueId three = net.BasicConv("0", x, {.out = a.at("ch3x3red")});
  three = net.Leave(net.BasicConv("1", three, {.out = a.at("ch3x3"), .kernel = 3}));

  net.Enter("branch3", "Sequential", x);
  ValueId five = net.BasicConv("0", x, {.out = a.at("ch5x5red")});
  five = net.Leave(net.BasicConv("1", five, {.out = a.at("ch5x5"), .kernel = a.at("kernel")}));

  net.Enter("branch4", "Sequential", x);
  ValueId pool = net.MaxPool("0", x, 3, 1, 1, /*ceil_mode=*/true);
  pool = net.Leave(net.BasicConv("1", pool, {.out = a.at("pool_proj")}));
  return std::move(net).Finish(net.Cat({one, three, five, pool}));
}

}  // namespace

BlockFamily InceptionFamily() {
  return {"Inception",
          "GoogLeNet: 1x1; 1x1 and 3x3; 1x1 and 5x5; max pooling and 1x1, side by side, their "
          "outputs concatenated. kernel=3 is torchvision's, 5 the paper's.",
          ImageParameters(192, 28, 28,
                          {{"ch1x1", "channels of the 1x1 branch", 64},
                           {"ch3x3red", "channels before the 3x3 convolution", 96},
                           {"ch3x3", "channels of the 3x3 convolution", 128},
                           {"ch5x5red", "channels before the 5x5 convolution", 16},
                           {"ch5x5", "channels of the 5x5 convolution", 32},
                           {"pool_proj", "channels behind the pooling", 32},
                           OddKernelParameter(3)}),
          Build};
}

}  // namespace latcast::blocks
