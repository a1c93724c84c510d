#include "analyzer/ops/pooling.h"

#include "tests/unit/ops/single_op.h"

namespace latcast::ops {
namespace {

using ::testing::HasSubstr;

struct PoolCase {
  std::string name;
  std::string type;
  graph::Shape input;
  graph::Attributes attributes;
  graph::Shape shape;
  int64_t flops = 0;
};

// Output sizes and window elements, worked out by hand.
TEST(PoolingTest, ShapesAndCosts) {
  const PoolCase cases[] = {
      {"resnet stem",
       "max_pool2d",
       {1, 64, 112, 112},
       {{"kernel_size", int64_t{3}}, {"stride", int64_t{2}}, {"padding", int64_t{1}}},
       {1, 64, 56, 56},
       64 * 56 * 56 * 9},
      {"stride defaults to the kernel",
       "max_pool2d",
       {1, 2, 9, 9},
       {{"kernel_size", Ints{2, 3}}},
       {1, 2, 4, 3},
       2 * 12 * 6},
      {"an empty stride too",
       "avg_pool2d",
       {1, 2, 9, 9},
       {{"kernel_size", int64_t{2}}, {"stride", Ints{}}},
       {1, 2, 4, 4},
       128},
      {"ceil mode rounds up",
       "max_pool2d",
       {1, 1, 112, 112},
       {{"kernel_size", int64_t{3}}, {"stride", int64_t{2}}, {"ceil_mode", true}},
       {1, 1, 56, 56},
       56 * 56 * 9},
      {"without it, down",
       "max_pool2d",
       {1, 1, 112, 112},
       {{"kernel_size", int64_t{3}}, {"stride", int64_t{2}}},
       {1, 1, 55, 55},
       55 * 55 * 9},
      {"in ceil mode a window may not start in the right padding",
       "max_pool2d",
       {1, 1, 4, 4},
       {{"kernel_size", int64_t{2}},
        {"stride", int64_t{3}},
        {"padding", int64_t{1}},
        {"ceil_mode", true}},
       {1, 1, 2, 2},
       16},
      {"in ceil mode a window may be larger than the input",
       "avg_pool2d",
       {1, 1, 3, 3},
       {{"kernel_size", int64_t{4}}, {"ceil_mode", true}},
       {1, 1, 1, 1},
       16},
      {"dilation",
       "max_pool2d",
       {1, 1, 7, 7},
       {{"kernel_size", int64_t{3}}, {"stride", int64_t{1}}, {"dilation", int64_t{2}}},
       {1, 1, 3, 3},
       81},
      {"no batch dimension", "max_pool2d", {2, 4, 4}, {{"kernel_size", int64_t{2}}}, {2, 2, 2}, 32},
      {"global average",
       "adaptive_avg_pool2d",
       {2, 512, 7, 7},
       {{"output_size", int64_t{1}}},
       {2, 512, 1, 1},
       2 * 512 * 49},
      {"windows that divide evenly do not overlap",
       "adaptive_avg_pool2d",
       {1, 1, 6, 6},
       {{"output_size", Ints{3, 2}}},
       {1, 1, 3, 2},
       36},
      {"windows [0,3) [2,5) and [0,2) [1,4) [3,5)",
       "adaptive_max_pool2d",
       {1, 1, 5, 5},
       {{"output_size", Ints{2, 3}}},
       {1, 1, 2, 3},
       6 * 7},
      {"more outputs than inputs: 3 windows of [0,1) [0,2) [1,2)",
       "adaptive_avg_pool2d",
       {1, 1, 2, 2},
       {{"output_size", int64_t{3}}},
       {1, 1, 3, 3},
       16},
      {"a signal",
       "max_pool1d",
       {2, 3, 9},
       {{"kernel_size", Ints{3}}, {"stride", Ints{2}}, {"padding", Ints{1}}},
       {2, 3, 5},
       2 * 3 * 5 * 3},
      {"video",
       "max_pool3d",
       {1, 64, 16, 56, 56},
       {{"kernel_size", Ints{1, 2, 2}}, {"stride", Ints{1, 2, 2}}},
       {1, 64, 16, 28, 28},
       64 * 16 * 28 * 28 * 4},
      {"a signal's average, no batch",
       "avg_pool1d",
       {3, 9},
       {{"kernel_size", int64_t{2}}},
       {3, 4},
       3 * 4 * 2},
      {"a volume's average",
       "avg_pool3d",
       {1, 2, 4, 4, 4},
       {{"kernel_size", int64_t{2}}},
       {1, 2, 2, 2, 2},
       2 * 8 * 8},
      {"global average of a volume",
       "adaptive_avg_pool3d",
       {1, 512, 1, 7, 7},
       {{"output_size", Ints{1, 1, 1}}},
       {1, 512, 1, 1, 1},
       512 * 49},
      {"windows [0,2) [1,4) [3,5) of a signal",
       "adaptive_max_pool1d",
       {1, 2, 5},
       {{"output_size", Ints{3}}},
       {1, 2, 3},
       2 * 7},
  };
  for (const PoolCase& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_THAT(ShapeOf(c.type, {In(c.input)}, c.attributes), IsOkAndHolds(c.shape));
    ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOf(c.type, {In(c.input)}, c.attributes));
    EXPECT_EQ(cost.flops, c.flops);
    EXPECT_EQ(cost.macs, 0);
    EXPECT_EQ(cost.kernels, 1);
  }
}

// The closed form of the adaptive windows against the loop that defines them.
TEST(PoolingTest, AdaptiveWindowsMatchTheirDefinition) {
  for (int64_t in = 1; in <= 24; ++in) {
    for (int64_t out = 1; out <= 30; ++out) {
      int64_t elements = 0;
      for (int64_t i = 0; i < out; ++i) elements += ((i + 1) * in + out - 1) / out - i * in / out;
      ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOf("adaptive_avg_pool2d", {In({1, 1, in, 1})},
                                                     {{"output_size", Ints{out, 1}}}));
      EXPECT_EQ(cost.flops, elements) << in << " to " << out;
    }
  }
}

