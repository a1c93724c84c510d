#include "analyzer/insight/receptive_field.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/graph/builder.h"
#include "analyzer/import/load_model.h"
#include "analyzer/ops/infer.h"
#include "base/status_matchers.h"

namespace latcast::insight {
namespace {

using graph::DType;
using graph::Graph;
using graph::GraphBuilder;
using graph::ValueId;
using Ints = std::vector<int64_t>;

// "size stride padding".
std::string Text(const Field& field) {
  return SizeText(field) + " " + StrideText(field) + " " + PaddingText(field);
}

// Of the last operator of this type.
std::string LastOf(const Graph& graph, std::string_view type) {
  const ReceptiveFields fields = ComputeReceptiveFields(graph);
  std::string text = "no " + std::string(type);
  for (const graph::Op& op : graph.ops) {
    if (op.type == type) text = Text(fields.values[static_cast<size_t>(op.outputs[0])]);
  }
  return text;
}

Graph Load(std::string_view model) {
  absl::StatusOr<Graph> graph = import::LoadModel(model, {});
  EXPECT_TRUE(graph.ok()) << graph.status();
  return *std::move(graph);
}

// The shipped networks have the fields everyone computes for them: 212 for VGG-16 is published, the
// others follow from kernels and strides by hand.
TEST(ReceptiveFieldTest, ShippedNetworks) {
  EXPECT_EQ(LastOf(Load("vgg16"), "conv2d"), "196 16 90");
  EXPECT_EQ(LastOf(Load("vgg16"), "max_pool2d"), "212 32 90");
  EXPECT_EQ(LastOf(Load("alexnet"), "max_pool2d"), "195 32 66");
  EXPECT_EQ(LastOf(Load("resnet18"), "add"), "435 32 217");
  EXPECT_EQ(LastOf(Load("resnet50"), "add"), "427 32 213");
  EXPECT_EQ(LastOf(Load("mobilenet_v2"), "conv2d"), "491 32 245");
}

// Global pooling and a linear layer behind a flatten see everything; a flatten alone puts positions
// and channels on one axis, where nobody can say which position an element is.
TEST(ReceptiveFieldTest, HeadsSeeEverything) {
  EXPECT_EQ(LastOf(Load("resnet18"), "adaptive_avg_pool2d"), "whole  ");
  EXPECT_EQ(LastOf(Load("resnet18"), "linear"), "whole  ");
  EXPECT_EQ(LastOf(Load("vgg16"), "adaptive_avg_pool2d"), "212 32 90");  // 7x7 to 7x7
  EXPECT_EQ(LastOf(Load("vgg16"), "flatten"), "?  ");
  EXPECT_EQ(LastOf(Load("vgg16"), "linear"), "whole  ");
}

// The field does not depend on the size of the input, as long as that is not what decides it.
TEST(ReceptiveFieldTest, SameAtEverySize) {
  ASSERT_OK_AND_ASSIGN(const Graph small,
                       import::LoadModel("resnet50", {.inputs = {{1, 3, 64, 96}}}));
  EXPECT_EQ(LastOf(small, "add"), "427 32 213");
}

// A chain on an input of 64 x 48 pixels, for what no shipped network has.
class ChainTest : public ::testing::Test {
 protected:
  ValueId Add(const std::string& type, std::vector<ValueId> inputs,
              graph::Attributes attributes = {}) {
    auto outputs = ops::AddInferred(builder_, type, std::move(inputs), std::move(attributes));
    EXPECT_TRUE(outputs.ok()) << outputs.status();
    return outputs->front();
  }
  ValueId Conv(ValueId x, int64_t kernel, Ints stride, int64_t padding, int64_t dilation = 1) {
    const int64_t channels = builder_.graph().value(x).shape[1];
    const ValueId weight = builder_.AddParameter("w" + std::to_string(x), DType::kFloat32,
                                                 {4, channels, kernel, kernel});
    return Add("conv2d", {x, weight},
               {{"stride", std::move(stride)}, {"padding", padding}, {"dilation", dilation}});
  }
  std::string Of(ValueId id) const {
    return Text(ComputeReceptiveFields(builder_.graph()).values[static_cast<size_t>(id)]);
  }

