#include "analyzer/features/cpu.h"

#include "tests/unit/ops/single_op.h"

namespace latcast::features {
namespace {

using ops::In;
using ops::Ints;
using ops::Weight;

struct PathCase {
  std::string type;
  graph::Shape input;
  graph::Shape weight;
  graph::Attributes attributes;
  int threads = 1;
  bool one_dnn = false;
};

// What PyTorch 2.11 answers when asked for its choice, on both sides of every condition.
TEST(TakesOneDnnPathTest, AgreesWithPyTorch) {
  const PathCase cases[] = {
      // A 1 x 1 convolution needs a second thread, a batch of 16, a stride or a dilation.
      {"conv2d", {1, 64, 56, 56}, {64, 64, 1, 1}, {}, 1, false},
      {"conv2d", {1, 64, 56, 56}, {64, 64, 1, 1}, {}, 2, true},
      {"conv2d", {15, 64, 56, 56}, {64, 64, 1, 1}, {}, 1, false},
      {"conv2d", {16, 64, 56, 56}, {64, 64, 1, 1}, {}, 1, true},
      {"conv2d", {1, 8, 100, 100}, {8, 8, 1, 1}, {{"stride", Ints{2, 2}}}, 1, true},
      {"conv2d", {1, 8, 100, 100}, {8, 8, 1, 1}, {{"stride", Ints{1, 2}}}, 1, true},
      {"conv2d", {1, 8, 100, 100}, {8, 8, 1, 1}, {{"dilation", Ints{2, 2}}}, 1, true},
      {"conv2d", {1, 8, 10, 10}, {8, 8, 1, 1}, {{"stride", Ints{2, 2}}}, 1, false},
      {"conv2d", {1, 8, 10, 10}, {8, 1, 1, 1}, {{"groups", int64_t{8}}}, 1, false},
      // A larger kernel needs groups, more than 3 x 3, a batch, or a large input.
      {"conv2d", {1, 8, 10, 10}, {64, 8, 3, 3}, {}, 1, false},
      {"conv2d", {1, 8, 10, 10}, {64, 8, 3, 3}, {}, 2, false},
      {"conv2d", {2, 8, 10, 10}, {64, 8, 3, 3}, {}, 1, true},
      {"conv2d", {1, 8, 10, 10}, {64, 8, 5, 5}, {}, 1, true},
      {"conv2d", {1, 8, 10, 10}, {64, 8, 5, 3}, {}, 1, false},
      {"conv2d", {1, 8, 10, 10}, {64, 8, 7, 1}, {}, 1, false},
      {"conv2d", {1, 8, 10, 10}, {8, 1, 3, 3}, {{"groups", int64_t{8}}}, 1, true},
      {"conv2d", {1, 20480, 1, 1}, {64, 20480, 1, 1}, {}, 2, false},
      {"conv2d", {1, 20481, 1, 1}, {64, 20481, 1, 1}, {}, 2, true},
      // A signal is an image one row high; of a volume the last two dimensions of the kernel count.
      {"conv1d", {1, 8, 100}, {8, 8, 5}, {}, 1, false},
      {"conv1d", {1, 8, 2561}, {8, 8, 1}, {}, 2, true},
      {"conv1d", {1, 8, 2561}, {8, 8, 1}, {}, 1, false},
      {"conv3d", {1, 8, 10, 10, 10}, {8, 8, 1, 5, 5}, {}, 1, true},
      {"conv3d", {1, 8, 10, 10, 10}, {8, 8, 5, 5, 1}, {}, 1, false},
      {"conv3d", {1, 8, 16, 160, 1}, {8, 8, 1, 3, 1}, {}, 1, false},
      {"conv3d", {1, 8, 16, 161, 1}, {8, 8, 1, 3, 1}, {}, 1, true},
      // A transposed one too, unless output_padding reaches the stride.
      {"conv_transpose2d", {1, 8, 10, 10}, {8, 8, 2, 2}, {{"stride", Ints{2, 2}}}, 1, false},
      {"conv_transpose2d", {2, 8, 10, 10}, {8, 8, 2, 2}, {{"stride", Ints{2, 2}}}, 1, true},
      {"conv_transpose2d", {2, 8, 9, 9}, {8, 1, 3, 3}, {{"groups", int64_t{8}}}, 1, true},
      {"conv_transpose2d",
       {2, 8, 10, 10},
       {8, 8, 3, 3},
       {{"output_padding", Ints{1, 0}}, {"dilation", Ints{2, 2}}},
       1,
       false},
  };
  for (const PathCase& c : cases) {
    ASSERT_OK_AND_ASSIGN(const graph::Graph graph,
                         ops::SingleOp(c.type, {In(c.input), Weight(c.weight)}, c.attributes));
    ASSERT_OK_AND_ASSIGN(const ops::ConvGeometry conv,
                         ops::ReadConvolution(ops::MakeCall(graph, graph.ops[0])));
    EXPECT_EQ(TakesOneDnnPath(conv, graph::DType::kFloat32, c.threads), c.one_dnn)
        << c.type << " " << graph::ToString(c.input) << " " << graph::ToString(c.weight) << " "
        << c.threads;
  }
}

// Only float32 has the choice.
TEST(TakesOneDnnPathTest, OtherTypes) {
  ops::ConvGeometry pointwise;
  pointwise.in_channels = 8;
  pointwise.input = {10, 10};
  pointwise.kernel = pointwise.stride = pointwise.dilation = {1, 1};
  EXPECT_TRUE(TakesOneDnnPath(pointwise, graph::DType::kBFloat16, 1));
  ops::ConvGeometry large = pointwise;
  large.batch = 32;
  EXPECT_TRUE(TakesOneDnnPath(large, graph::DType::kFloat32, 1));
  EXPECT_FALSE(TakesOneDnnPath(large, graph::DType::kFloat64, 1));
  EXPECT_FALSE(TakesOneDnnPath(large, graph::DType::kFloat16, 1));
}

}  // namespace
}  // namespace latcast::features
