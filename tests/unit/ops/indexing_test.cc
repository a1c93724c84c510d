// Costs of picking, writing and sorting, and sizes that depend on data; shapes, types and what
// autograd saves are held against PyTorch in torch_elementwise_test.cc.
#include "tests/unit/ops/single_op.h"

namespace latcast::ops {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Operand Index(graph::Shape shape) { return In(std::move(shape), graph::DType::kInt64); }
Operand Mask(graph::Shape shape) { return In(std::move(shape), graph::DType::kBool); }

struct IndexCase {
  Operands indices;
  graph::Shape shape;
};

// Where indices stand side by side their shape takes their place, else it comes first.
TEST(IndexTest, PlaceOfTheIndices) {
  const IndexCase cases[] = {
      {{Index({7})}, {7, 3, 4, 5}},
      {{Index({})}, {3, 4, 5}},
      {{kAbsent, Index({7, 8})}, {2, 7, 8, 4, 5}},
      {{kAbsent, Index({7, 1}), Index({8})}, {2, 7, 8, 5}},
      {{Index({7}), kAbsent, Index({7})}, {7, 3, 5}},
      {{kAbsent, Index({7}), kAbsent, Index({1})}, {7, 2, 4}},
      {{Mask({2, 3})}, {6, 4, 5}},
      {{kAbsent, Mask({3, 4}), Index({})}, {2, 6}},
      {{Mask({2}), kAbsent, Index({9, 6})}, {9, 6, 3, 5}},
  };
  for (const IndexCase& c : cases) {
    Operands operands = {In({2, 3, 4, 5})};
    operands.insert(operands.end(), c.indices.begin(), c.indices.end());
    EXPECT_THAT(ShapeOf("index", operands, {{"count", int64_t{6}}}), IsOkAndHolds(c.shape));
  }
}

struct RefusalCase {
  std::string type;
  Operands inputs;
  graph::Attributes attributes;
  std::string message;
};

// Refusals name the shapes that do not fit.
TEST(IndexTest, Refusals) {
  const Operand x = In({2, 3, 4});
  const int64_t zero = 0;
  const RefusalCase cases[] = {
      {"index", {x, In({2})}, {}, "index is float32, int64 or int32 expected"},
      {"index", {x, kAbsent}, {}, "there is no index"},
      {"index", {x, Index({1}), Index({1}), Index({1}), Index({1})}, {}, "4 indices for input"},
      {"index", {x, Index({2}), Index({3})}, {}, "do not broadcast"},
      {"index", {x, Mask({3})}, {{"count", zero}}, "mask 3 does not lie over dimension 0"},
      {"index", {x, Mask({2})}, {}, "attribute count must give it"},
      {"index", {x, Mask({2})}, {{"count", int64_t{-1}}}, "count: -1 is negative"},
      {"index", {In({0, 3}), Index({1})}, {}, "dimension 0 of 0x3 is empty"},
      {"index_select", {x, Index({1, 1})}, {{"dim", zero}}, "index 1x1: rank 2"},
      {"gather", {x, Index({2, 4, 4})}, {{"dim", zero}}, "index 2x4x4 does not fit 2x3x4"},
      {"take", {x, In({2}, graph::DType::kInt32)}, {}, "index is int32, int64 expected"},
      {"masked_select", {x, Index({4})}, {}, "mask is int64, bool expected"},
      {"scatter", {x, Index({1, 1, 1})}, {{"dim", zero}}, "either input 2 or the attribute value"},
      {"scatter_add", {x, Index({1, 2, 1}), In({1, 1, 1})}, {{"dim", zero}}, "does not fit 1x1x1"},
      {"index_add", {x, Index({2}), In({2, 3, 3})}, {{"dim", zero}}, "source 2x3x3, 2x3x4"},
      {"index_put", {x, Index({2}), In({3})}, {}, "shapes 2x3x4 and 3 do not broadcast"},
      {"index_put", {x, Index({}), In({2, 3, 4})}, {}, "values 2x3x4 do not broadcast to 3x4"},
      {"index_put", {x, Index({2})}, {}, "is float32 and"},
      {"slice_scatter", {x, In({2, 3, 4})}, {{"end", int64_t{1}}}, "source 2x3x4, 1x3x4 expected"},
      {"topk", {x}, {{"k", int64_t{5}}}, "the first 5 of 4 entries"},
      {"searchsorted", {x, In({3, 3, 1})}, {}, "input 3x3x1 does not search in 2x3x4"},
      {"searchsorted", {In({4})}, {}, "either a second input or the attribute self"},
  };
  for (const RefusalCase& c : cases) {
    EXPECT_THAT(ShapeOf(c.type, c.inputs, c.attributes),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.message)));
  }
}

// The list of indices stands between the input and the values that are put.
TEST(IndexTest, PutTakesItsValuesLast) {
  const Operands operands = {In({2, 3, 4}), kAbsent, Index({5}), In({2, 5, 1})};
  EXPECT_THAT(ShapeOf("index_put", operands), IsOkAndHolds(graph::Shape{2, 3, 4}));
  EXPECT_THAT(ShapeOf("index_put", {In({2})}), StatusIs(absl::StatusCode::kInvalidArgument,
                                                        HasSubstr("input 1 (values) is absent")));
  EXPECT_THAT(
      ShapeOf("index_put", {In({2}), Index({1}), kAbsent}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("input 2 (values) is absent")));
}

