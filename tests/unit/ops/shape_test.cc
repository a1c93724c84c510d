#include "tests/unit/ops/single_op.h"

namespace latcast::ops {
namespace {

using ::testing::HasSubstr;

struct ShapeCase {
  std::string type;
  graph::Shape input;
  graph::Attributes attributes;
  graph::Shape shape;
};

// Views in every form PyTorch takes; they alias their input and cost nothing.
TEST(ShapeOpsTest, ShapesAndNoCost) {
  const ShapeCase cases[] = {
      {"flatten", {2, 3, 4, 5}, {{"start_dim", int64_t{1}}}, {2, 60}},
      {"flatten", {2, 3, 4, 5}, {}, {120}},
      {"flatten", {2, 3, 4, 5}, {{"start_dim", int64_t{-3}}, {"end_dim", int64_t{-2}}}, {2, 12, 5}},
      {"flatten", {2, 3}, {{"start_dim", int64_t{1}}, {"end_dim", int64_t{1}}}, {2, 3}},
      {"flatten", {}, {}, {1}},
      {"view", {2, 3, 4}, {{"size", Ints{2, -1}}}, {2, 12}},
      {"view", {2, 3, 4}, {{"size", Ints{24}}}, {24}},
      {"view", {2, 3, 4}, {{"size", int64_t{-1}}}, {24}},
      {"view", {1}, {{"size", Ints{}}}, {}},
      {"view", {0, 3}, {{"size", Ints{-1, 3}}}, {0, 3}},
      {"reshape", {2, 3, 4}, {{"shape", Ints{4, -1, 2}}}, {4, 3, 2}},
      {"permute", {2, 3, 4}, {{"dims", Ints{2, 0, 1}}}, {4, 2, 3}},
      {"permute", {2, 3, 4}, {{"dims", Ints{0, -1, -2}}}, {2, 4, 3}},
      {"transpose", {2, 3, 4}, {{"dim0", int64_t{1}}, {"dim1", int64_t{-1}}}, {2, 4, 3}},
      {"transpose", {}, {{"dim0", int64_t{0}}, {"dim1", int64_t{-1}}}, {}},
  };
  for (const ShapeCase& c : cases) {
    SCOPED_TRACE(c.type + " of " + ToString(c.input));
    ASSERT_OK_AND_ASSIGN(const graph::Graph graph, SingleOp(c.type, {In(c.input)}, c.attributes));
    const graph::Value& output = graph.value(graph.outputs[0]);
    EXPECT_EQ(output.shape, c.shape);
    EXPECT_EQ(output.storage, graph.value(graph.inputs[0]).storage);
    ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOp(*FindOp(c.type), MakeCall(graph, graph.ops[0])));
    EXPECT_EQ(cost.kernels, 0);
    EXPECT_EQ(cost.bytes_read + cost.bytes_written + cost.flops, 0);
    EXPECT_EQ(cost.input_elements + cost.output_elements, 0);
  }
}

// A reshape that a capture saw copying costs the copy.
TEST(ShapeOpsTest, CapturedCopiesCost) {
  ASSERT_OK_AND_ASSIGN(graph::Graph graph, SingleOp("reshape", {In({2, 3})}, {{"shape", Ints{6}}}));
  graph.value(graph.outputs[0]).storage += 1;
  ASSERT_OK_AND_ASSIGN(const OpCost cost,
                       CostOp(*FindOp("reshape"), MakeCall(graph, graph.ops[0])));
  EXPECT_EQ(cost.kernels, 1);
  EXPECT_EQ(cost.bytes_read, 24);
  EXPECT_EQ(cost.bytes_written, 24);
}

struct RefusalCase {
  std::string type;
  graph::Shape input;
  graph::Attributes attributes;
  std::string message;
};

// Targets and dimensions that do not fit are refused with the numbers.
TEST(ShapeOpsTest, Refusals) {
  const RefusalCase cases[] = {
      {"flatten", {2, 3}, {{"start_dim", int64_t{2}}}, "dim 2 is outside [-2, 1]"},
      {"flatten", {2, 3}, {{"start_dim", int64_t{1}}, {"end_dim", int64_t{0}}}, "after end_dim 0"},
      {"view", {2, 3}, {}, "shape is missing"},
      {"view", {2, 3}, {{"size", Ints{4, -1}}}, "input 2x3 with 6 elements"},
      {"view", {2, 3}, {{"size", Ints{7}}}, "[7]"},
      {"view", {2, 3}, {{"size", Ints{-1, -1}}}, "one -1"},
      {"view", {2, 3}, {{"size", Ints{-2, 3}}}, "no other negative"},
      {"view", {0, 3}, {{"size", Ints{-1, 0}}}, "0 elements"},
      {"view", {2, 3}, {{"size", std::string("6")}}, "\"6\""},
      {"permute", {2, 3}, {{"dims", Ints{0}}}, "1 dims"},
      {"permute", {2, 3}, {{"dims", Ints{0, 0}}}, "dim 0 repeats"},
      {"permute", {2, 3}, {{"dims", Ints{0, 2}}}, "dim 2 is outside"},
      {"transpose", {2, 3}, {{"dim0", int64_t{0}}}, "dim1 is missing"},
      {"transpose", {2, 3}, {{"dim0", int64_t{0}}, {"dim1", int64_t{-3}}}, "dim -3"},
      {"mean", {2, 3}, {{"dim", Ints{1, -1}}}, "dim -1 repeats"},
      {"mean", {2, 3}, {{"dim", int64_t{2}}}, "dim 2 is outside"},
      {"softmax", {2, 3}, {}, "dim is missing"},
      {"softmax", {2, 3}, {{"dim", int64_t{2}}}, "dim 2 is outside"},
  };
  for (const RefusalCase& c : cases) {
    EXPECT_THAT(ShapeOf(c.type, {In(c.input)}, c.attributes),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.message)));
  }
  EXPECT_THAT(ShapeOf("view", {In({4})}, {{"size", Ints{int64_t{1} << 40, int64_t{1} << 40}}}),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("target")));
}

