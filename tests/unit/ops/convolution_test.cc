#include "analyzer/ops/convolution.h"

#include "tests/unit/ops/single_op.h"

namespace latcast::ops {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

struct ConvCase {
  std::string name;
  Operands operands;
  graph::Attributes attributes;
  graph::Shape shape;
  int64_t macs = 0;
  int64_t flops = 0;
  MacClass mac_class = MacClass::kDense;
};

// Shapes, MACs, FLOPs and class of convolutions, worked out by hand.
TEST(ConvolutionTest, ShapesAndCosts) {
  const ConvCase cases[] = {
      {"resnet stem: 7 x 7 x 3 MACs for each of 64 x 112 x 112",
       {In({1, 3, 224, 224}), Weight({64, 3, 7, 7})},
       {{"stride", Ints{2, 2}}, {"padding", Ints{3, 3}}},
       {1, 64, 112, 112},
       118'013'952,
       236'027'904,
       MacClass::kDense},
      {"a bias adds one FLOP an output",
       {In({2, 4, 5, 5}), Weight({6, 4, 3, 3}), Weight({6})},
       {},
       {2, 6, 3, 3},
       2 * 6 * 9 * 36,
       2 * 2 * 6 * 9 * 36 + 2 * 6 * 9,
       MacClass::kDense},
      {"1 x 1",
       {In({1, 64, 56, 56}), Weight({256, 64, 1, 1})},
       {},
       {1, 256, 56, 56},
       51'380'224,
       102'760'448,
       MacClass::kPointwise},
      {"depthwise with a multiplier of 2",
       {In({1, 8, 10, 10}), Weight({16, 1, 3, 3})},
       {{"groups", int64_t{8}}, {"padding", int64_t{1}}},
       {1, 16, 10, 10},
       14'400,
       28'800,
       MacClass::kDepthwise},
      {"grouped",
       {In({1, 128, 56, 56}), Weight({128, 4, 3, 3})},
       {{"groups", int64_t{32}}, {"padding", int64_t{1}}},
       {1, 128, 56, 56},
       14'450'688,
       28'901'376,
       MacClass::kGrouped},
      {"grouped 1 x 1 counts as grouped",
       {In({1, 4, 2, 2}), Weight({4, 2, 1, 1})},
       {{"groups", int64_t{2}}},
       {1, 4, 2, 2},
       32,
       64,
       MacClass::kGrouped},
      {"one channel, one group is dense",
       {In({1, 1, 4, 4}), Weight({2, 1, 3, 3})},
       {},
       {1, 2, 2, 2},
       72,
       144,
       MacClass::kDense},
      {"dilation spreads 3 x 3 over 5 x 5",
       {In({1, 1, 7, 9}), Weight({1, 1, 3, 3})},
       {{"dilation", int64_t{2}}},
       {1, 1, 3, 5},
       135,
       270,
       MacClass::kDense},
      {"asymmetric kernel, stride and padding",
       {In({1, 2, 8, 9}), Weight({3, 2, 1, 7})},
       {{"stride", Ints{1, 2}}, {"padding", Ints{0, 3}}},
       {1, 3, 8, 5},
       1'680,
       3'360,
       MacClass::kDense},
      {"padding \"same\" with an even kernel",
       {In({1, 1, 5, 5}), Weight({1, 1, 2, 4})},
       {{"padding", std::string("same")}},
       {1, 1, 5, 5},
       200,
       400,
       MacClass::kDense},
      {"padding \"valid\"",
       {In({1, 1, 5, 5}), Weight({1, 1, 2, 4})},
       {{"padding", std::string("valid")}},
       {1, 1, 4, 2},
       64,
       128,
       MacClass::kDense},
      {"no batch dimension",
       {In({3, 8, 8}), Weight({4, 3, 3, 3})},
       {},
       {4, 6, 6},
       3'888,
       7'776,
       MacClass::kDense},
      {"an empty batch costs nothing",
       {In({0, 3, 8, 8}), Weight({4, 3, 3, 3})},
       {},
       {0, 4, 6, 6},
       0,
       0,
       MacClass::kDense},
  };
  for (const ConvCase& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_THAT(ShapeOf("conv2d", c.operands, c.attributes), IsOkAndHolds(c.shape));
    ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOf("conv2d", c.operands, c.attributes));
    EXPECT_EQ(cost.macs, c.macs);
    EXPECT_EQ(cost.flops, c.flops);
    EXPECT_EQ(cost.mac_class, c.mac_class);
    EXPECT_EQ(cost.kernels, 1);
  }
}

