// Numbers that a capture recorded with what they were computed from, at other sizes.
#include "analyzer/ops/follow_sizes.h"

#include "analyzer/graph/verify.h"
#include "analyzer/ops/infer.h"
#include "base/status_matchers.h"
#include "tests/support/sized_graph.h"

namespace latcast::ops {
namespace {

using graph::Graph;
using graph::Shape;
using graph::SizeOperator;
using ::testing::AllOf;
using ::testing::HasSubstr;
using Ints = std::vector<int64_t>;

absl::StatusOr<Graph> At(Shape input) { return WithInputs(SizedGraph(), {.inputs = {input}}); }

// Batch, height and width reach the attribute, and from there the shapes; and back again.
TEST(FollowSizesTest, NumbersFollow) {
  ASSERT_OK_AND_ASSIGN(const Graph other, At({5, 3, 12, 7}));
  EXPECT_EQ(std::get<Ints>(other.ops[1].attributes.at("size")), (Ints{5, 3, 84}));
  EXPECT_EQ(other.value(other.outputs[0]).shape, (Shape{5, 3, 84}));
  EXPECT_OK(graph::Verify(other));
  ASSERT_OK_AND_ASSIGN(const Graph back, WithInputs(other, {.inputs = {{2, 3, 8, 6}}}));
  EXPECT_EQ(std::get<Ints>(back.ops[1].attributes.at("size")), (Ints{2, 3, 48}));
  EXPECT_EQ(back.value(back.outputs[0]).shape, (Shape{2, 3, 48}));
}

// A number that no entry names is a constant, though it may look like a batch.
TEST(FollowSizesTest, ConstantsStay) {
  Graph graph = SizedGraph();
  graph.ops[1].sizes.erase(graph.ops[1].sizes.begin());
  EXPECT_THAT(WithInputs(graph, {.batch = 4}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("operator 1 'view'"), HasSubstr("[2, 3, 48]"))));
}

// Where the code would have gone another way, the error says where and what was asked.
TEST(FollowSizesTest, OtherWaysAreRefused) {
  ASSERT_OK(At({2, 3, 15, 6}));
  EXPECT_THAT(At({2, 3, 16, 6}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("operator 1 'view'"), HasSubstr("module 'body.flat'"),
                             HasSubstr("16 < 16, which was so"))));
  Graph graph = SizedGraph();
  graph.sizes->conditions = {{1, 0, graph::SizeComparison::kLessEqual, 4, 1, false}};
  EXPECT_THAT(WithInputs(graph, {.inputs = {{2, 3, 20, 6}}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("the network asks"), HasSubstr("16 <= 20, which was not"))));
  graph.sizes->conditions = {{1, 0, graph::SizeComparison::kEqual, 2, 2, true}};
  EXPECT_OK(WithInputs(graph, {.inputs = {{2, 3, 20, 6}}}));
}

