#include "analyzer/ops/recurrent.h"

#include "analyzer/graph/attributes.h"
#include "analyzer/ops/infer.h"
#include "tests/unit/ops/single_op.h"

namespace latcast::ops {
namespace {

using graph::Attributes;
using ::testing::HasSubstr;

// 2 steps of 3 samples of 4 features, 5 hidden units.
Operands Layer(int64_t gates, int64_t states, bool biases = true) {
  Operands operands = {In({2, 3, 4})};
  for (int64_t i = 0; i < states; ++i) operands.push_back(In({1, 3, 5}));
  operands.push_back(Weight({gates * 5, 4}));
  operands.push_back(Weight({gates * 5, 5}));
  for (int i = 0; i < 2 && biases; ++i) operands.push_back(Weight({gates * 5}));
  return operands;
}

struct Case {
  std::string type;
  Operands operands;
  Attributes attributes;
  int64_t macs = 0;
  int64_t flops = 0;
};

// 6 positions times gates x 5 x (4 + 5) products; 30 units with their additions and activations.
TEST(RecurrentTest, CostsOfOneLayer) {
  const Case cases[] = {
      {"lstm", Layer(4, 2), {}, 1080, 2160 + 30 * (12 + 26)},
      {"lstm", Layer(4, 2, false), {{"has_biases", false}}, 1080, 2160 + 30 * (4 + 26)},
      {"gru", Layer(3, 1), {}, 810, 1620 + 30 * (9 + 17)},
      {"rnn_tanh", Layer(1, 1), {}, 270, 540 + 30 * (3 + 5)},
      {"rnn_relu", Layer(1, 1), {}, 270, 540 + 30 * (3 + 1)},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.type);
    ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOf(c.type, c.operands, c.attributes));
    EXPECT_EQ(cost.macs, c.macs);
    EXPECT_EQ(cost.mac_class, MacClass::kMatmul);
    EXPECT_EQ(cost.flops, c.flops);
    EXPECT_EQ(cost.kernels, 1);
  }
}

// Two layers both ways: the second reads 10 features. Dropout between them costs in training only.
TEST(RecurrentTest, CostsOfLayersAndDirections) {
  Operands operands = {In({2, 3, 4}), In({4, 3, 5}), In({4, 3, 5})};
  for (const int64_t features : {4, 4, 10, 10}) {
    operands.push_back(Weight({20, features}));
    operands.push_back(Weight({20, 5}));
    operands.push_back(Weight({20}));
    operands.push_back(Weight({20}));
  }
  Attributes attributes = {{"num_layers", int64_t{2}}, {"bidirectional", true}, {"dropout", 0.5}};
  ASSERT_OK_AND_ASSIGN(const graph::Graph graph, SingleOp("lstm", operands, attributes));
  EXPECT_EQ(graph.value(graph.outputs[0]).shape, (graph::Shape{2, 3, 10}));
  EXPECT_EQ(graph.value(graph.outputs[2]).shape, (graph::Shape{4, 3, 5}));
  ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOf("lstm", operands, attributes));
  EXPECT_EQ(cost.macs, 2 * 6 * 20 * (4 + 5) + 2 * 6 * 20 * (10 + 5));
  EXPECT_EQ(cost.flops, 2 * cost.macs + 4 * 30 * (12 + 26));
  EXPECT_EQ(cost.weight_elements, 2 * (80 + 100 + 40) + 2 * (200 + 100 + 40));
  EXPECT_EQ(cost.input_elements, 24 + 60 + 60 + 60);
  EXPECT_EQ(cost.output_elements, 60 + 60 + 60 + 60);
  EXPECT_EQ(cost.kernels, 4);
  attributes["train"] = true;
  ASSERT_OK_AND_ASSIGN(const OpCost train, CostOf("lstm", operands, attributes));
  EXPECT_EQ(train.flops, cost.flops + 2 * 60);
}

// A projected state is narrower than the cell, and so is what the gates read of it.
TEST(RecurrentTest, Projection) {
  const Operands operands = {In({2, 3, 4}),   In({1, 3, 2}), In({1, 3, 5}), Weight({20, 4}),
                             Weight({20, 2}), Weight({20}),  Weight({20}),  Weight({2, 5})};
  EXPECT_THAT(ShapeOf("lstm", operands), IsOkAndHolds(graph::Shape{2, 3, 2}));
  ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOf("lstm", operands));
  EXPECT_EQ(cost.macs, 6 * (20 * (4 + 2) + 2 * 5));
}