struct RankCase {
  std::string name;
  std::string type;
  Operands operands;
  graph::Attributes attributes;
  graph::Shape shape;
  int64_t macs = 0;
  MacClass mac_class = MacClass::kDense;
};

// The same over one and three dimensions, and transposed: there each weight is used at every input
// position, whatever the output's size.
TEST(ConvolutionTest, OtherRanksAndTransposed) {
  const RankCase cases[] = {
      {"a signal",
       "conv1d",
       {In({2, 4, 9}), Weight({8, 4, 3})},
       {{"stride", int64_t{2}}, {"padding", Ints{1}}},
       {2, 8, 5},
       2 * 5 * 8 * 4 * 3,
       MacClass::kDense},
      {"1 x 1 of a signal, no batch",
       "conv1d",
       {In({4, 9}), Weight({8, 4, 1})},
       {},
       {8, 9},
       9 * 32,
       MacClass::kPointwise},
      {"\"same\" of a signal, an even kernel",
       "conv1d",
       {In({1, 1, 9}), Weight({1, 1, 4})},
       {{"padding", std::string("same")}},
       {1, 1, 9},
       36,
       MacClass::kDense},
      {"video ResNet stem",
       "conv3d",
       {In({1, 3, 16, 112, 112}), Weight({64, 3, 3, 7, 7})},
       {{"stride", Ints{1, 2, 2}}, {"padding", Ints{1, 3, 3}}},
       {1, 64, 16, 56, 56},
       1'416'167'424,
       MacClass::kDense},
      {"depthwise over a volume",
       "conv3d",
       {In({1, 4, 2, 4, 4}), Weight({4, 1, 1, 3, 3})},
       {{"padding", Ints{0, 1, 1}}, {"groups", int64_t{4}}},
       {1, 4, 2, 4, 4},
       32 * 4 * 9,
       MacClass::kDepthwise},
      {"the first layer of a generator: noise to 4 x 4",
       "conv_transpose2d",
       {In({1, 100, 1, 1}), Weight({100, 512, 4, 4})},
       {},
       {1, 512, 4, 4},
       100 * 512 * 16,
       MacClass::kDense},
      {"doubling, with output padding",
       "conv_transpose2d",
       {In({2, 4, 5, 5}), Weight({4, 6, 3, 3})},
       {{"stride", int64_t{2}}, {"padding", int64_t{1}}, {"output_padding", int64_t{1}}},
       {2, 6, 10, 10},
       2 * 25 * 4 * 6 * 9,
       MacClass::kDense},
      {"up-convolution of a U-Net",
       "conv_transpose2d",
       {In({1, 64, 28, 28}), Weight({64, 32, 2, 2})},
       {{"stride", Ints{2, 2}}},
       {1, 32, 56, 56},
       6'422'528,
       MacClass::kDense},
      {"dilation spreads the output",
       "conv_transpose2d",
       {In({1, 1, 3, 3}), Weight({1, 2, 3, 1})},
       {{"dilation", Ints{2, 1}}},
       {1, 2, 7, 3},
       9 * 2 * 3,
       MacClass::kDense},
      {"padding may cut everything off",
       "conv_transpose2d",
       {In({1, 1, 1, 1}), Weight({1, 1, 2, 2})},
       {{"padding", Ints{1, 0}}},
       {1, 1, 0, 2},
       4,
       MacClass::kDense},
      {"depthwise, transposed",
       "conv_transpose1d",
       {In({1, 4, 3}), Weight({4, 1, 4})},
       {{"stride", int64_t{2}}, {"padding", int64_t{1}}, {"groups", int64_t{4}}},
       {1, 4, 6},
       3 * 4 * 4,
       MacClass::kDepthwise},
      {"grouped, transposed, to more channels",
       "conv_transpose1d",
       {In({1, 4, 3}), Weight({4, 3, 1})},
       {{"groups", int64_t{2}}},
       {1, 6, 3},
       3 * 4 * 3,
       MacClass::kGrouped},
      {"a volume, no batch",
       "conv_transpose3d",
       {In({3, 2, 2, 2}), Weight({3, 1, 2, 2, 2})},
       {},
       {1, 3, 3, 3},
       8 * 3 * 8,
       MacClass::kDense},
  };
  for (const RankCase& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_THAT(ShapeOf(c.type, c.operands, c.attributes), IsOkAndHolds(c.shape));
    ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOf(c.type, c.operands, c.attributes));
    EXPECT_EQ(cost.macs, c.macs);
    EXPECT_EQ(cost.flops, 2 * c.macs);
    EXPECT_EQ(cost.mac_class, c.mac_class);
  }
}

