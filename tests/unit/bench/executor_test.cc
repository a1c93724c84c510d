#include "bench/executor/executor.h"

#include "analyzer/graph/builder.h"

namespace latcast::bench {
namespace {

using graph::DType;
using graph::Graph;
using graph::GraphBuilder;
using graph::kNone;
using graph::ValueId;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Le;

constexpr DType kFloat = DType::kFloat32;

// x -> relu -> y -> linear(weight) -> z, twice with the same weight when `tied`.
Graph TwoLayers(bool tied) {
  GraphBuilder b("two", "test");
  const ValueId x = b.AddInput("x", kFloat, {2, 4});
  const ValueId first = b.AddParameter("first", kFloat, {4, 4});
  const ValueId second = b.AddParameter("second", kFloat, {4, 4});
  const ValueId y = b.AddActivation(kFloat, {2, 4});
  const ValueId z = b.AddActivation(kFloat, {2, 4});
  b.AddOp("linear", {x, first, kNone}, {y});
  b.AddOp("linear", {y, second, kNone}, {z});
  Graph graph = std::move(b).Finish({z});
  if (tied) graph.value(second).storage = graph.value(first).storage;
  return graph;
}

// After a run outputs are there and intermediate values are gone, however often it runs.
TEST(ExecutorTest, FreesValuesAfterTheirLastUse) {
  const Graph graph = TwoLayers(false);
  ASSERT_OK_AND_ASSIGN(const auto executor, Executor::Create(graph));
  EXPECT_THAT(executor->Read(graph.outputs[0]),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("not held")));
  std::vector<float> first;
  for (int run = 0; run < 3; ++run) {
    ASSERT_OK(executor->Run());
    EXPECT_THAT(executor->Read(graph.ops[0].outputs[0]),
                StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("not held")));
    ASSERT_OK_AND_ASSIGN(const HostTensor output, executor->Read(graph.outputs[0]));
    EXPECT_EQ(output.shape, (graph::Shape{2, 4}));
    if (run == 0) first = output.values;
    EXPECT_EQ(output.values, first);
  }
}

