#include "analyzer/ops/infer.h"

#include "analyzer/graph/verify.h"
#include "tests/unit/ops/single_op.h"

namespace latcast::ops {
namespace {

using graph::DType;
using graph::Graph;
using graph::GraphBuilder;
using graph::Shape;
using graph::ValueId;
using ::testing::AllOf;
using ::testing::HasSubstr;

ValueId Must(absl::StatusOr<std::vector<ValueId>> outputs) {
  EXPECT_OK(outputs);
  return outputs.ok() ? outputs->front() : graph::kNone;
}

// conv, relu in place, adaptive pool, a view with the captured batch, linear.
Graph Classifier(int64_t batch, Ints view_size) {
  GraphBuilder b("classifier", "test");
  const ValueId x = b.AddInput("x", DType::kFloat32, {batch, 3, 8, 8});
  const ValueId w = b.AddParameter("conv.weight", DType::kFloat32, {4, 3, 3, 3});
  const ValueId steps = b.AddBuffer("steps", DType::kInt64, {});
  EXPECT_GE(steps, 0);
  const ValueId fc = b.AddParameter("fc.weight", DType::kFloat32, {10, 16});
  ValueId y = Must(AddInferred(b, "conv2d", {x, w}));
  y = Must(AddInferred(b, "relu", {y}, {{"inplace", true}}));
  y = Must(AddInferred(b, "adaptive_avg_pool2d", {y}, {{"output_size", int64_t{2}}}));
  y = Must(AddInferred(b, "view", {y}, {{"size", std::move(view_size)}}));
  y = Must(AddInferred(b, "linear", {y, fc}));
  return std::move(b).Finish({y});
}

// AddInferred gives shapes, in-place results and views the storage of their input, and a sound
// graph.
TEST(AddInferredTest, BuildsASoundGraph) {
  const Graph graph = Classifier(2, {2, -1});
  EXPECT_OK(graph::Verify(graph));
  EXPECT_EQ(graph.value(graph.outputs[0]).shape, (Shape{2, 10}));
  const auto storage = [&](size_t op) { return graph.value(graph.ops[op].outputs[0]).storage; };
  EXPECT_EQ(storage(1), storage(0));
  EXPECT_NE(storage(2), storage(1));
  EXPECT_EQ(storage(3), storage(2));
  EXPECT_NE(storage(4), storage(3));
}

// Errors name the place; an unknown operator is not guessed.
TEST(AddInferredTest, ErrorsNameTheOperator) {
  GraphBuilder b("bad", "test");
  const ValueId x = b.AddInput("x", DType::kFloat32, {2, 3});
  Must(AddInferred(b, "relu", {x}));
  EXPECT_THAT(AddInferred(b, "reluu", {x}),
              StatusIs(absl::StatusCode::kUnimplemented,
                       AllOf(HasSubstr("operator 1 (reluu)"), HasSubstr("did you mean 'relu'"))));
  EXPECT_THAT(AddInferred(b, "matmul", {x, x}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("operator 1 (matmul)")));
  EXPECT_EQ(b.graph().ops.size(), 1U);
}

// InferShapes restores every activation from the inputs.
TEST(InferShapesTest, RecomputesActivations) {
  const Graph expected = Classifier(2, {2, -1});
  Graph graph = expected;
  for (graph::Value& value : graph.values) {
    if (value.kind == graph::ValueKind::kActivation) value.shape = {99};
  }
  ASSERT_OK(InferShapes(graph));
  for (size_t i = 0; i < graph.values.size(); ++i) {
    EXPECT_EQ(graph.values[i].shape, expected.values[i].shape);
  }
}

// Refusals name index, name and type of the operator.
TEST(InferShapesTest, ErrorsNameTheOperator) {
  Graph graph = Classifier(2, {2, -1});
  graph.value(graph.inputs[0]).shape = {2, 5, 8, 8};
  EXPECT_THAT(InferShapes(graph), StatusIs(absl::StatusCode::kInvalidArgument,
                                           HasSubstr("operator 0 'conv2d' (conv2d)")));
  graph = Classifier(2, {2, -1});
  graph.ops[1].type = "mystery";
  EXPECT_THAT(InferShapes(graph),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("operator 1 'relu' (mystery)")));
  graph = Classifier(2, {2, -1});
  graph.ops[1].outputs.push_back(graph.ops[1].outputs[0]);
  EXPECT_THAT(InferShapes(graph),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("2 outputs, 1 expected")));
}

