#include "analyzer/ops/op_def.h"

#include "tests/unit/ops/single_op.h"

namespace latcast::ops {
namespace {

using ::testing::HasSubstr;

// A call resolves positions to values, absent ones to nullptr.
TEST(OpCallTest, ResolvesInputs) {
  ASSERT_OK_AND_ASSIGN(
      const graph::Graph graph,
      SingleOp("batch_norm", {In({2, 3}), kAbsent, Weight({3})}, {{"training", true}}));
  const OpCall call = MakeCall(graph, graph.ops[0]);
  ASSERT_EQ(call.inputs.size(), 3U);
  EXPECT_EQ(call.inputs[0], &graph.value(graph.inputs[0]));
  EXPECT_EQ(call.inputs[1], nullptr);
  EXPECT_EQ(call.outputs[0], &graph.value(graph.outputs[0]));
  EXPECT_THAT(call.Input(2), IsOkAndHolds(call.inputs[2]));
  EXPECT_THAT(call.Input(1), StatusIs(absl::StatusCode::kInvalidArgument,
                                      HasSubstr("input 1 (weight?) is absent")));
  EXPECT_FALSE(call.Input(9).ok());
}

// The place that errors name.
TEST(PlaceTest, NamesIndexNameAndType) {
  graph::Op op;
  op.type = "conv2d";
  op.name = "conv2d_1";
  EXPECT_EQ(Place(3, op), "operator 3 'conv2d_1' (conv2d)");
}

// A graph whose recorded shapes contradict the rules is not costed.
TEST(CostOpTest, RefusesContradictoryOutputs) {
  ASSERT_OK_AND_ASSIGN(graph::Graph graph, SingleOp("relu", {In({2, 3})}));
  graph.value(graph.outputs[0]).shape = {2, 4};
  EXPECT_THAT(CostOp(*FindOp("relu"), MakeCall(graph, graph.ops[0])),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("output 0 is recorded as 2x4, its inputs give 2x3")));
  graph.ops[0].outputs.clear();
  EXPECT_THAT(CostOp(*FindOp("relu"), MakeCall(graph, graph.ops[0])),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("0 outputs recorded")));
}

// Sums of element counts that wrap are errors too.
TEST(CostOpTest, OverflowIsOutOfRange) {
  const int64_t huge = int64_t{1} << 60;
  EXPECT_OK(CostOf("relu", {In({huge})}));
  EXPECT_THAT(CostOf("gelu", {In({huge})}, {{"approximate", std::string("tanh")}}),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("FLOPs")));
  EXPECT_THAT(CostOf("add", {In({huge}), In({huge})}),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("bytes read")));
}

}  // namespace
}  // namespace latcast::ops