  GraphBuilder builder_{"chain", "test"};
  const ValueId x_ = builder_.AddInput("x", DType::kFloat32, {1, 4, 64, 48});
};

// Dilation widens the field without a stride; height and width are told apart where they differ.
TEST_F(ChainTest, DilationAndTwoAxes) {
  const ValueId a = Conv(x_, 3, {2, 1}, 1);
  EXPECT_EQ(Of(a), "3 2x1 1");
  EXPECT_EQ(Of(Conv(a, 3, {1, 1}, 6, 6)), "27x15 2x1 13x7");
}

// Branches of different depth: the union. Adding the input itself, or what does not depend on it,
// changes nothing.
TEST_F(ChainTest, UnionOfBranches) {
  const ValueId deep = Conv(Conv(x_, 3, {1, 1}, 1), 5, {1, 1}, 2);
  EXPECT_EQ(Of(Add("add", {deep, x_})), "7 1 3");
  const ValueId shallow = Conv(x_, 1, {1, 1}, 0);
  EXPECT_EQ(Of(Add("cat", {shallow, deep}, {{"dim", int64_t{1}}})), "7 1 3");
  const ValueId weight = builder_.AddParameter("scale", DType::kFloat32, {1, 4, 1, 1});
  EXPECT_EQ(Of(Add("mul", {deep, weight})), "7 1 3");
}

// A gate of global pooling, as in squeeze and excitation: every element sees everything from there
// on, convolutions behind it too.
TEST_F(ChainTest, SqueezeAndExcitation) {
  const ValueId pooled = Add("adaptive_avg_pool2d", {x_}, {{"output_size", Ints{1, 1}}});
  const ValueId gated = Add("mul", {x_, Add("sigmoid", {Conv(pooled, 1, {1, 1}, 0)})});
  EXPECT_EQ(Of(Conv(gated, 3, {1, 1}, 1)), "whole  ");
}

// Channels last and back: the axes are followed, a linear layer there is a 1x1 convolution.
TEST_F(ChainTest, ChannelsLast) {
  const ValueId conv = Conv(x_, 7, {1, 2}, 3);
  const ValueId last = Add("permute", {conv}, {{"dims", Ints{0, 2, 3, 1}}});
  const ValueId weight = builder_.AddParameter("mlp", DType::kFloat32, {9, 4});
  const ValueId mlp = Add("linear", {last, weight});
  EXPECT_EQ(Of(mlp), "7 1x2 3");
  EXPECT_EQ(Of(Add("permute", {mlp}, {{"dims", Ints{0, 3, 1, 2}}})), "7 1x2 3");
  // But along the width it sees all of it.
  const ValueId wide = builder_.AddParameter("wide", DType::kFloat32, {9, 24});
  EXPECT_EQ(Of(Add("linear", {conv, wide})), "7xwhole 1x- 3x-");
}

// Windows cut out by a reshape are not followed, and say so; attention among all tokens sees
// everything again, among those of a window nobody can say.
TEST_F(ChainTest, WindowsAndTokens) {
  const ValueId last = Add("permute", {Conv(x_, 4, {4, 4}, 0)}, {{"dims", Ints{0, 2, 3, 1}}});
  const ValueId windows =
      Add("permute", {Add("reshape", {last}, {{"shape", Ints{1, 4, 4, 3, 4, 4}}})},
          {{"dims", Ints{0, 1, 3, 2, 4, 5}}});
  EXPECT_EQ(Of(windows), "?  ");
  const auto attention = [this](ValueId tokens, Ints turned) {
    const ValueId scores = Add("matmul", {tokens, Add("permute", {tokens}, {{"dims", turned}})});
    return Add("matmul", {Add("softmax", {scores}, {{"dim", int64_t{-1}}}), tokens});
  };
  const ValueId in_windows = Add("reshape", {windows}, {{"shape", Ints{12, 16, 4}}});
  EXPECT_EQ(Of(attention(in_windows, {0, 2, 1})), "?  ");
  const ValueId all = Add("flatten", {last}, {{"start_dim", int64_t{1}}, {"end_dim", int64_t{2}}});
  EXPECT_EQ(Of(attention(all, {0, 2, 1})), "whole  ");
}

// A softmax over channels changes nothing, one over the width sees all of it.
TEST_F(ChainTest, Softmax) {
  const ValueId conv = Conv(x_, 3, {1, 1}, 1);
  EXPECT_EQ(Of(Add("softmax", {conv}, {{"dim", int64_t{1}}})), "3 1 1");
  EXPECT_EQ(Of(Add("softmax", {conv}, {{"dim", int64_t{3}}})), "3xwhole 1x- 1x-");
}

// Batch statistics see everything, running ones only their own element.
TEST_F(ChainTest, BatchNorm) {
  std::vector<ValueId> inputs = {Conv(x_, 3, {1, 1}, 1)};
  for (const char* name : {"weight", "bias"}) {
    inputs.push_back(builder_.AddParameter(name, DType::kFloat32, {4}));
  }
  for (const char* name : {"mean", "var"}) {
    inputs.push_back(builder_.AddBuffer(name, DType::kFloat32, {4}));
  }
  EXPECT_EQ(Of(Add("batch_norm", inputs, {{"training", false}})), "3 1 1");
  EXPECT_EQ(Of(Add("batch_norm", inputs, {{"training", true}})), "whole  ");
}

// An operator nobody knows makes what follows unknown, even behind global pooling; a branch that
// sees everything decides all the same.
TEST_F(ChainTest, UnknownOperator) {
  const ValueId y = builder_.AddActivation(DType::kFloat32, {1, 4, 64, 48});
  builder_.AddOp("mystery", {Conv(x_, 3, {1, 1}, 1)}, {y});
  EXPECT_EQ(Of(y), "?  ");
  EXPECT_EQ(Of(Add("mean", {y}, {{"dim", Ints{2, 3}}, {"keepdim", true}})), "?  ");
  const ValueId mean = Add("mean", {x_}, {{"dim", Ints{2, 3}}, {"keepdim", true}});
  EXPECT_EQ(Of(Add("add", {y, mean})), "whole  ");
}

// Branches that advance at different rates have no common stride.
TEST_F(ChainTest, DifferentRates) {
  const ValueId conv = Conv(x_, 2, {2, 2}, 0);
  const ValueId pooled =
      Add("adaptive_avg_pool2d", {Conv(x_, 5, {1, 1}, 0)}, {{"output_size", Ints{32, 24}}});
  EXPECT_EQ(Of(Add("add", {conv, pooled})), "?  ");
}

// A value whose memory an operator in place writes through a view: its old contents are gone.
TEST_F(ChainTest, WrittenThroughAView) {
  const ValueId a = Conv(x_, 3, {1, 1}, 1);
  const ValueId view = Add("view", {a}, {{"size", Ints{1, 4, 64, 48}}});
  Add("relu", {view}, {{"inplace", true}});
  EXPECT_EQ(Of(Add("sigmoid", {a})), "?  ");
}

// What is not computed from the input sees nothing; a network without windows has no fields.
TEST_F(ChainTest, Constants) {
  const ValueId weight = builder_.AddParameter("w", DType::kFloat32, {3});
  const ValueId constant = Add("relu", {weight});
  EXPECT_TRUE(ComputeReceptiveFields(builder_.graph()).axes.empty());
  Conv(x_, 3, {1, 1}, 1);
  const ReceptiveFields fields = ComputeReceptiveFields(builder_.graph());
  EXPECT_EQ(fields.input, "x");
  EXPECT_EQ(fields.axes, (std::vector<size_t>{2, 3}));
  EXPECT_EQ(fields.values[static_cast<size_t>(constant)][0].kind, FieldKind::kNone);
  EXPECT_EQ(Of(constant), "-  ");
}

// Upsampling makes the effective stride a fraction; transposed convolutions do too, and undo a
// strided one.
TEST_F(ChainTest, Upsampling) {
  const ValueId up = Add("interpolate", {Conv(x_, 3, {1, 1}, 1)},
                         {{"mode", std::string("nearest")}, {"output_size", Ints{128, 96}}});
  EXPECT_EQ(Of(up), "3 1/2 1");
  EXPECT_EQ(Of(Conv(up, 3, {1, 1}, 1)), "4 1/2 2");
  const ValueId down = Conv(x_, 4, {2, 2}, 1);
  const ValueId weight = builder_.AddParameter("up", DType::kFloat32, {4, 4, 4, 4});
  const ValueId back =
      Add("conv_transpose2d", {down, weight}, {{"stride", int64_t{2}}, {"padding", int64_t{1}}});
  EXPECT_EQ(Of(back), "6 1 3");
  EXPECT_EQ(Of(Add("cat", {back, x_}, {{"dim", int64_t{1}}})), "6 1 3");  // as in a U-Net
}

// Bilinear sampling between elements sees both neighbours, one that meets them exactly only one.
TEST_F(ChainTest, Bilinear) {
  const ValueId conv = Conv(x_, 1, {4, 4}, 0);
  const auto sampled = [&](bool align_corners, Ints size) {
    return Of(Add("interpolate", {conv},
                  {{"mode", std::string("bilinear")},
                   {"output_size", std::move(size)},
                   {"align_corners", align_corners}}));
  };
  EXPECT_EQ(sampled(false, {64, 48}), "5 1 4");
  EXPECT_EQ(sampled(false, {16, 12}), "1 4 0");
  EXPECT_EQ(sampled(true, {31, 23}), "5 2 0");
}

// A part of the channels of a concatenation sees at most what all of them see; behind a convolution
// that mixes them again the bound stays a bound. What every part sees of the input is known.
TEST_F(ChainTest, PartOfAConcatenation) {
  const ValueId joined =
      Add("cat", {Conv(x_, 1, {1, 1}, 0), Conv(x_, 7, {1, 1}, 3)}, {{"dim", int64_t{1}}});
  EXPECT_EQ(Of(joined), "7 1 3");
  const ValueId part =
      Add("slice", {joined}, {{"dim", int64_t{1}}, {"start", int64_t{2}}, {"end", int64_t{6}}});
  EXPECT_EQ(Of(part), "<= 7 1 3");
  EXPECT_EQ(Of(Conv(part, 3, {1, 1}, 1)), "<= 9 1 4");
  EXPECT_EQ(Of(Add("mean", {part}, {{"dim", Ints{2, 3}}, {"keepdim", true}})), "whole  ");
  // Behind a convolution all channels are alike, and a part of them sees what all do.
  const ValueId mixed = Conv(joined, 1, {1, 1}, 0);
  EXPECT_EQ(Of(Add("slice", {mixed}, {{"dim", int64_t{1}}, {"end", int64_t{2}}})), "7 1 3");
}

// Crops, padding and every second row shift and stretch what is seen.
TEST_F(ChainTest, CropAndPad) {
  const ValueId conv = Conv(x_, 3, {1, 1}, 1);
  const ValueId rows =
      Add("slice", {conv}, {{"dim", int64_t{2}}, {"start", int64_t{4}}, {"step", int64_t{2}}});
  EXPECT_EQ(Of(rows), "3 2x1 -3x1");
  EXPECT_EQ(Of(Add("pad", {conv}, {{"pad", Ints{2, 2, 5, 0}}})), "3 1 6x3");
}

// Pixels that become channels and back: the way there shrinks, the way back restores.
TEST_F(ChainTest, PixelShuffle) {
  const ValueId there = Add("pixel_unshuffle", {x_}, {{"downscale_factor", int64_t{2}}});
  EXPECT_EQ(Of(there), "2 2 0");
  const ValueId mixed = Conv(there, 1, {1, 1}, 0);
  EXPECT_EQ(Of(Add("pixel_shuffle", {mixed}, {{"upscale_factor", int64_t{2}}})), "2 1 0");
}

// One token taken from the result of attention still sees everything, one taken before does not.
TEST_F(ChainTest, ClassToken) {
  const ValueId patches = Add("flatten", {Conv(x_, 16, {16, 16}, 0)}, {{"start_dim", int64_t{2}}});
  const ValueId tokens = Add("transpose", {patches}, {{"dim0", int64_t{1}}, {"dim1", int64_t{2}}});
  const ValueId token = builder_.AddParameter("class", DType::kFloat32, {1, 1, 4});
  const ValueId all = Add("cat", {token, tokens}, {{"dim", int64_t{1}}});
  const graph::Attributes first = {{"dim", int64_t{1}}, {"index", int64_t{0}}};
  EXPECT_EQ(Of(Add("select", {all}, first)), "?  ");
  const ValueId seen = Add("scaled_dot_product_attention", {all, all, all});
  EXPECT_EQ(Of(Add("select", {seen}, first)), "whole  ");
}

// Constants written into a buffer made after the input's shape are constants still.
TEST_F(ChainTest, ConstantsInPlace) {
  const ValueId mask = Add("zeros_like", {Conv(x_, 3, {1, 1}, 1)});
  const ValueId part = Add("slice", {mask}, {{"dim", int64_t{2}}, {"end", int64_t{8}}});
  Add("fill", {part}, {{"value", 1.0}, {"inplace", true}});
  EXPECT_EQ(Of(Add("relu", {mask})), "-  ");
}

// Strides beyond all bounds are refused before they overflow.
TEST_F(ChainTest, HugeStride) {
  ValueId y = x_;
  for (int i = 0; i < 3; ++i) y = Conv(y, 1, {int64_t{1} << 20, int64_t{1} << 20}, 0);
  EXPECT_EQ(Of(y), "?  ");
}

}  // namespace
}  // namespace latcast::insight