// A bias of a transposed convolution is added to every output, not to every input.
TEST(ConvolutionTest, TransposedBias) {
  ASSERT_OK_AND_ASSIGN(
      const OpCost cost,
      CostOf("conv_transpose2d", {In({2, 4, 5, 5}), Weight({4, 6, 2, 2}), Weight({6})},
             {{"stride", int64_t{2}}}));
  EXPECT_EQ(cost.macs, 2 * 25 * 4 * 6 * 4);
  EXPECT_EQ(cost.flops, 2 * cost.macs + 2 * 6 * 100);
}

// Traffic counts activations and weights apart, in elements and in bytes of their types.
TEST(ConvolutionTest, Traffic) {
  ASSERT_OK_AND_ASSIGN(const OpCost cost,
                       CostOf("conv2d", {In({2, 4, 5, 5}, graph::DType::kFloat16),
                                         Weight({6, 4, 3, 3}, graph::DType::kFloat16),
                                         Weight({6}, graph::DType::kFloat16)}));
  EXPECT_EQ(cost.input_elements, 200);
  EXPECT_EQ(cost.weight_elements, 216 + 6);
  EXPECT_EQ(cost.output_elements, 108);
  EXPECT_EQ(cost.bytes_read, 2 * 422);
  EXPECT_EQ(cost.bytes_written, 2 * 108);
}

struct RefusalCase {
  Operands operands;
  graph::Attributes attributes;
  std::vector<std::string> message;
};