struct CostCase {
  std::string type;
  Operands inputs;
  graph::Attributes attributes;
  int64_t read;  // bytes
  int64_t written;
  int64_t flops = 0;
};

// An element is read for each that is written; indices and masks are read whole.
TEST(IndexTest, Costs) {
  const int64_t zero = 0;
  const Operand table = In({100, 8});
  const Operands hits = {table, Index({3, 8}), In({3, 8})};
  const Operands rows = {table, Index({3}), In({3, 8})};
  const graph::Attributes here = {{"dim", zero}, {"inplace", true}};
  const CostCase cases[] = {
      {"index", {table, Index({3})}, {}, 96 + 24, 96},
      {"index", {In({2, 8}), Index({3})}, {}, 64 + 24, 96},  // no more than there is
      {"index_select", {table, Index({3})}, {{"dim", zero}}, 96 + 24, 96},
      {"gather", {table, Index({3, 8})}, {{"dim", zero}}, 96 + 192, 96},
      {"masked_select", {table, Mask({100, 8})}, {{"count", int64_t{5}}}, 3200 + 800, 20},
      {"nonzero", {table}, {{"count", int64_t{5}}}, 3200, 80},
      // A copy of the input, or in place what is hit alone.
      {"scatter", hits, {{"dim", zero}}, 3200 + 192 + 96, 3200},
      {"scatter", hits, here, 192 + 96, 96},
      {"scatter_add", hits, here, 96 + 192 + 96, 96, 24},
      {"index_add", rows, here, 96 + 24 + 96, 96, 24},
      {"index_copy", rows, here, 24 + 96, 96},
      {"index_fill",
       {table, Index({3})},
       {{"dim", zero}, {"value", 0.5}, {"inplace", true}},
       24,
       96},
      {"index_put", {table, Index({3}), In({})}, {{"inplace", true}}, 24 + 4, 96},
      {"index_put", {table, Index({3}), In({8})}, {{"accumulate", true}}, 3200 + 24 + 32, 3200, 24},
      {"index_put", {table, Mask({100}), In({})}, {{"inplace", true}}, 100 + 4, 3200},
      {"slice_scatter", {table, In({3, 8})}, {{"end", int64_t{3}}}, 3200 + 96, 3200},
      {"sort", {table}, {{"dim", zero}}, 3200, 3200 + 6400, 7 * 800},
      {"argsort", {table}, {}, 3200, 6400, 3 * 800},
      {"topk", {table}, {{"k", int64_t{2}}, {"dim", zero}}, 3200, 64 + 128, 800},
      {"searchsorted", {In({15}), In({10})}, {}, 60 + 40, 80, 4 * 10},
  };
  for (const CostCase& c : cases) {
    SCOPED_TRACE(c.type);
    ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOf(c.type, c.inputs, c.attributes));
    EXPECT_EQ(cost.bytes_read, c.read);
    EXPECT_EQ(cost.bytes_written, c.written);
    EXPECT_EQ(cost.flops, c.flops);
    EXPECT_EQ(cost.kernels, 1);
  }
}

// What data decide is kept as long as the shapes it was seen with; another data type is no matter.
TEST(DataDependentTest, SizesHoldForTheShapesTheyWereSeenWith) {
  const CostCase cases[] = {
      {"nonzero", {In({2, 6})}, {}, 0, 0},
      {"nonzero_numpy", {In({2, 6})}, {}, 0, 0},
      {"masked_select", {In({2, 6}), Mask({2, 6})}, {}, 0, 0},
      {"index", {In({2, 6}), Mask({2, 6})}, {}, 0, 0},
  };
  for (const CostCase& c : cases) {
    SCOPED_TRACE(c.type);
    ASSERT_OK_AND_ASSIGN(const graph::Graph graph,
                         SingleOp(c.type, c.inputs, {{"count", int64_t{5}}}));
    ASSERT_OK_AND_ASSIGN(const graph::Graph half,
                         WithInputs(graph, {.dtype = graph::DType::kFloat16}));
    EXPECT_EQ(half.value(half.outputs[0]).shape.front(), 5);
    EXPECT_THAT(WithInputs(graph, {.batch = 4}),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr("was 2x6 and would be 4x6"),
                               HasSubstr("the size of the result depends on its data"))));
  }
}

// A mask that stays decides as much as before, whatever becomes of the rest.
TEST(DataDependentTest, OnlyMasksPinAnIndex) {
  ASSERT_OK_AND_ASSIGN(const graph::Graph graph, SingleOp("index", {In({2, 6}), kAbsent, Mask({6})},
                                                          {{"count", int64_t{5}}}));
  ASSERT_OK_AND_ASSIGN(const graph::Graph larger, WithInputs(graph, {.inputs = {{9, 6}, {6}}}));
  EXPECT_EQ(larger.value(larger.outputs[0]).shape, (graph::Shape{9, 5}));
}

// nonzero_static says itself how many positions it gives: any input will do.
TEST(DataDependentTest, AParameterGivesTheSize) {
  ASSERT_OK_AND_ASSIGN(const graph::Graph graph,
                       SingleOp("nonzero_static", {In({2, 6})}, {{"size", int64_t{3}}}));
  ASSERT_OK_AND_ASSIGN(const graph::Graph larger, WithInputs(graph, {.batch = 9}));
  EXPECT_EQ(larger.value(larger.outputs[0]).shape, (graph::Shape{3, 2}));
}

}  // namespace
}  // namespace latcast::ops
