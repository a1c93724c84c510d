// Conventions of tools that watch operators: what each counts of one call, and of ResNet-18.
#include <gmock/gmock.h>

#include "analyzer/conventions/convention.h"
#include "analyzer/import/load_model.h"
#include "base/status_macros.h"
#include "base/status_matchers.h"
#include "tests/unit/ops/single_op.h"

namespace latcast::conventions {
namespace {

using graph::Graph;
using ops::In;
using ops::Ints;
using ops::Operands;
using ops::SingleOp;
using ops::Weight;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

absl::StatusOr<Table> Count(std::string_view convention, const Graph& graph) {
  return FindConvention(convention)->count(graph);
}

absl::StatusOr<double> Total(std::string_view convention, const Graph& graph, size_t total = 0) {
  ASSIGN_OR_RETURN(const Table table, Count(convention, graph));
  return table.totals[total].value_or(-1);
}

// How the totals of ResNet-18 come about: 1,814,073,344 MACs, batch norms over 2,483,712 elements,
// ReLUs over 2,308,096, one max pool of 802,816 and one average pool of 25,088, 1000 biases.
TEST(OperatorConventionsTest, ResNet18) {
  constexpr double kMacs = 1814073344;
  constexpr double kNorm = 2483712;
  ASSERT_OK_AND_ASSIGN(const Graph resnet18, import::LoadModel("resnet18"));
  EXPECT_THAT(Total("torchvision", resnet18), IsOkAndHolds(kMacs));
  EXPECT_THAT(Total("fvcore", resnet18), IsOkAndHolds(kMacs + 2 * kNorm + 25088));
  EXPECT_THAT(Total("fvcore", resnet18, 1), IsOkAndHolds(kNorm + 1000));
  EXPECT_THAT(Total("ptflops-aten", resnet18), IsOkAndHolds(kMacs + 1000));
  EXPECT_THAT(Total("deepspeed", resnet18), IsOkAndHolds(kMacs));
  EXPECT_THAT(Total("deepspeed", resnet18, 1),
              IsOkAndHolds(2 * kMacs + 2 * kNorm + 2308096 + 802816 + 25088));
  EXPECT_THAT(Total("torchprofile", resnet18), IsOkAndHolds(kMacs + kNorm + 512));
  EXPECT_THAT(Total("flopcounter", resnet18), IsOkAndHolds(2 * kMacs));
  // Modules: the ReLUs and pools twice; 4 an element of batch norms; their parameters once.
  EXPECT_THAT(Total("ptflops", resnet18),
              IsOkAndHolds(kMacs + 1000 + 2 * kNorm + 2 * 2308096 + 2 * (802816 + 25088)));
  EXPECT_THAT(Total("thop", resnet18), IsOkAndHolds(kMacs + 4 * kNorm + 512 * (49 + 1)));
  EXPECT_THAT(Total("thop", resnet18, 1), IsOkAndHolds(11689512));
  EXPECT_THAT(Total("torchinfo", resnet18), IsOkAndHolds(kMacs + 1000 + 9600));
  EXPECT_THAT(Total("torchstat", resnet18), IsOkAndHolds(kMacs + 2 * kNorm + 2308096 + 802816));
}

struct Case {
  std::string_view convention;
  std::vector<double> totals;
};

void Check(const absl::StatusOr<Graph>& graph, const std::vector<Case>& cases) {
  ASSERT_OK(graph);
  for (const Case& c : cases) {
    ASSERT_OK_AND_ASSIGN(const Table table, Count(c.convention, *graph));
    const std::vector<std::optional<double>> expected(c.totals.begin(), c.totals.end());
    EXPECT_EQ(table.totals, expected) << c.convention;
  }
}

// Some count the bias of a convolution, DeepSpeed in its FLOPs only.
TEST(OperatorConventionsTest, Bias) {
  Check(SingleOp("conv2d", {In({2, 3, 8, 8}), Weight({4, 3, 3, 3}), Weight({4})},
                 {{"padding", Ints{1, 1}}}),
        {{"torchvision", {13824}},
         {"fvcore", {13824, 512}},
         {"ptflops-aten", {13824 + 512}},
         {"deepspeed", {13824, 2 * 13824 + 512}},
         {"torchprofile", {13824}},
         {"flopcounter", {2 * 13824}},
         {"onnx-tool", {13824 + 512}}});
}

// ptflops' aten backend sees the bias of a linear layer while the input has three dimensions.
TEST(OperatorConventionsTest, LinearOfHighRank) {
  const Operands three = {In({2, 3, 8}), Weight({5, 8}), Weight({5})};
  Check(SingleOp("linear", three), {{"ptflops-aten", {240 + 30}}, {"deepspeed", {240, 480}}});
  const Operands four = {In({2, 3, 1, 8}), Weight({5, 8}), Weight({5})};
  Check(SingleOp("linear", four), {{"ptflops-aten", {240}}, {"fvcore", {240, 30}}});
}

// A batch norm without affine parameters is one operation less, and none to torchprofile.
TEST(OperatorConventionsTest, BatchNorm) {
  const Operands affine = {In({2, 4, 5, 5}), Weight({4}), Weight({4}), Weight({4}), Weight({4})};
  Check(SingleOp("batch_norm", affine), {{"fvcore", {400, 0}},
                                         {"deepspeed", {0, 400}},
                                         {"torchprofile", {200}},
                                         {"onnx-tool", {200 * 31}}});
  Operands plain = affine;
  plain[1] = plain[2] = ops::kAbsent;
  Check(SingleOp("batch_norm", plain),
        {{"fvcore", {200, 0}}, {"deepspeed", {0, 200}}, {"torchprofile", {0}}});
  Check(SingleOp("batch_norm", affine, {{"training", true}}),
        {{"fvcore", {1000, 0}}, {"deepspeed", {0, 1000}}});
}

// Pools count their input to DeepSpeed, averages their output to torchprofile, windows to
// onnx-tool, which knows the global average apart.
TEST(OperatorConventionsTest, Pools) {
  Check(SingleOp("max_pool2d", {In({1, 4, 8, 8})}, {{"kernel_size", Ints{2, 2}}}),
        {{"fvcore", {0, 0}}, {"deepspeed", {0, 256}}, {"torchprofile", {0}}, {"onnx-tool", {256}}});
  Check(SingleOp("adaptive_avg_pool2d", {In({1, 4, 8, 8})}, {{"output_size", Ints{1, 1}}}),
        {{"fvcore", {256, 0}},
         {"deepspeed", {0, 256}},
         {"torchprofile", {4}},
         {"onnx-tool", {256 + 4 * 4}}});
  Check(SingleOp("adaptive_avg_pool2d", {In({1, 4, 8, 8})}, {{"output_size", Ints{4, 4}}}),
        {{"torchprofile", {64}}, {"onnx-tool", {256}}});
}

// Attention is its two products with a softmax between, which some count.
TEST(OperatorConventionsTest, Attention) {
  const Operands qkv = {In({2, 3, 5, 8}), In({2, 3, 7, 8}), In({2, 3, 7, 8})};
  constexpr double kMacs = 2 * 2 * 3 * 5 * 7 * 8;
  constexpr double kScores = 2 * 3 * 5 * 7;
  Check(SingleOp("scaled_dot_product_attention", qkv),
        {{"torchvision", {kMacs}},
         {"fvcore", {kMacs, kScores + 2 * 3 * 5 * 8}},
         {"ptflops-aten", {kMacs}},
         {"deepspeed", {kMacs, 2 * kMacs + kScores}},
         {"torchprofile", {kMacs}},
         {"flopcounter", {2 * kMacs}},
         {"onnx-tool", {kMacs + 36 * kScores}}});
}

// 5 an element of an affine layer norm, 4 of a plain one; onnx-tool adds a root and a division a
// position.
TEST(OperatorConventionsTest, LayerNorm) {
  const graph::Attributes last = {{"normalized_shape", Ints{8}}};
  Check(SingleOp("layer_norm", {In({1, 4, 8}), Weight({8}), Weight({8})}, last),
        {{"fvcore", {160, 0}},
         {"deepspeed", {0, 160}},
         {"torchprofile", {32}},
         {"onnx-tool", {7 * 32 + 29 * 4}}});
  Check(SingleOp("layer_norm", {In({1, 4, 8})}, last),
        {{"fvcore", {128, 0}}, {"torchprofile", {0}}});
}

// Some count a transposed convolution on its output, which is too much.
TEST(OperatorConventionsTest, TransposedConvolution) {
  const Operands operands = {In({1, 4, 8, 8}), Weight({4, 3, 3, 3}), Weight({6})};
  constexpr double kMacs = 4 * 8 * 8 * 3 * 9;
  constexpr double kOutputs = 6 * 17 * 17;
  Check(SingleOp("conv_transpose2d", operands, {{"stride", Ints{2, 2}}, {"groups", int64_t{2}}}),
        {{"torchvision", {kMacs}},
         {"fvcore", {kMacs, kOutputs}},
         {"ptflops-aten", {kMacs + kOutputs}},
         // groups divide twice, and the bias goes to 3 channels of 3 x 3 outputs
         {"deepspeed", {4 * 8 * 8 * 9, 2 * 4 * 8 * 8 * 9 + 3 * 3 * 3}},
         {"torchprofile", {kOutputs * 4 * 9}},
         {"onnx-tool", {kOutputs * 3 * 9 + kOutputs}}});
}

// Resampling by its mode; DeepSpeed takes the sizes asked for, or the input.
TEST(OperatorConventionsTest, Resampling) {
  const auto to = [](const char* mode) {
    return SingleOp("interpolate", {In({1, 4, 8, 8})},
                    {{"mode", std::string(mode)}, {"output_size", Ints{16, 16}}});
  };
  Check(to("nearest"), {{"fvcore", {1024, 0}},
                        {"deepspeed", {0, 256}},
                        {"torchprofile", {0}},
                        {"ptflops", {1024}},
                        {"onnx-tool", {0}}});
  Check(to("bilinear"), {{"fvcore", {4096, 0}}, {"torchprofile", {4096}}, {"onnx-tool", {4096}}});
  Check(to("bicubic"), {{"fvcore", {0, 0}}, {"torchprofile", {0}}, {"onnx-tool", {8192}}});
}

// nn.ReLU6 runs hardtanh, which DeepSpeed does not patch; the function relu6 counts.
TEST(OperatorConventionsTest, Relu6) {
  absl::StatusOr<Graph> graph = SingleOp("relu6", {In({1, 4, 8, 8})});
  Check(graph, {{"deepspeed", {0, 256}}, {"onnx-tool", {512}}});
  graph->calls[0].class_name = "ReLU6";
  Check(graph, {{"deepspeed", {0, 0}}});
}

// Padding given as a word is another operator to fvcore, which misses it and is said to.
TEST(OperatorConventionsTest, FvcoreMissesSamePadding) {
  ASSERT_OK_AND_ASSIGN(Graph graph, SingleOp("conv2d", {In({1, 3, 8, 8}), Weight({4, 3, 3, 3})},
                                             {{"padding", Ints{1, 1}}}));
  ASSERT_OK_AND_ASSIGN(Table table, Count("fvcore", graph));
  EXPECT_THAT(table.totals, ElementsAre(6912.0, 256.0));
  EXPECT_THAT(table.notes, IsEmpty());
  graph.calls[0].class_name = "Conv2d";
  graph.calls[0].attributes["padding"] = std::string("same");
  EXPECT_THAT(Total("torchprofile", graph), IsOkAndHolds(0));
  EXPECT_THAT(Total("deepspeed", graph), IsOkAndHolds(6912));
  ASSERT_OK_AND_ASSIGN(table, Count("fvcore", graph));
  EXPECT_THAT(table.totals, ElementsAre(0.0, 0.0));
  EXPECT_THAT(table.notes, ElementsAre("conv2d: 6912 MACs in 1 call are missed"));
}

// An operator nobody knows is left out and said to be.
TEST(OperatorConventionsTest, UnknownOperators) {
  graph::GraphBuilder builder("unknown", "test");
  const graph::ValueId x = builder.AddInput("x", graph::DType::kFloat32, {2});
  const graph::ValueId y = builder.AddActivation(graph::DType::kFloat32, {2});
  builder.AddOp("mylib.secret", {x}, {y});
  ASSERT_OK_AND_ASSIGN(const Table table, Count("fvcore", std::move(builder).Finish({y})));
  EXPECT_THAT(table.rows, IsEmpty());
  EXPECT_THAT(table.notes, ElementsAre(HasSubstr("mylib.secret")));
}

// A count that a double cannot hold exactly is refused with the operator's place.
TEST(OperatorConventionsTest, Overflow) {
  ASSERT_OK_AND_ASSIGN(const Graph graph,
                       SingleOp("conv2d", {In({int64_t{1} << 44, 3, 8, 8}), Weight({4, 3, 3, 3})}));
  EXPECT_THAT(Count("fvcore", graph),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("operator 0")));
}

}  // namespace
}  // namespace latcast::conventions