// Reductions over chosen, all and no dimensions.
TEST(ReductionTest, MeanShapesAndCosts) {
  const ShapeCase cases[] = {
      {"mean", {2, 3, 4, 5}, {{"dim", Ints{2, 3}}}, {2, 3}},
      {"mean", {2, 3, 4, 5}, {{"dim", Ints{-1, -2}}, {"keepdim", true}}, {2, 3, 1, 1}},
      {"mean", {2, 3, 4, 5}, {{"dim", int64_t{1}}}, {2, 4, 5}},
      {"mean", {2, 3, 4, 5}, {}, {}},
      {"mean", {2, 3, 4, 5}, {{"dim", Ints{}}, {"keepdim", true}}, {1, 1, 1, 1}},
      {"mean", {}, {{"dim", int64_t{0}}}, {}},
  };
  for (const ShapeCase& c : cases) {
    EXPECT_THAT(ShapeOf("mean", {In(c.input)}, c.attributes), IsOkAndHolds(c.shape));
  }
  ASSERT_OK_AND_ASSIGN(const OpCost cost,
                       CostOf("mean", {In({2, 3, 4, 5})}, {{"dim", Ints{2, 3}}}));
  EXPECT_EQ(cost.flops, 120);
  EXPECT_EQ(cost.output_elements, 6);
  EXPECT_THAT(ShapeOf("mean", {In({2}, graph::DType::kInt64)}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("int64")));
}

// Softmax keeps the shape and costs five an element.
TEST(ReductionTest, SoftmaxCosts) {
  ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOf("softmax", {In({2, 10})}, {{"dim", int64_t{-1}}}));
  EXPECT_EQ(cost.flops, 100);
  EXPECT_EQ(cost.kernels, 1);
}

// Concatenation adds up one dimension and moves every element once.
TEST(DataMovementTest, Cat) {
  const Operands operands = {In({2, 3, 4}), In({2, 5, 4}), In({0})};
  EXPECT_THAT(ShapeOf("cat", operands, {{"dim", int64_t{1}}}), IsOkAndHolds(graph::Shape{2, 8, 4}));
  EXPECT_THAT(ShapeOf("cat", operands, {{"dim", int64_t{-2}}}),
              IsOkAndHolds(graph::Shape{2, 8, 4}));
  ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOf("cat", operands, {{"dim", int64_t{1}}}));
  EXPECT_EQ(cost.input_elements, 64);
  EXPECT_EQ(cost.output_elements, 64);
  EXPECT_EQ(cost.flops, 0);
  EXPECT_EQ(cost.kernels, 1);
  EXPECT_THAT(ShapeOf("cat", {In({2, 3}), In({3, 3})}, {{"dim", int64_t{1}}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("input 1 is 3x3")));
  EXPECT_THAT(ShapeOf("cat", {In({2, 3}), In({2, 3, 1})}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("2x3x1")));
  EXPECT_THAT(
      ShapeOf("cat", {In({2, 3}), kAbsent}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("input 1 (tensors*) is absent")));
  EXPECT_THAT(ShapeOf("cat", {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("input 0")));
}

// Copies move every element and compute nothing; contiguous is free where it returned its input.
TEST(DataMovementTest, Copies) {
  for (const std::string type : {"clone", "contiguous"}) {
    ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOf(type, {In({2, 3})}));
    EXPECT_EQ(cost.kernels, 1);
    EXPECT_EQ(cost.bytes_read, 24);
    EXPECT_EQ(cost.bytes_written, 24);
    EXPECT_EQ(cost.flops, 0);
  }
  ASSERT_OK_AND_ASSIGN(graph::Graph graph, SingleOp("contiguous", {In({2, 3})}));
  graph.value(graph.outputs[0]).storage = graph.value(graph.inputs[0]).storage;
  ASSERT_OK_AND_ASSIGN(const OpCost cost,
                       CostOp(*FindOp("contiguous"), MakeCall(graph, graph.ops[0])));
  EXPECT_EQ(cost.kernels, 0);
}

}  // namespace
}  // namespace latcast::ops