// Another batch, another resolution, or both ways at once.
TEST(WithInputsTest, ReshapesBatchAndResolution) {
  const Graph graph = Classifier(2, {-1, 16});
  ASSERT_OK_AND_ASSIGN(const Graph batched, WithInputs(graph, {.batch = 32}));
  EXPECT_EQ(batched.value(batched.inputs[0]).shape, (Shape{32, 3, 8, 8}));
  EXPECT_EQ(batched.value(batched.outputs[0]).shape, (Shape{32, 10}));
  ASSERT_OK_AND_ASSIGN(const Graph larger,
                       WithInputs(graph, {.inputs = {{4, 3, 20, 12}}, .batch = 4}));
  EXPECT_EQ(larger.value(larger.ops[0].outputs[0]).shape, (Shape{4, 4, 18, 10}));
  EXPECT_EQ(larger.value(larger.outputs[0]).shape, (Shape{4, 10}));
}

// The batch that a capture wrote into a view follows the new one.
TEST(WithInputsTest, ViewsFollowTheBatch) {
  for (const Ints& size : {Ints{2, -1}, Ints{2, 16}}) {
    for (const int64_t batch : {1, 2, 3, 4, 64}) {
      ASSERT_OK_AND_ASSIGN(Graph graph, WithInputs(Classifier(2, size), {.batch = batch}));
      EXPECT_EQ(graph.value(graph.outputs[0]).shape, (Shape{batch, 10}));
      EXPECT_OK(InferShapes(graph));
    }
  }
}

// A target that says something else than the batch is never bent.
TEST(WithInputsTest, AmbiguousViewsAreRefused) {
  GraphBuilder b("merge", "test");
  const ValueId x = b.AddInput("x", DType::kFloat32, {2, 6});
  const ValueId y = Must(AddInferred(b, "view", {x}, {{"size", Ints{4, 3}}}));
  const Graph graph = std::move(b).Finish({y});
  EXPECT_THAT(
      WithInputs(graph, {.batch = 4}),
      StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("operator 0 'view' (view)"),
                                                         HasSubstr("4x6"), HasSubstr("[4, 3]"))));
}

// A view of something that does not depend on the batch keeps its target.
TEST(WithInputsTest, ViewsOfWeightsStay) {
  GraphBuilder b("bias", "test");
  const ValueId x = b.AddInput("x", DType::kFloat32, {1, 6});
  const ValueId w = b.AddParameter("w", DType::kFloat32, {6});
  const ValueId row = Must(AddInferred(b, "view", {w}, {{"size", Ints{1, -1}}}));
  const ValueId y = Must(AddInferred(b, "add", {x, row}));
  ASSERT_OK_AND_ASSIGN(const Graph graph, WithInputs(std::move(b).Finish({y}), {.batch = 5}));
  EXPECT_EQ(graph.value(graph.ops[0].outputs[0]).shape, (Shape{1, 6}));
  EXPECT_EQ(graph.value(graph.outputs[0]).shape, (Shape{5, 6}));
}

// A data type reaches inputs, parameters and through the rules every activation; integers stay.
TEST(WithInputsTest, ChangesFloatingTypes) {
  ASSERT_OK_AND_ASSIGN(const Graph graph,
                       WithInputs(Classifier(2, {2, -1}), {.dtype = DType::kFloat16}));
  for (const graph::Value& value : graph.values) {
    EXPECT_EQ(value.dtype, value.name == "steps" ? DType::kInt64 : DType::kFloat16) << value.name;
  }
  EXPECT_THAT(WithInputs(Classifier(2, {2, -1}), {.dtype = DType::kInt8}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("int8")));
}

// What is asked for must fit the graph's inputs and itself.
TEST(WithInputsTest, Refusals) {
  const Graph graph = Classifier(2, {2, -1});
  const auto refused = [&](const Reshape& reshape, const std::string& message) {
    EXPECT_THAT(WithInputs(graph, reshape),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  };
  refused({.inputs = {{1, 3, 8, 8}, {1}}}, "2 input shapes given, the graph has 1");
  refused({.inputs = {{3, 8, 8}}}, "input 0 'x': 3x8x8 has rank 3");
  refused({.inputs = {{2, 3, 8, 8}}, .batch = 4}, "has batch 2, but batch 4");
  refused({.batch = 0}, "dimension 0");
  refused({.batch = -1}, "dimension -1");
  refused({.inputs = {{2, 3, 0, 8}}}, "dimension 0");
  refused({.inputs = {{2, 3, 2, 2}}}, "operator 0 'conv2d' (conv2d)");
  EXPECT_THAT(WithInputs(graph, {.batch = int64_t{1} << 60}),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("operator 0")));
}

// An operator without a rule keeps its captured shapes as long as its inputs keep theirs.
TEST(WithInputsTest, UnknownOperatorsNeedUnchangedInputs) {
  Graph graph = Classifier(2, {2, -1});
  graph.ops[1].type = "mystery";
  ASSERT_OK_AND_ASSIGN(const Graph same, WithInputs(graph, {.batch = 2}));
  EXPECT_EQ(same.value(same.outputs[0]).shape, (Shape{2, 10}));
  ASSERT_OK(WithInputs(graph, {}));
  EXPECT_THAT(WithInputs(graph, {.batch = 3}),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("(mystery)")));
}

}  // namespace
}  // namespace latcast::ops
