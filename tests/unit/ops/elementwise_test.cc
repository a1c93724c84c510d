#include "analyzer/graph/attributes.h"
#include "tests/unit/ops/single_op.h"

namespace latcast::ops {
namespace {

using ::testing::HasSubstr;

struct ActivationCase {
  std::string type;
  Operands extra;
  graph::Attributes attributes;
  int64_t flops_per_element = 0;
};

// Activations keep the shape, read and write each element once, and cost what their docs say.
TEST(ActivationTest, ShapesAndCosts) {
  const ActivationCase cases[] = {
      {"relu", {}, {}, 1},
      {"relu6", {}, {}, 2},
      {"hardtanh", {}, {{"min_val", 0.0}, {"max_val", int64_t{6}}}, 2},
      {"sigmoid", {}, {}, 4},
      {"silu", {}, {}, 5},
      {"hardsigmoid", {}, {}, 4},
      {"hardswish", {}, {}, 5},
      {"tanh", {}, {}, 5},
      {"gelu", {}, {}, 5},
      {"gelu", {}, {{"approximate", std::string("none")}}, 5},
      {"gelu", {}, {{"approximate", std::string("tanh")}}, 13},
      {"leaky_relu", {}, {{"negative_slope", 0.1}}, 2},
      {"prelu", {Weight({3})}, {}, 2},
      {"prelu", {Weight({1})}, {}, 2},
      {"prelu", {Weight({})}, {}, 2},
  };
  for (const ActivationCase& c : cases) {
    SCOPED_TRACE(c.type);
    Operands operands = {In({2, 3, 5, 7})};
    operands.insert(operands.end(), c.extra.begin(), c.extra.end());
    EXPECT_THAT(ShapeOf(c.type, operands, c.attributes), IsOkAndHolds(graph::Shape{2, 3, 5, 7}));
    ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOf(c.type, operands, c.attributes));
    EXPECT_EQ(cost.flops, 210 * c.flops_per_element);
    EXPECT_EQ(cost.macs, 0);
    EXPECT_EQ(cost.mac_class, MacClass::kNone);
    EXPECT_EQ(cost.input_elements, 210);
    EXPECT_EQ(cost.output_elements, 210);
    EXPECT_EQ(cost.bytes_written, 840);
    EXPECT_EQ(cost.kernels, 1);
  }
}

// Attributes and weights that do not fit are refused.
TEST(ActivationTest, Refusals) {
  EXPECT_THAT(ShapeOf("gelu", {In({2})}, {{"approximate", std::string("erf")}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"erf\"")));
  EXPECT_THAT(ShapeOf("hardtanh", {In({2})}, {{"min_val", 2.0}, {"max_val", 1.0}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("min_val 2")));
  EXPECT_THAT(ShapeOf("prelu", {In({2, 3}), Weight({4})}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("4 slopes, 1 or 3")));
  EXPECT_THAT(ShapeOf("prelu", {In({4}), Weight({4})}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("4 slopes, 1 or 1")));
}

// An in-place activation writes its input's storage, and still reads and writes.
TEST(ActivationTest, InplaceSharesStorage) {
  ASSERT_OK_AND_ASSIGN(const graph::Graph graph,
                       SingleOp("relu", {In({2, 3})}, {{"inplace", true}}));
  EXPECT_EQ(graph.value(graph.outputs[0]).storage, graph.value(graph.inputs[0]).storage);
  ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOp(*FindOp("relu"), MakeCall(graph, graph.ops[0])));
  EXPECT_EQ(cost.bytes_read, 24);
  EXPECT_EQ(cost.bytes_written, 24);
}

struct BroadcastCase {
  graph::Shape a;
  graph::Shape b;
  graph::Shape result;
};

// Broadcasting aligns shapes at the end; each operand is read at its own size.
TEST(ArithmeticTest, Broadcasts) {
  const BroadcastCase cases[] = {
      {{2, 3, 4}, {2, 3, 4}, {2, 3, 4}},
      {{2, 8, 4, 4}, {2, 8, 1, 1}, {2, 8, 4, 4}},
      {{3, 1}, {1, 4}, {3, 4}},
      {{4}, {2, 3, 4}, {2, 3, 4}},
      {{2, 3}, {}, {2, 3}},
      {{}, {}, {}},
      {{2, 1}, {0}, {2, 0}},
  };
  for (const std::string type : {"add", "sub", "mul", "div"}) {
    for (const BroadcastCase& c : cases) {
      SCOPED_TRACE(type + " " + ToString(c.a) + " " + ToString(c.b));
      EXPECT_THAT(ShapeOf(type, {In(c.a), In(c.b)}), IsOkAndHolds(c.result));
    }
  }
  ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOf("mul", {In({2, 8, 4, 4}), In({2, 8, 1, 1})}));
  EXPECT_EQ(cost.flops, 256);
  EXPECT_EQ(cost.input_elements, 256 + 16);
  EXPECT_EQ(cost.output_elements, 256);
}