// Maximum pooling may return indices, where the call records a second output.
TEST(PoolingTest, IndicesAreASecondOutput) {
  graph::GraphBuilder builder("indices", "test");
  const graph::ValueId x = builder.AddInput("x", graph::DType::kFloat32, {1, 2, 4, 4});
  const graph::ValueId y = builder.AddActivation(graph::DType::kFloat32, {});
  const graph::ValueId indices = builder.AddActivation(graph::DType::kFloat32, {});
  builder.AddOp("max_pool2d", {x}, {y, indices}, {{"kernel_size", int64_t{2}}});
  graph::Graph graph = std::move(builder).Finish({y});
  ASSERT_OK(InferShapes(graph));
  EXPECT_EQ(graph.value(indices).dtype, graph::DType::kInt64);
  EXPECT_EQ(graph.value(indices).shape, (graph::Shape{1, 2, 2, 2}));
  ASSERT_OK_AND_ASSIGN(const OpCost cost,
                       CostOp(*FindOp("max_pool2d"), MakeCall(graph, graph.ops[0])));
  EXPECT_EQ(cost.bytes_written, 8 * 4 + 8 * 8);
}

// Geometry that PyTorch refuses.
TEST(PoolingTest, Refusals) {
  const auto refused = [](const std::string& type, graph::Shape input, graph::Attributes attributes,
                          const std::string& message) {
    EXPECT_THAT(ShapeOf(type, {In(std::move(input))}, std::move(attributes)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  };
  refused("max_pool2d", {1, 1, 4, 4}, {}, "kernel_size is missing");
  refused("max_pool2d", {1, 1, 4, 4}, {{"kernel_size", int64_t{0}}}, "kernel_size: 0");
  refused("max_pool2d", {1, 1, 4, 4}, {{"kernel_size", int64_t{5}}}, "padded input of 4");
  refused("avg_pool2d", {1, 1, 4, 4}, {{"kernel_size", int64_t{2}}, {"stride", Ints{0, 1}}},
          "stride 0x1");
  refused("max_pool2d", {1, 1, 4, 4}, {{"kernel_size", int64_t{2}}, {"padding", int64_t{2}}},
          "padding 2 is more than half");
  refused("max_pool2d", {1, 1, 16, 16},
          {{"kernel_size", int64_t{3}}, {"padding", int64_t{2}}, {"dilation", int64_t{2}}},
          "padding 2 is more than half of the kernel of 3");
  refused("max_pool2d", {4, 4}, {{"kernel_size", int64_t{2}}}, "rank 2");
  refused("max_pool3d", {4, 4, 4}, {{"kernel_size", int64_t{2}}}, "rank 3, 4 or 5 expected");
  refused("avg_pool3d", {1, 4, 4, 4}, {{"kernel_size", int64_t{5}}, {"padding", int64_t{1}}},
          "more than the input of 4");
  refused("adaptive_avg_pool2d", {1, 1, 4, 4}, {}, "output_size is missing");
  refused("adaptive_avg_pool2d", {1, 1, 4, 4}, {{"output_size", int64_t{-1}}}, "output_size: -1");
  refused("adaptive_avg_pool2d", {1, 1, 0, 4}, {{"output_size", int64_t{1}}}, "no elements");
}

// Window counts beyond 64 bits are errors, and a huge output size is not looped over.
TEST(PoolingTest, OverflowIsOutOfRange) {
  const int64_t huge = int64_t{1} << 40;
  EXPECT_THAT(ShapeOf("adaptive_avg_pool2d", {In({1, 1, 4, 4})}, {{"output_size", huge}}),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("64 bits")));
  const int64_t side = int64_t{1} << 25;
  EXPECT_THAT(CostOf("avg_pool2d", {In({1, 1, side, side})},
                     {{"kernel_size", side / 16}, {"stride", int64_t{1}}}),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("window elements")));
}

// Only pooling has windows.
TEST(PoolWindowElementsTest, RefusesOtherOperators) {
  ASSERT_OK_AND_ASSIGN(const graph::Graph graph, SingleOp("relu", {In({1, 1, 4, 4})}));
  EXPECT_THAT(PoolWindowElements(MakeCall(graph, graph.ops[0])),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'relu'")));
}

}  // namespace
}  // namespace latcast::ops