// A value that nobody reads is freed by the operator that made it.
TEST(ExecutorTest, FreesValuesNobodyReads) {
  GraphBuilder b("dead", "test");
  const ValueId x = b.AddInput("x", kFloat, {4});
  const ValueId dead = b.AddActivation(kFloat, {4});
  const ValueId y = b.AddActivation(kFloat, {4});
  b.AddOp("relu", {x}, {dead});
  b.AddOp("tanh", {x}, {y});
  ASSERT_OK_AND_ASSIGN(const auto executor, Executor::Create(std::move(b).Finish({y})));
  ASSERT_OK(executor->Run());
  EXPECT_EQ(executor->Read(dead).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_OK(executor->Read(y).status());
}

// Tied parameters are one tensor, others differ; the seed decides the content.
TEST(ExecutorTest, ParametersAreRandomTiedAndRepeatable) {
  const auto read = [](bool tied, uint64_t seed, ValueId value) {
    return Executor::Create(TwoLayers(tied), {.seed = seed}).value()->Read(value).value().values;
  };
  EXPECT_NE(read(false, 1, 1), read(false, 1, 2));
  EXPECT_EQ(read(true, 1, 1), read(true, 1, 2));
  EXPECT_EQ(read(false, 1, 1), read(false, 1, 1));
  EXPECT_NE(read(false, 1, 1), read(false, 2, 1));
}

// In half precision the results are those of float32 up to rounding, which is there; in NHWC order
// they are the same values.
TEST(ExecutorTest, Placement) {
  const auto run = [](const Graph& graph, const Placement& placement) {
    const auto executor = Executor::Create(graph, {.placement = placement}).value();
    EXPECT_OK(executor->Run());
    return executor->Read(graph.outputs[0]).value().values;
  };
  const Graph layers = TwoLayers(false);
  const std::vector<float> exact = run(layers, {});
  const std::vector<float> rounded = run(layers, {.precision = Precision::kBFloat16});
  EXPECT_NE(rounded, exact);
  EXPECT_THAT(rounded, ::testing::Pointwise(::testing::FloatNear(0.1F), exact));

  GraphBuilder b("images", "test");
  const ValueId x = b.AddInput("x", kFloat, {2, 3, 4, 4});
  const ValueId y = b.AddActivation(kFloat, {2, 3, 4, 4});
  b.AddOp("relu", {x}, {y});
  const Graph images = std::move(b).Finish({y});
  EXPECT_EQ(run(images, {.channels_last = true}), run(images, {}));
}

// Runs may take turns over several copies of the parameters: equal content in other memory, so
// equal results, as many as fit the size, tied ones tied in each.
TEST(ExecutorTest, ParameterSetsTakeTurns) {
  const Graph graph = TwoLayers(true);  // 2 x 64 bytes, tied
  ASSERT_OK_AND_ASSIGN(const auto one, Executor::Create(graph));
  EXPECT_EQ(one->parameter_sets(), 1u);
  ASSERT_OK_AND_ASSIGN(const auto executor, Executor::Create(graph, {.parameter_bytes = 3 * 128}));
  ASSERT_EQ(executor->parameter_sets(), 3u);
  std::vector<float> first;
  for (int run = 0; run < 7; ++run) {
    ASSERT_OK(executor->Run());
    const std::vector<float> output = executor->Read(graph.outputs[0])->values;
    if (run == 0) first = output;
    EXPECT_EQ(output, first);
    EXPECT_EQ(executor->Read(1)->values, executor->Read(2)->values);
    executor->NextParameters();
  }
  ASSERT_OK_AND_ASSIGN(const auto many,
                       Executor::Create(graph, {.parameter_bytes = int64_t{1} << 30}));
  EXPECT_EQ(many->parameter_sets(), static_cast<size_t>(kMaxParameterSets));
}

// Variances and scales of a normalisation are positive, so that no square root gives NaN.
TEST(ExecutorTest, NormalisationStatisticsArePositive) {
  GraphBuilder b("norm", "test");
  const ValueId x = b.AddInput("x", kFloat, {1, 64, 2, 2});
  const ValueId weight = b.AddParameter("weight", kFloat, {64});
  const ValueId bias = b.AddParameter("bias", kFloat, {64});
  const ValueId mean = b.AddBuffer("running_mean", kFloat, {64});
  const ValueId var = b.AddBuffer("running_var", kFloat, {64});
  const ValueId y = b.AddActivation(kFloat, {1, 64, 2, 2});
  b.AddOp("batch_norm", {x, weight, bias, mean, var}, {y});
  ASSERT_OK_AND_ASSIGN(const auto executor, Executor::Create(std::move(b).Finish({y})));
  for (const ValueId value : {weight, var}) {
    EXPECT_THAT(executor->Read(value)->values, Each(AllOf(Ge(0.5F), Le(1.5F))));
  }
  for (const ValueId value : {bias, mean}) {
    EXPECT_THAT(executor->Read(value)->values, Each(AllOf(Ge(-0.1F), Le(0.1F))));
  }
}

// Activations keep their magnitude through many layers: neither infinite nor vanishing.
TEST(ExecutorTest, ActivationsStayFinite) {
  GraphBuilder b("deep", "test");
  ValueId x = b.AddInput("x", kFloat, {4, 64});
  for (int layer = 0; layer < 60; ++layer) {
    const ValueId weight = b.AddParameter("w" + std::to_string(layer), kFloat, {64, 64});
    const ValueId y = b.AddActivation(kFloat, {4, 64});
    const ValueId z = b.AddActivation(kFloat, {4, 64}, y);
    b.AddOp("linear", {x, weight}, {y});
    b.AddOp("relu", {y}, {z}, {{"inplace", true}});
    x = z;
  }
  ASSERT_OK_AND_ASSIGN(const auto executor, Executor::Create(std::move(b).Finish({x})));
  ASSERT_OK(executor->Run());
  ASSERT_OK_AND_ASSIGN(const HostTensor output, executor->Read(x));
  double sum = 0;
  for (const float value : output.values) sum += value;
  EXPECT_GT(sum, 1e-6);
  EXPECT_LT(sum, 1e12);
}

// Other data types than float32 work as well.
TEST(ExecutorTest, DataTypes) {
  for (const DType dtype : {DType::kFloat64, DType::kBFloat16, DType::kInt64}) {
    GraphBuilder b("typed", "test");
    const ValueId x = b.AddInput("x", dtype, {3, 5});
    const ValueId y = b.AddActivation(dtype, {3, 5});
    b.AddOp("add", {x, x}, {y});
    ASSERT_OK_AND_ASSIGN(const auto executor, Executor::Create(std::move(b).Finish({y})));
    ASSERT_OK(executor->Run()) << graph::Name(dtype);
    EXPECT_EQ(executor->Read(y)->shape, (graph::Shape{3, 5}));
  }
}

Graph OneOp(std::string type, graph::Attributes attributes, size_t inputs = 1) {
  GraphBuilder b("one", "test");
  const ValueId x = b.AddInput("x", kFloat, {1, 3, 8, 8});
  const ValueId y = b.AddActivation(kFloat, {1, 3, 8, 8});
  b.AddOp(std::move(type), std::vector<ValueId>(inputs, x), {y}, std::move(attributes));
  return std::move(b).Finish({y});
}

// What cannot be run is refused before anything runs, naming the operator and what is wrong.
TEST(ExecutorTest, RefusesWhatItCannotRun) {
  constexpr auto kBad = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(
      Executor::Create(OneOp("no_such", {})),
      StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("operator 'no_such' (no_such)")));
  EXPECT_THAT(Executor::Create(OneOp("linear", {})),
              StatusIs(kBad, HasSubstr("operator 'linear' (linear): input 1 is missing")));
  EXPECT_THAT(Executor::Create(OneOp("max_pool2d", {})),
              StatusIs(kBad, HasSubstr("attribute kernel_size is missing")));
  EXPECT_THAT(Executor::Create(OneOp("conv2d", {{"stride", true}}, 2)),
              StatusIs(kBad, HasSubstr("attribute stride")));
  EXPECT_THAT(Executor::Create(OneOp("add", {})),
              StatusIs(kBad, HasSubstr("neither an input 1 nor the attribute other")));
  EXPECT_THAT(Executor::Create(OneOp("cat", {}, 0)), StatusIs(kBad, HasSubstr("input 0")));
  Graph broken = OneOp("relu", {});
  broken.outputs = {99};
  EXPECT_THAT(Executor::Create(broken), StatusIs(kBad, HasSubstr("no value 99")));
}

