#include "analyzer/cost/backward.h"

#include "analyzer/cost/gradient_flow.h"
#include "analyzer/ops/infer.h"
#include "tests/support/resnet18.h"

namespace latcast::cost {
namespace {

using graph::DType;
using graph::Graph;
using graph::GraphBuilder;
using graph::ValueId;
using ::testing::HasSubstr;

constexpr DType kFloat = DType::kFloat32;

ValueId Add(GraphBuilder& b, const std::string& type, std::vector<ValueId> inputs,
            graph::Attributes attributes = {}) {
  auto outputs = ops::AddInferred(b, type, std::move(inputs), std::move(attributes));
  EXPECT_OK(outputs);
  return outputs.ok() ? outputs->front() : graph::kNone;
}

BackwardCost BackwardOf(const Graph& graph) {
  const auto forward = ComputeCost(graph);
  EXPECT_OK(forward);
  auto backward = ComputeBackward(graph, *forward);
  EXPECT_OK(backward);
  return *std::move(backward);
}

// Two linear layers of 4 x 4 on a batch of 2: 32 MACs each.
Graph TwoLayers(bool first_trainable, bool second_trainable) {
  GraphBuilder b("net", "test");
  ValueId x = b.AddInput("x", kFloat, {2, 4});
  int layer = 0;
  for (const bool trainable : {first_trainable, second_trainable}) {
    b.EnterCall("fc" + std::to_string(layer++), "Linear", {x});
    x = Add(b, "linear", {x, b.AddParameter("weight", kFloat, {4, 4}, trainable)});
    b.LeaveCall({x});
  }
  return std::move(b).Finish({x});
}

// Twice the forward pass less the input gradient of the first convolution.
TEST(ComputeBackwardTest, ResNet18) {
  const Graph graph = ResNet18Builder::Build();
  ASSERT_OK_AND_ASSIGN(const GraphCost forward, ComputeCost(graph));
  const BackwardCost backward = BackwardOf(graph);
  EXPECT_EQ(backward.total.macs(), 3'510'132'736);
  EXPECT_EQ(backward.total.weight_macs, 1'814'073'344);
  EXPECT_EQ(backward.total.activation_macs, 1'814'073'344 - 118'013'952);
  EXPECT_EQ(backward.total.completeness, Completeness::kComplete);
  EXPECT_THAT(TrainingMacs(forward, backward), IsOkAndHolds(1'814'073'344 + 3'510'132'736));
  EXPECT_THAT(TrainingMacs(forward, backward, /*checkpointing=*/true),
              IsOkAndHolds(2 * int64_t{1'814'073'344} + 3'510'132'736));
}

// The network's input wants no gradient: the first layer multiplies once, the second twice.
TEST(ComputeBackwardTest, FirstLayerHasNoInputGradient) {
  const BackwardCost backward = BackwardOf(TwoLayers(true, true));
  EXPECT_EQ(backward.calls[1].activation_macs, 0);
  EXPECT_EQ(backward.calls[1].weight_macs, 32);
  EXPECT_EQ(backward.calls[2].activation_macs, 32);
  EXPECT_EQ(backward.calls[2].weight_macs, 32);
  EXPECT_EQ(backward.total.macs(), 96);
}

// A frozen layer has no weight gradient; behind no trainable layer it has no gradient at all.
TEST(ComputeBackwardTest, FrozenLayers) {
  const BackwardCost frozen_end = BackwardOf(TwoLayers(true, false));
  EXPECT_EQ(frozen_end.total.weight_macs, 32);
  EXPECT_EQ(frozen_end.total.activation_macs, 32);
  const BackwardCost frozen_start = BackwardOf(TwoLayers(false, true));
  EXPECT_EQ(frozen_start.calls[1].macs(), 0);
  EXPECT_EQ(frozen_start.total.weight_macs, 32);
  EXPECT_EQ(frozen_start.total.activation_macs, 0);
  EXPECT_EQ(BackwardOf(TwoLayers(false, false)).total.macs(), 0);
}

// Both factors of a matrix product get their gradient, one product each; one that comes straight
// from the input gets none.
TEST(ComputeBackwardTest, MatrixProducts) {
  GraphBuilder b("net", "test");
  const ValueId x = b.AddInput("x", kFloat, {3, 3});
  const ValueId y = Add(b, "mul", {x, b.AddParameter("scale", kFloat, {3})});
  const ValueId both = Add(b, "matmul", {y, y});
  const Graph graph = std::move(b).Finish({Add(b, "matmul", {both, x})});
  const BackwardCost backward = BackwardOf(graph);
  EXPECT_EQ(backward.ops[1]->activation_macs, 2 * 27);
  EXPECT_EQ(backward.ops[2]->activation_macs, 27);
  EXPECT_EQ(backward.total.weight_macs, 0);
}

// Attention: B for dV, B for the gradient of the weights, A for each of query and key; what is not
// wanted is not computed.
TEST(ComputeBackwardTest, Attention) {
  constexpr int64_t kScores = 2 * 3 * 8 * 8 * 4;    // 2 x 3 heads, 8 x 8 scores, depth 4
  constexpr int64_t kWeighted = 2 * 3 * 8 * 8 * 5;  // depth of the values 5
  for (const int trained : {0b111, 0b100, 0b001}) {
    GraphBuilder b("net", "test");
    std::vector<ValueId> operands;
    for (int i = 0; i < 3; ++i) {
      const int64_t depth = i == 2 ? 5 : 4;
      const ValueId x = b.AddInput("x" + std::to_string(i), kFloat, {2, 3, 8, depth});
      const bool wanted = (trained >> i & 1) != 0;
      operands.push_back(
          Add(b, "mul", {x, b.AddParameter("p" + std::to_string(i), kFloat, {depth}, wanted)}));
    }
    const Graph graph = std::move(b).Finish({Add(b, "scaled_dot_product_attention", operands)});
    const BackwardCost backward = BackwardOf(graph);
    EXPECT_EQ(backward.total.completeness, Completeness::kComplete);
    EXPECT_EQ(backward.total.weight_macs, 0);
    const int64_t expected = trained == 0b111   ? 2 * (kScores + kWeighted)
                             : trained == 0b100 ? kWeighted
                                                : kScores + kWeighted;
    EXPECT_EQ(backward.total.activation_macs, expected) << trained;
  }
}

// Two bidirectional LSTM layers: every matrix twice a step and sample, those of the first layer's
// input once less where the input wants no gradient; a frozen matrix has no gradient of its own.
TEST(ComputeBackwardTest, RecurrentLayers) {
  for (const bool wanted : {true, false}) {
    GraphBuilder b("net", "test");
    ValueId x = b.AddInput("x", kFloat, {7, 2, 5});
    if (wanted) x = Add(b, "mul", {x, b.AddParameter("scale", kFloat, {5})});
    std::vector<ValueId> inputs = {x, b.AddInput("h", kFloat, {4, 2, 3}),
                                   b.AddInput("c", kFloat, {4, 2, 3})};
    for (const int64_t features : {5, 5, 6, 6}) {
      const std::string name = std::to_string(inputs.size());
      inputs.push_back(b.AddParameter("ih" + name, kFloat, {12, features}, features == 6));
      inputs.push_back(b.AddParameter("hh" + name, kFloat, {12, 3}));
    }
    const ValueId y =
        Add(b, "lstm", inputs,
            {{"num_layers", int64_t{2}}, {"bidirectional", true}, {"has_biases", false}});
    const Graph graph = std::move(b).Finish({y});
    ASSERT_OK_AND_ASSIGN(const GraphCost forward, ComputeCost(graph));
    const BackwardCost backward = BackwardOf(graph);
    constexpr int64_t kPositions = 7 * 2;
    constexpr int64_t kFirst = 2 * kPositions * 12 * 5;
    EXPECT_EQ(forward.total.macs, kFirst + 2 * kPositions * 12 * (3 + 6 + 3));
    EXPECT_EQ(backward.total.weight_macs, forward.total.macs - kFirst);
    EXPECT_EQ(backward.total.activation_macs, forward.total.macs - (wanted ? 0 : kFirst));
    EXPECT_EQ(backward.total.completeness, Completeness::kComplete);
  }
}

// The columns of a deformable convolution want a gradient for the sake of trained offsets alone.
TEST(ComputeBackwardTest, DeformableConvolutions) {
  for (const bool trained : {true, false}) {
    GraphBuilder b("net", "test");
    const ValueId x = b.AddInput("x", kFloat, {1, 2, 6, 6});
    const ValueId offset =
        Add(b, "conv2d", {x, b.AddParameter("o", kFloat, {18, 2, 3, 3}, trained)});
    const ValueId weight = b.AddParameter("w", kFloat, {4, 2, 3, 3});
    const ValueId mask = b.AddInput("mask", kFloat, {0, 9, 4, 4});
    const ValueId bias = b.AddInput("bias", kFloat, {4});
    const ValueId y = Add(b, "deform_conv2d", {x, weight, offset, mask, bias},
                          {{"stride_h", int64_t{1}},
                           {"stride_w", int64_t{1}},
                           {"pad_h", int64_t{0}},
                           {"pad_w", int64_t{0}},
                           {"dilation_h", int64_t{1}},
                           {"dilation_w", int64_t{1}},
                           {"n_weight_grps", int64_t{1}},
                           {"n_offset_grps", int64_t{1}},
                           {"use_mask", false}});
    const Graph graph = std::move(b).Finish({y});
    const BackwardCost backward = BackwardOf(graph);
    const int64_t macs = ComputeCost(graph)->ops[1]->macs;
    EXPECT_EQ(backward.ops[1]->weight_macs, macs);
    EXPECT_EQ(backward.ops[1]->activation_macs, trained ? macs : 0);
  }
}

// A weight that is used twice is multiplied into its gradient twice.
TEST(ComputeBackwardTest, SharedWeights) {
  GraphBuilder b("net", "test");
  const ValueId x = b.AddInput("x", kFloat, {1, 4});
  const ValueId weight = b.AddParameter("weight", kFloat, {4, 4});
  const ValueId y = Add(b, "linear", {x, weight});
  const Graph graph = std::move(b).Finish({Add(b, "linear", {y, weight})});
  const BackwardCost backward = BackwardOf(graph);
  EXPECT_EQ(backward.total.weight_macs, 32);
  EXPECT_EQ(backward.total.activation_macs, 16);
}

// An unknown operator makes the sums partial where gradients pass it, and nowhere else.
TEST(ComputeBackwardTest, UnknownOperators) {
  for (const bool trainable : {true, false}) {
    GraphBuilder b("net", "test");
    const ValueId x = b.AddInput("x", kFloat, {1, 4});
    b.EnterCall("fc", "Linear", {x});
    const ValueId y = Add(b, "linear", {x, b.AddParameter("weight", kFloat, {4, 4}, trainable)});
    b.LeaveCall({y});
    const ValueId z = b.AddActivation(kFloat, {1, 4});
    b.AddOp("strange", {y}, {z});
    const BackwardCost backward = BackwardOf(std::move(b).Finish({z}));
    EXPECT_EQ(backward.total.completeness,
              trainable ? Completeness::kPartial : Completeness::kComplete);
    EXPECT_EQ(backward.calls[1].completeness, Completeness::kComplete);
    EXPECT_EQ(backward.ops[1].has_value(), !trainable);
    EXPECT_EQ(backward.total.macs(), trainable ? 16 : 0);
  }
}

// What a write in place brings into a storage reaches every later reader of that storage.
TEST(GradientFlowTest, WritesInPlace) {
  GraphBuilder b("net", "test");
  const ValueId x = b.AddInput("x", kFloat, {4});
  const ValueId base = Add(b, "relu", {x});
  const ValueId before = Add(b, "relu", {base});
  const ValueId trained = Add(b, "mul", {x, b.AddParameter("scale", kFloat, {4})});
  const ValueId view = Add(b, "view", {base}, {{"size", std::vector<int64_t>{2, 2}}});
  Add(b, "add", {view, Add(b, "view", {trained}, {{"size", std::vector<int64_t>{2, 2}}})},
      {{"inplace", true}});
  const ValueId after = Add(b, "relu", {base});
  const Graph graph = std::move(b).Finish({before, after});
  const std::vector<GradientNeed> needs = GradientFlow(graph);
  EXPECT_FALSE(needs[1].any);  // relu before the write
  EXPECT_TRUE(needs[2].any);   // mul
  EXPECT_TRUE(needs[2].Wants(1));
  EXPECT_FALSE(needs[2].Wants(0));
  EXPECT_TRUE(needs.back().any);  // relu after it
}

// What is only made in the likeness of a tensor, or detached from it, wants no gradient; the tensor
// itself, and views of it, still do.
TEST(GradientFlowTest, LikenessesAndDetachedTensors) {
  GraphBuilder b("net", "test");
  const ValueId x = b.AddInput("x", kFloat, {4});
  const ValueId trained = Add(b, "mul", {x, b.AddParameter("scale", kFloat, {4})});
  const ValueId mask = Add(b, "zeros_like", {trained});
  const ValueId detached = Add(b, "detach", {trained});
  Add(b, "relu", {mask});
  Add(b, "relu", {detached});
  Add(b, "relu", {Add(b, "view", {detached}, {{"size", std::vector<int64_t>{2, 2}}})});
  Add(b, "relu", {Add(b, "view", {trained}, {{"size", std::vector<int64_t>{2, 2}}})});
  const Graph graph = std::move(b).Finish({});
  std::vector<bool> relus;
  const std::vector<GradientNeed> needs = GradientFlow(graph);
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    if (graph.ops[i].type == "relu") relus.push_back(needs[i].any);
  }
  EXPECT_EQ(relus, (std::vector<bool>{false, false, false, true}));
}

// Sums beyond 64 bits name the operator.
TEST(ComputeBackwardTest, SumsDoNotWrap) {
  GraphBuilder b("net", "test");
  const ValueId x = b.AddInput("x", kFloat, {int64_t{1} << 31});
  const ValueId weight = b.AddParameter("weight", kFloat, {int64_t{1} << 30, int64_t{1} << 31});
  const Graph graph = std::move(b).Finish({Add(b, "linear", {x, weight})});
  GraphCost forward;
  forward.ops = {ops::OpCost{.macs = int64_t{1} << 61}};
  EXPECT_THAT(ComputeBackward(graph, forward),
              StatusIs(absl::StatusCode::kOutOfRange,
                       HasSubstr("operator 0 'linear' (linear): backward MACs")));
}

}  // namespace
}  // namespace latcast::cost
