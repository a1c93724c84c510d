#include "analyzer/blocks/families.h"
#include "analyzer/blocks/layers.h"

namespace latcast::blocks {
namespace {

absl::StatusOr<graph::Graph> Build(const BlockArguments& a) {
  const bool relu = a.at("relu") != 0;
  Layers net("InceptionStem");
  ValueId y = net.Image(a);
  y = net.BasicConv("Conv2d_1a_3x3", y, {.out = 32, .kernel = 3, .stride = 2, .padding = 0}, relu);
  y = net.BasicConv("Conv2d_2a_3x3", y, {.out = 32, .kernel = 3, .padding = 0}, relu);
  y = net.BasicConv("Conv2d_2b_3x3", y, {.out = 64, .kernel = 3, .padding = 1}, relu);
  y = net.MaxPool("maxpool1", y, 3, 2);
  y = net.BasicConv("Conv2d_3b_1x1", y, {.out = 80}, relu);
  y = net.BasicConv("Conv2d_4a_3x3", y, {.out = 192, .kernel = 3, .padding = 0}, relu);
  return std::move(net).Finish(net.MaxPool("maxpool2", y, 3, 2));
}

}  // namespace

BlockFamily InceptionStemFamily() {
  return {"InceptionStem",
          "Inception v3 up to its second pooling: five convolutions, the first of stride 2, and "
          "two max poolings.",
          ImageParameters(3, 299, 299,
                          {{"relu", "1: ReLU after each normalisation; 0: none", 1, 0, 1}}),
          Build};
}

}  // namespace latcast::blocks