// A cell is one step: 3 samples, gates x 5 x (4 + 5) products each.
TEST(RecurrentTest, Cells) {
  const Operands lstm = {In({3, 4}),      In({3, 5}),   In({3, 5}),  Weight({20, 4}),
                         Weight({20, 5}), Weight({20}), Weight({20})};
  ASSERT_OK_AND_ASSIGN(const graph::Graph graph, SingleOp("lstm_cell", lstm));
  EXPECT_EQ(graph.outputs.size(), 2U);
  ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOf("lstm_cell", lstm));
  EXPECT_EQ(cost.macs, 540);
  EXPECT_EQ(cost.flops, 1080 + 15 * (12 + 26));
  const Operands gru = {In({3, 4}), In({3, 5}), Weight({15, 4}), Weight({15, 5})};
  ASSERT_OK_AND_ASSIGN(const OpCost plain, CostOf("gru_cell", gru));
  EXPECT_EQ(plain.macs, 405);
  EXPECT_EQ(plain.flops, 810 + 15 * (3 + 17));
}

// Refusals name what does not fit.
TEST(RecurrentTest, Refusals) {
  const auto refused = [](const std::string& type, const Operands& operands, Attributes attributes,
                          const std::string& message) {
    EXPECT_THAT(ShapeOf(type, operands, std::move(attributes)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  };
  Operands operands = Layer(4, 2);
  operands[1] = In({1, 2, 5});
  refused("lstm", operands, {}, "input 1 (hx) is 1x2x5, 1x3x5 expected");
  operands = Layer(4, 2);
  operands[3] = Weight({15, 4});
  refused("lstm", operands, {}, "input 3 (weight_ih) is 15x4, 20x4 expected");
  operands[3] = kAbsent;
  refused("lstm", operands, {}, "input 3");
  refused("lstm", Layer(4, 2, false), {}, "2 parameters, 4 expected");
  refused("lstm", Layer(4, 2), {{"bidirectional", true}}, "input 1 (hx) is 1x3x5, 2x3x5 expected");
  refused("lstm", Layer(4, 2), {{"num_layers", int64_t{1} << 40}}, "attribute num_layers");
  refused("gru", {In({0, 3, 4}), In({1, 3, 5}), Weight({15, 4})}, {}, "without steps");
  refused("gru", {In({3, 4}), In({1, 3, 5}), Weight({15, 4})}, {}, "rank 2, 3 expected");
  refused("gru_cell", {In({3, 4}), In({3, 5}), Weight({15, 4}), Weight({15, 5}), Weight({15})}, {},
          "one bias without the other");
  const int64_t huge = int64_t{1} << 61;
  EXPECT_THAT(CostOf("rnn_relu", {In({1, 1, 1}), In({1, 1, huge}), Weight({huge, 1})},
                     {{"has_biases", false}}),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("64 bits")));
}

// The zeros a module starts from follow another batch and another type of its input.
TEST(RecurrentTest, StatesFollowTheInput) {
  graph::GraphBuilder b("states", "test");
  const graph::ValueId x = b.AddInput("x", graph::DType::kFloat32, {3, 2, 4});
  std::vector<graph::ValueId> inputs = {x};
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK_AND_ASSIGN(
        const auto zeros,
        AddInferred(b, "zeros", {}, {{"size", Ints{1, 3, 5}}, {"dtype", "float32"}}));
    inputs.push_back(zeros[0]);
  }
  for (const graph::Shape& shape : {graph::Shape{20, 4}, graph::Shape{20, 5}}) {
    inputs.push_back(b.AddParameter("w" + ToString(shape), graph::DType::kFloat32, shape));
  }
  ASSERT_OK_AND_ASSIGN(
      const auto outputs,
      AddInferred(b, "lstm", inputs, {{"has_biases", false}, {"batch_first", true}}));
  const graph::Graph graph = std::move(b).Finish({outputs[0]});
  ASSERT_OK_AND_ASSIGN(const graph::Graph other,
                       WithInputs(graph, {.batch = 8, .dtype = graph::DType::kFloat16}));
  EXPECT_EQ(other.value(other.outputs[0]).shape, (graph::Shape{8, 2, 5}));
  EXPECT_EQ(other.ops[0].attributes.at("size"), graph::Attribute(Ints{1, 8, 5}));
  EXPECT_EQ(other.value(other.ops[1].outputs[0]).dtype, graph::DType::kFloat16);
  for (const graph::Op& op : other.ops) {
    EXPECT_OK(CostOp(*FindOp(op.type), MakeCall(other, op))) << op.type;
  }
}

}  // namespace
}  // namespace latcast::ops
