#include "analyzer/features/cpu.h"

#include "tests/unit/ops/single_op.h"

namespace latcast::features {
namespace {

using ops::In;
using ops::Ints;
using ops::Weight;

struct PathCase {
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
      {{1, 64, 56, 56}, {64, 64, 1, 1}, {}, 1, false},
      {{1, 64, 56, 56}, {64, 64, 1, 1}, {}, 2, true},
      {{15, 64, 56, 56}, {64, 64, 1, 1}, {}, 1, false},
      {{16, 64, 56, 56}, {64, 64, 1, 1}, {}, 1, true},
      {{1, 8, 100, 100}, {8, 8, 1, 1}, {{"stride", Ints{2, 2}}}, 1, true},
      {{1, 8, 100, 100}, {8, 8, 1, 1}, {{"stride", Ints{1, 2}}}, 1, true},
      {{1, 8, 100, 100}, {8, 8, 1, 1}, {{"dilation", Ints{2, 2}}}, 1, true},
      {{1, 8, 10, 10}, {8, 8, 1, 1}, {{"stride", Ints{2, 2}}}, 1, false},
      {{1, 8, 10, 10}, {8, 1, 1, 1}, {{"groups", int64_t{8}}}, 1, false},
      // A larger kernel needs groups, more than 3 x 3, a batch, or a large input.
      {{1, 8, 10, 10}, {64, 8, 3, 3}, {}, 1, false},
      {{1, 8, 10, 10}, {64, 8, 3, 3}, {}, 2, false},
      {{2, 8, 10, 10}, {64, 8, 3, 3}, {}, 1, true},
      {{1, 8, 10, 10}, {64, 8, 5, 5}, {}, 1, true},
      {{1, 8, 10, 10}, {64, 8, 5, 3}, {}, 1, false},
      {{1, 8, 10, 10}, {64, 8, 7, 1}, {}, 1, false},
      {{1, 8, 10, 10}, {8, 1, 3, 3}, {{"groups", int64_t{8}}}, 1, true},
      {{1, 20480, 1, 1}, {64, 20480, 1, 1}, {}, 2, false},
      {{1, 20481, 1, 1}, {64, 20481, 1, 1}, {}, 2, true},
  };
  for (const PathCase& c : cases) {
    ASSERT_OK_AND_ASSIGN(const graph::Graph graph,
                         ops::SingleOp("conv2d", {In(c.input), Weight(c.weight)}, c.attributes));
    ASSERT_OK_AND_ASSIGN(const ops::ConvGeometry conv,
                         ops::ReadConvolution(ops::MakeCall(graph, graph.ops[0])));
    EXPECT_EQ(TakesOneDnnPath(conv, graph::DType::kFloat32, c.threads), c.one_dnn)
        << graph::ToString(c.input) << " " << graph::ToString(c.weight) << " " << c.threads;
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