// What PyTorch refuses is refused here, with the numbers.
TEST(ConvolutionTest, Refusals) {
  const RefusalCase cases[] = {
      {{In({8, 8}), Weight({4, 3, 3, 3})}, {}, {"input 8x8", "rank 2", "3 or 4"}},
      {{In({1, 3, 8, 8}), Weight({4, 3, 3})}, {}, {"weight 4x3x3", "rank 3"}},
      {{In({1, 5, 8, 8}), Weight({4, 3, 3, 3})}, {}, {"takes 3 channels", "has 5"}},
      {{In({1, 4, 8, 8}), Weight({4, 1, 3, 3})}, {{"groups", int64_t{3}}}, {"3 groups", "4"}},
      {{In({1, 4, 8, 8}), Weight({6, 1, 3, 3})}, {{"groups", int64_t{4}}}, {"4 groups", "6"}},
      {{In({1, 4, 8, 8}), Weight({4, 4, 3, 3})}, {{"groups", int64_t{0}}}, {"groups 0"}},
      {{In({1, 3, 2, 8}), Weight({4, 3, 3, 3})}, {}, {"spans 3", "padded input of 2"}},
      {{In({1, 3, 4, 8}), Weight({4, 3, 3, 3})}, {{"dilation", int64_t{2}}}, {"spans 5", "of 4"}},
      {{In({1, 3, 8, 8}), Weight({4, 3, 3, 3})}, {{"stride", int64_t{0}}}, {"stride", "0"}},
      {{In({1, 3, 8, 8}), Weight({4, 3, 3, 3})}, {{"padding", int64_t{-1}}}, {"padding", "-1"}},
      {{In({1, 3, 8, 8}), Weight({4, 3, 3, 3})}, {{"dilation", int64_t{0}}}, {"dilation", "0"}},
      {{In({1, 3, 8, 8}), Weight({4, 3, 3, 3})}, {{"padding", Ints{1, 1, 1}}}, {"padding", "3"}},
      {{In({1, 3, 8, 8}), Weight({4, 3, 3, 3})}, {{"padding", std::string("full")}}, {"full"}},
      {{In({1, 3, 8, 8}), Weight({4, 3, 3, 3})},
       {{"padding", std::string("same")}, {"stride", int64_t{2}}},
       {"same", "stride 2x2"}},
      {{In({1, 3, 8, 8}), Weight({4, 3, 0, 3})}, {}, {"weight 4x3x0x3"}},
      {{In({1, 3, 8, 8}), Weight({4, 3, 3, 3}), Weight({3})}, {}, {"bias 3", "4 elements"}},
      {{In({1, 3, 8, 8}), Weight({4, 3, 3, 3}, graph::DType::kFloat16)},
       {},
       {"float32", "float16"}},
      {{In({1, 3, 8, 8})}, {}, {"input 1 (weight) is absent"}},
      {{In({1, 3, 8, 8}), kAbsent}, {}, {"input 1 (weight) is absent"}},
  };
  const RefusalCase transposed[] = {
      {{In({1, 5, 8, 8}), Weight({4, 3, 3, 3})}, {}, {"takes 4 channels", "has 5"}},
      {{In({1, 5, 8, 8}), Weight({5, 3, 3, 3})}, {{"groups", int64_t{2}}}, {"2 groups", "5"}},
      {{In({1, 4, 8, 8}), Weight({4, 3, 3, 3}), Weight({4})}, {}, {"bias 4", "3 elements"}},
      {{In({1, 4, 8, 8}), Weight({4, 3, 3, 3})},
       {{"output_padding", Ints{1, 0}}},
       {"output_padding 1", "less than 1"}},
      {{In({1, 4, 8, 8}), Weight({4, 3, 3, 3})}, {{"padding", std::string("same")}}, {"padding"}},
      {{In({1, 4, 2, 8}), Weight({4, 3, 3, 3})},
       {{"padding", int64_t{3}}},
       {"less than nothing is left", "input 2", "give -2"}},
  };
  const auto refused = [](const std::string& type, const RefusalCase& c) {
    const auto shape = ShapeOf(type, c.operands, c.attributes);
    SCOPED_TRACE(shape.status().ToString());
    for (const std::string& part : c.message) {
      EXPECT_THAT(shape, StatusIs(absl::StatusCode::kInvalidArgument,
                                  AllOf(HasSubstr("operator 0 (" + type), HasSubstr(part))));
    }
  };
  for (const RefusalCase& c : cases) refused("conv2d", c);
  for (const RefusalCase& c : transposed) refused("conv_transpose2d", c);
}

// Counts beyond 64 bits are errors, never small numbers.
TEST(ConvolutionTest, OverflowIsOutOfRange) {
  const int64_t huge = int64_t{1} << 29;
  EXPECT_THAT(CostOf("conv2d", {In({1, huge, 8, 8}), Weight({huge, huge, 1, 1})}),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("does not fit 64 bits")));
  EXPECT_THAT(ShapeOf("conv2d", {In({huge, 1, 512, 512}), Weight({huge, 1, 1, 1})}),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("size of output")));
  EXPECT_THAT(
      ShapeOf("conv2d", {In({1, 1, 8, 8}), Weight({1, 1, 3, 3})}, {{"padding", int64_t{1} << 62}}),
      StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("padding")));
  EXPECT_THAT(
      ShapeOf("conv2d", {In({1, 1, 8, 8}), Weight({1, 1, 3, 3})}, {{"dilation", int64_t{1} << 62}}),
      StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("kernel")));
}

// Only a convolution has the geometry of one.
TEST(ReadConvolutionTest, RefusesOtherOperators) {
  ASSERT_OK_AND_ASSIGN(const graph::Graph graph, SingleOp("relu", {In({1, 1, 4, 4})}));
  EXPECT_THAT(ReadConvolution(MakeCall(graph, graph.ops[0])),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'relu'")));
  for (const std::string type : {"conv", "conv4d", "conv2", "my_conv2d", "max_pool2d", ""}) {
    EXPECT_FALSE(IsConvolution(type)) << type;
  }
}

}  // namespace
}  // namespace latcast::ops