// A dimension of which the capture says that it is fixed is; the others are free.
TEST(FollowSizesTest, FixedDimensionsStay) {
  Graph graph = SizedGraph();
  graph.sizes->fixed = {{0, 2, "at 2x3x9x6 it fails"}};
  EXPECT_THAT(WithInputs(graph, {.inputs = {{2, 3, 9, 6}}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("input 0 'x': dimension 2 has to stay 8, not 9: at 2x3x9x6 it "
                                 "fails")));
  EXPECT_OK(WithInputs(graph, {.inputs = {{7, 3, 8, 9}}}));
}

// Arithmetic as Python does it: division rounds down, a remainder has the divisor's sign.
TEST(FollowSizesTest, Arithmetic) {
  struct {
    SizeOperator op;
    int64_t left, right, result;
  } const cases[] = {
      {SizeOperator::kAdd, 7, 2, 9},           {SizeOperator::kSubtract, 2, 7, -5},
      {SizeOperator::kMultiply, -3, 4, -12},   {SizeOperator::kFloorDivide, 9, 2, 4},
      {SizeOperator::kFloorDivide, -7, 2, -4}, {SizeOperator::kFloorDivide, 7, -2, -4},
      {SizeOperator::kFloorDivide, -8, 2, -4}, {SizeOperator::kFloorDivide, 7, -1, -7},
      {SizeOperator::kModulo, 7, 2, 1},        {SizeOperator::kModulo, -7, 2, 1},
      {SizeOperator::kModulo, 7, -2, -1},      {SizeOperator::kModulo, -8, 4, 0},
      {SizeOperator::kModulo, 8, -1, 0},
  };
  for (const auto& c : cases) {
    Graph graph = SizedGraph();
    graph.sizes->expressions.insert(graph.sizes->expressions.end(),
                                    {{SizeOperator::kConstant, c.left, 0},
                                     {SizeOperator::kConstant, c.right, 0},
                                     {c.op, 5, 6}});
    graph.ops[1].sizes = {{"size", 1, 7}};
    SizeFollower follower(graph);
    ASSERT_OK(follower.Follow(0));
    ASSERT_OK_AND_ASSIGN(const bool changed, follower.Follow(1));
    EXPECT_TRUE(changed);
    EXPECT_EQ(std::get<Ints>(graph.ops[1].attributes.at("size"))[1], c.result)
        << static_cast<int>(c.op) << ": " << c.left << ", " << c.right;
  }
}

// What cannot be computed is an error of the operator that needs it.
TEST(FollowSizesTest, ImpossibleNumbers) {
  constexpr int64_t kLargest = std::numeric_limits<int64_t>::max();
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  struct {
    SizeOperator op;
    int64_t left, right;
    absl::StatusCode code;
  } const cases[] = {
      {SizeOperator::kFloorDivide, 7, 0, absl::StatusCode::kInvalidArgument},
      {SizeOperator::kModulo, 7, 0, absl::StatusCode::kInvalidArgument},
      {SizeOperator::kFloorDivide, kLeast, -1, absl::StatusCode::kOutOfRange},
      {SizeOperator::kAdd, kLargest, 1, absl::StatusCode::kOutOfRange},
      {SizeOperator::kSubtract, kLeast, 1, absl::StatusCode::kOutOfRange},
      {SizeOperator::kMultiply, kLargest, 2, absl::StatusCode::kOutOfRange},
  };
  for (const auto& c : cases) {
    Graph graph = SizedGraph();
    graph.sizes->expressions.insert(graph.sizes->expressions.end(),
                                    {{SizeOperator::kConstant, c.left, 0},
                                     {SizeOperator::kConstant, c.right, 0},
                                     {c.op, 5, 6}});
    graph.ops[1].sizes = {{"size", 1, 7}};
    ASSERT_OK(graph::Verify(graph));
    EXPECT_THAT(WithInputs(graph, {.batch = 3}), StatusIs(c.code, HasSubstr("operator 1 'view'")));
  }
}

// A constant made for a size is made anew, before the operator that reads it.
TEST(FollowSizesTest, ConstantsAreMadeForTheSize) {
  Graph graph = SizedGraph();
  graph.values.push_back(
      {"grid", graph::ValueKind::kConstant, graph::DType::kFloat32, {2, 3, 48}, 2});
  graph.values.push_back(
      {"sum", graph::ValueKind::kActivation, graph::DType::kFloat32, {2, 3, 48}, 3});
  graph::Op add;
  add.type = add.name = "add";
  add.inputs = {2, 3};
  add.outputs = {4};
  add.call = 0;
  graph.ops.push_back(add);
  graph.outputs = {4};
  graph.sizes->expressions.push_back({SizeOperator::kConstant, 3, 0});
  graph.sizes->constants = {{3, 2, {0, 5, 3}}};
  ASSERT_OK(graph::Verify(graph));
  ASSERT_OK_AND_ASSIGN(const Graph other, WithInputs(graph, {.inputs = {{1, 3, 10, 4}}}));
  EXPECT_EQ(other.values[3].shape, (Shape{1, 3, 40}));
  EXPECT_EQ(other.value(other.outputs[0]).shape, (Shape{1, 3, 40}));
  graph.sizes->expressions[5].left = -3;
  EXPECT_THAT(WithInputs(graph, {.batch = 3}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("a constant of size -3")));
}

// Storages that depend on whether there is one image change with it, and back.
TEST(FollowSizesTest, StoragesFollow) {
  Graph graph = SizedGraph();
  const int32_t own = graph.values[2].storage;
  graph.sizes->storages = {{0, 0, {2}, {2}}};
  ASSERT_NE(own, 2);
  ASSERT_OK_AND_ASSIGN(const Graph more, WithInputs(graph, {.batch = 5}));
  EXPECT_EQ(more.values[2].storage, own);
  ASSERT_OK_AND_ASSIGN(const Graph one, WithInputs(graph, {.batch = 1}));
  EXPECT_EQ(one.values[2].storage, 2);
  ASSERT_OK_AND_ASSIGN(const Graph back, WithInputs(one, {.batch = 2}));
  EXPECT_EQ(back.values[2].storage, own);
}

// A value that lost the measured dimension on the way is an error, not a wild read.
TEST(FollowSizesTest, LostAxes) {
  Graph graph = SizedGraph();
  graph.ops[0].type = "flatten";
  EXPECT_THAT(WithInputs(graph, {.batch = 3}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("which has no axis 3")));
}

}  // namespace
}  // namespace latcast::ops