// alpha other than 1 is a multiplication more; a scalar operand is an attribute.
TEST(ArithmeticTest, AlphaAndScalars) {
  ASSERT_OK_AND_ASSIGN(const OpCost scaled, CostOf("add", {In({5}), In({5})}, {{"alpha", 0.5}}));
  EXPECT_EQ(scaled.flops, 10);
  ASSERT_OK_AND_ASSIGN(const OpCost whole,
                       CostOf("sub", {In({5}), In({5})}, {{"alpha", int64_t{1}}}));
  EXPECT_EQ(whole.flops, 5);
  ASSERT_OK_AND_ASSIGN(const OpCost scalar, CostOf("mul", {In({5})}, {{"other", 2.0}}));
  EXPECT_EQ(scalar.flops, 5);
  EXPECT_EQ(scalar.input_elements, 5);
}

// The same value twice is read once.
TEST(ArithmeticTest, SquareReadsItsOperandOnce) {
  graph::GraphBuilder builder("square", "test");
  const graph::ValueId x = builder.AddInput("x", graph::DType::kFloat32, {6});
  ASSERT_OK_AND_ASSIGN(const auto y, AddInferred(builder, "mul", {x, x}));
  const graph::Graph graph = std::move(builder).Finish(y);
  ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOp(*FindOp("mul"), MakeCall(graph, graph.ops[0])));
  EXPECT_EQ(cost.input_elements, 6);
  EXPECT_EQ(cost.bytes_read, 24);
  EXPECT_EQ(cost.flops, 6);
}

struct PromotionCase {
  std::string type;
  Operands operands;
  graph::Attributes attributes;
  graph::DType result;
};

// PyTorch's type promotion, for tensors, scalar tensors and plain numbers.
TEST(ArithmeticTest, PromotesTypes) {
  using enum graph::DType;
  const PromotionCase cases[] = {
      {"add", {In({2}, kFloat16), In({2}, kFloat32)}, {}, kFloat32},
      {"add", {In({2}, kFloat16), In({2}, kBFloat16)}, {}, kFloat32},
      {"add", {In({2}, kInt64), In({2}, kFloat16)}, {}, kFloat16},
      {"add", {In({2}, kUInt8), In({2}, kInt8)}, {}, kInt16},
      {"add", {In({2}, kBool), In({2}, kUInt8)}, {}, kUInt8},
      {"add", {In({2}, kFloat16), In({}, kFloat64)}, {}, kFloat16},
      {"add", {In({2}, kInt32), In({}, kFloat64)}, {}, kFloat64},
      {"mul", {In({2}, kInt64)}, {{"other", 0.5}}, kFloat32},
      {"mul", {In({2}, kFloat16)}, {{"other", 0.5}}, kFloat16},
      {"mul", {In({2}, kInt32)}, {{"other", int64_t{3}}}, kInt32},
      {"mul", {In({2}, kBool)}, {{"other", int64_t{3}}}, kInt64},
      {"div", {In({2}, kInt64), In({2}, kInt64)}, {}, kFloat32},
      {"div",
       {In({2}, kInt64)},
       {{"other", int64_t{2}}, {"rounding_mode", std::string("floor")}},
       kInt64},
  };
  for (const PromotionCase& c : cases) {
    ASSERT_OK_AND_ASSIGN(const graph::Graph graph, SingleOp(c.type, c.operands, c.attributes));
    EXPECT_EQ(graph.value(graph.outputs[0]).dtype, c.result)
        << graph::ToString(graph.ops[0].attributes);
  }
}

// One second operand, that fits, is expected; in-place results must fit the first.
TEST(ArithmeticTest, Refusals) {
  EXPECT_THAT(ShapeOf("add", {In({2, 3}), In({2, 4})}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("2x3 and 2x4")));
  EXPECT_THAT(ShapeOf("add", {In({2})}), StatusIs(absl::StatusCode::kInvalidArgument,
                                                  HasSubstr("input 1 or the attribute other")));
  EXPECT_THAT(ShapeOf("add", {In({2}), In({2})}, {{"other", 1.0}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("either")));
  EXPECT_THAT(ShapeOf("add", {In({2})}, {{"other", std::string("1")}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("a number expected")));
  EXPECT_THAT(ShapeOf("add", {In({1}), In({2})}, {{"inplace", true}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("in-place result 2")));
  EXPECT_THAT(
      ShapeOf("div", {In({2}, graph::DType::kInt64)}, {{"other", int64_t{2}}, {"inplace", true}}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("float32")));
}

// Dropout is the identity in eval mode: no kernel, no copy. In training it costs two an element.
TEST(DropoutTest, Modes) {
  ASSERT_OK_AND_ASSIGN(const OpCost eval, CostOf("dropout", {In({4})}, {{"p", 0.5}}));
  EXPECT_EQ(eval.kernels, 0);
  EXPECT_EQ(eval.bytes_read, 0);
  EXPECT_EQ(eval.output_elements, 0);
  ASSERT_OK_AND_ASSIGN(const graph::Graph graph, SingleOp("dropout", {In({4})}));
  EXPECT_EQ(graph.value(graph.outputs[0]).storage, graph.value(graph.inputs[0]).storage);
  ASSERT_OK_AND_ASSIGN(const OpCost train,
                       CostOf("dropout", {In({4})}, {{"p", 0.5}, {"train", true}}));
  EXPECT_EQ(train.kernels, 1);
  EXPECT_EQ(train.flops, 8);
  EXPECT_EQ(train.output_elements, 4);
  EXPECT_THAT(CostOf("dropout", {In({4})}, {{"p", 1.5}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1.5")));
}

}  // namespace
}  // namespace latcast::ops