// What LibTorch refuses at run time is an error with the operator's name, and no exception.
TEST(ExecutorTest, LibraryErrorsNameTheOperator) {
  ASSERT_OK_AND_ASSIGN(const auto executor, Executor::Create(OneOp("matmul", {}, 2)));
  ASSERT_OK(executor->Run());  // 8 x 8 by 8 x 8
  ASSERT_OK_AND_ASSIGN(
      const auto wrong,
      Executor::Create(OneOp("permute", {{"dims", std::vector<int64_t>{0, 0, 1, 2}}})));
  EXPECT_THAT(wrong->Run(), StatusIs(absl::StatusCode::kInvalidArgument,
                                     HasSubstr("operator 'permute' (permute): ")));
  EXPECT_THAT(wrong->Run(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("permute")));
}

// A tensor beyond any memory is RESOURCE_EXHAUSTED, at creation and at run time.
TEST(ExecutorTest, OutOfMemory) {
  constexpr int64_t kHuge = int64_t{1} << 50;
  GraphBuilder b("huge", "test");
  const ValueId x = b.AddInput("x", kFloat, {kHuge});
  const ValueId y = b.AddActivation(kFloat, {kHuge});
  b.AddOp("relu", {x}, {y});
  EXPECT_EQ(Executor::Create(std::move(b).Finish({y})).status().code(),
            absl::StatusCode::kResourceExhausted);

  GraphBuilder outer("outer", "test");
  const ValueId column = outer.AddInput("column", kFloat, {1 << 22, 1});
  const ValueId row = outer.AddInput("row", kFloat, {1, 1 << 22});
  const ValueId sum = outer.AddActivation(kFloat, {1 << 22, 1 << 22});  // 64 TiB
  outer.AddOp("add", {column, row}, {sum});
  ASSERT_OK_AND_ASSIGN(const auto executor, Executor::Create(std::move(outer).Finish({sum})));
  EXPECT_THAT(executor->Run(),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("operator 'add'")));
}

}  // namespace
}  // namespace latcast::bench
