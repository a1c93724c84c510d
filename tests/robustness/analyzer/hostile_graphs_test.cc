// Graphs that somebody made to break things: every part of the analysis refuses them, naming the
// place, or copes with them, in bounded time and memory. Run under the address and undefined
// behaviour sanitizers too.
#include <functional>

#include "analyzer/conventions/convention.h"
#include "analyzer/graph/builder.h"
#include "analyzer/graph/verify.h"
#include "analyzer/import/lcg.h"
#include "analyzer/ops/infer.h"
#include "analyzer/report/report_builder.h"
#include "base/status_matchers.h"
#include "tests/support/sized_graph.h"

namespace latcast {
namespace {

using graph::Attributes;
using graph::DType;
using graph::Graph;
using graph::GraphBuilder;
using graph::kNone;
using graph::Shape;
using graph::ValueId;
using ::testing::HasSubstr;
using Ints = std::vector<int64_t>;

constexpr DType kFloat = DType::kFloat32;
constexpr int64_t kLargest = std::numeric_limits<int64_t>::max();

// What the gate says of a graph, and behind the gate the first refusal of any part; every part
// runs.
absl::Status AnalyzeAll(const Graph& graph) {
  absl::Status first = graph::Verify(graph);
  if (!first.ok()) return first;
  const auto note = [&first](const absl::Status& status) {
    if (first.ok() && !status.ok()) first = status;
  };
  Graph inferred = graph;
  note(ops::InferShapes(inferred));
  report::AnalyzeOptions options;
  options.training = true;
  note(report::Analyze(graph, options).status());
  for (const conventions::Convention& convention : conventions::BuiltinConventions()) {
    // The tools know nothing of sound shapes: whatever they say, they end.
    const auto table = convention.count(graph);
    if (table.ok()) {
      EXPECT_EQ(table->totals.size(), convention.totals.size()) << convention.name;
    }
  }
  note(import::SerializeLcg(graph).status());
  return first;
}

bool IsRefusal(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsOutOfRange(status) ||
         absl::IsResourceExhausted(status);
}

// One operator between one input and one activation that claims some shape.
Graph OneOp(const std::string& type, const Shape& input, const Shape& output,
            const std::vector<Shape>& parameters = {}, const Attributes& attributes = {}) {
  GraphBuilder b("hostile", "test");
  std::vector<ValueId> inputs = {b.AddInput("x", kFloat, input)};
  for (size_t i = 0; i < parameters.size(); ++i) {
    inputs.push_back(b.AddParameter("p" + std::to_string(i), kFloat, parameters[i]));
  }
  const ValueId y = b.AddActivation(kFloat, output);
  b.AddOp(type, inputs, {y}, attributes);
  return std::move(b).Finish({y});
}

struct Case {
  const char* name;
  Graph graph;
  const char* message;
};

std::vector<Case> Shapes() {
  const int64_t big = int64_t{1} << 31;
  return {
      {"NegativeDimension", OneOp("relu", {1, -1}, {1, -1}), "'x': negative dimension -1"},
      {"LargestDimension", OneOp("relu", {kLargest}, {kLargest}), "'x'"},
      {"ProductBeyond64Bits", OneOp("relu", {big, big, 4}, {big, big, 4}), "'x'"},
      {"MacsBeyond64Bits",
       OneOp("linear", {int64_t{1} << 30, int64_t{1} << 29}, {int64_t{1} << 30, int64_t{1} << 20},
             {{int64_t{1} << 20, int64_t{1} << 29}}),
       "operator 0 'linear'"},
      {"MatmulBeyond64Bits",
       OneOp("matmul", {big / 4, big / 4}, {big / 4, big / 4}, {{big / 4, big / 4}}),
       "operator 0 'matmul'"},
      {"KernelLargerThanInput", OneOp("conv2d", {1, 3, 4, 4}, {1, 8, 1, 1}, {{8, 3, 7, 7}}),
       "operator 0 'conv2d' (conv2d): kernel 7"},
      {"StrideZero",
       OneOp("conv2d", {1, 3, 8, 8}, {1, 8, 8, 8}, {{8, 3, 1, 1}}, {{"stride", Ints{0, 0}}}),
       "stride"},
      {"GroupsThatDoNotDivide",
       OneOp("conv2d", {1, 4, 8, 8}, {1, 8, 8, 8}, {{8, 1, 1, 1}}, {{"groups", int64_t{3}}}),
       "groups"},
      {"GroupsZero",
       OneOp("conv2d", {1, 4, 8, 8}, {1, 8, 8, 8}, {{8, 4, 1, 1}}, {{"groups", int64_t{0}}}),
       "groups"},
      {"PaddingOverflows",
       OneOp("conv2d", {1, 3, 8, 8}, {1, 8, 8, 8}, {{8, 3, 1, 1}},
             {{"padding", Ints{kLargest, kLargest}}}),
       "operator 0"},
      {"DilationOverflows",
       OneOp("conv2d", {1, 3, 8, 8}, {1, 8, 8, 8}, {{8, 3, 3, 3}},
             {{"dilation", Ints{kLargest, kLargest}}}),
       "operator 0"},
      {"PoolOfNothing",
       OneOp("max_pool2d", {1, 3, 8, 8}, {1, 3, 8, 8}, {}, {{"kernel_size", Ints{0, 0}}}),
       "kernel"},
      {"AdaptiveOutputHuge",
       OneOp("adaptive_avg_pool2d", {1, 3, 8, 8}, {1, 3, 1, 1}, {},
             {{"output_size", Ints{kLargest, kLargest}}}),
       "operator 0"},
      {"ViewOfAnotherSize", OneOp("view", {6}, {7}, {}, {{"size", Ints{7}}}), "operator 0 'view'"},
      {"WrongAttributeType",
       OneOp("conv2d", {1, 3, 8, 8}, {1, 8, 8, 8}, {{8, 3, 1, 1}},
             {{"stride", std::string("two")}}),
       "stride"},
      {"MissingWeight", OneOp("conv2d", {1, 3, 8, 8}, {1, 8, 8, 8}), "weight"},
      {"OutputContradictsItsInputs", OneOp("relu", {1, 3}, {1, 4}), "operator 0 'relu'"},
      {"SplitIntoNothing", OneOp("split", {8}, {8}, {}, {{"split_size", int64_t{0}}}), "'split'"},
      {"ExpandHuge", OneOp("expand", {1}, {1}, {}, {{"size", Ints{kLargest, kLargest}}}),
       "'expand'"},
  };
}

// Each is refused at the operator or value that is wrong.
TEST(HostileGraphsTest, ShapesAndAttributes) {
  for (const Case& c : Shapes()) {
    SCOPED_TRACE(c.name);
    const absl::Status status = AnalyzeAll(c.graph);
    EXPECT_TRUE(IsRefusal(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.message));
  }
}

// A dimension of zero is a tensor without elements, which costs nothing; it breaks nothing.
TEST(HostileGraphsTest, DimensionsOfZero) {
  EXPECT_OK(AnalyzeAll(OneOp("relu", {0, 3, 8, 8}, {0, 3, 8, 8})));
  EXPECT_OK(AnalyzeAll(OneOp("conv2d", {0, 3, 8, 8}, {0, 8, 8, 8}, {{8, 3, 1, 1}})));
  EXPECT_OK(AnalyzeAll(OneOp("linear", {0, 4}, {0, 2}, {{2, 4}})));
}

// Every known operator meets inputs and attributes it does not expect, and says so or copes.
TEST(HostileGraphsTest, EveryOperatorWithNonsense) {
  const std::vector<Attributes> nonsense = {
      {},
      {{"dim", kLargest}, {"start", kLargest}, {"end", -kLargest}, {"step", int64_t{0}}},
      {{"dim", -kLargest - 1}, {"dims", Ints{5, 5}}, {"size", Ints{-1, -1}}},
      {{"kernel_size", Ints{}}, {"output_size", Ints{-5}}, {"pad", Ints{kLargest, kLargest}}},
      {{"dim", Ints{0, 0, 0}}, {"size", kLargest}, {"repeats", Ints{kLargest, kLargest, 3}}},
      {{"dim", std::string("x")}, {"groups", -1.5}, {"upscale_factor", int64_t{0}}},
      {{"num_groups", int64_t{0}}, {"normalized_shape", Ints{0}}, {"chunks", int64_t{0}}},
  };
  const std::vector<Shape> shapes = {{}, {0}, {3}, {2, 3}, {1, 2, 4, 4}, {1, 1, 1, 1, 1, 1, 1}};
  for (const ops::OpDef& def : ops::BuiltinOps()) {
    SCOPED_TRACE(std::string(def.type));
    for (const Attributes& attributes : nonsense) {
      for (const Shape& shape : shapes) {
        for (const size_t parameters : {0, 1, 3}) {
          const Graph graph = OneOp(std::string(def.type), shape, shape,
                                    std::vector<Shape>(parameters, shape), attributes);
          const absl::Status status = AnalyzeAll(graph);
          EXPECT_TRUE(status.ok() || IsRefusal(status)) << status;
        }
      }
    }
  }
}

// What a graph refers to must be there, once, and before it is read.
TEST(HostileGraphsTest, StructureThatDoesNotHold) {
  const std::pair<const char*, std::function<void(Graph&)>> cases[] = {
      {"a value read before it is written", [](Graph& g) { g.ops[0].inputs[0] = g.outputs[0]; }},
      {"a dangling value", [](Graph& g) { g.ops[0].inputs[0] = 1'000'000; }},
      {"a negative value", [](Graph& g) { g.ops[0].inputs[0] = -7; }},
      {"a value written twice", [](Graph& g) { g.ops.push_back(g.ops[0]), g.ops[1].name = "b"; }},
      {"names that repeat", [](Graph& g) { g.values[1].name = g.values[0].name; }},
      {"a call that is its own parent",
       [](Graph& g) { g.calls.push_back(g.calls[0]), g.calls[1].parent = 1; }},
      {"a call nobody made", [](Graph& g) { g.ops[0].call = 12; }},
      {"storage out of range", [](Graph& g) { g.values[1].storage = 1 << 30; }},
      {"an output that is not there", [](Graph& g) { g.outputs = {99}; }},
      {"a parameter that is not there", [](Graph& g) { g.calls[0].parameters = {99}; }},
  };
  for (const auto& [what, spoil] : cases) {
    Graph graph = OneOp("relu", {1, 3}, {1, 3});
    ASSERT_OK(AnalyzeAll(graph));
    spoil(graph);
    const absl::Status status = AnalyzeAll(graph);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << what << ": " << status;
  }
}

// What is said of sizes may be nonsense: numbers that grow beyond all bounds, divisions by nothing,
// attributes that become negative. Nothing but a refusal comes of it.
TEST(HostileGraphsTest, SizesThatLie) {
  using graph::SizeOperator;
  const std::vector<int64_t> numbers = {0, -1, 1, kLargest, -kLargest - 1};
  for (const SizeOperator op :
       {SizeOperator::kAdd, SizeOperator::kSubtract, SizeOperator::kMultiply,
        SizeOperator::kFloorDivide, SizeOperator::kModulo}) {
    for (const int64_t left : numbers) {
      for (const int64_t right : numbers) {
        Graph graph = SizedGraph();
        graph.sizes->expressions[1] = {SizeOperator::kConstant, left, 0};
        graph.sizes->expressions[2] = {SizeOperator::kConstant, right, 0};
        graph.sizes->expressions[3].op = op;
        ASSERT_OK(AnalyzeAll(graph));
        const auto other = ops::WithInputs(graph, {.inputs = {{3, 3, 9, 7}}});
        EXPECT_TRUE(other.ok() || IsRefusal(other.status())) << other.status();
      }
    }
  }
}

// As many expressions as the limits allow, each made of the one before, and as many conditions.
TEST(HostileGraphsTest, LongExpressions) {
  using graph::SizeOperator;
  Graph graph = SizedGraph();
  while (graph.sizes->expressions.size() < graph::GraphLimits{}.max_sizes) {
    const auto last = static_cast<int64_t>(graph.sizes->expressions.size()) - 1;
    graph.sizes->expressions.push_back({SizeOperator::kModulo, last, 4});
  }
  const auto last = static_cast<int32_t>(graph.sizes->expressions.size()) - 1;
  graph.sizes->conditions.assign(graph::GraphLimits{}.max_sizes,
                                 {1, 0, graph::SizeComparison::kLessEqual, last, last, true});
  ASSERT_OK(AnalyzeAll(graph));
  EXPECT_OK(ops::WithInputs(graph, {.inputs = {{3, 3, 9, 7}}}));
  graph.sizes->expressions.back() = {SizeOperator::kModulo, last, 4};
  EXPECT_TRUE(IsRefusal(AnalyzeAll(graph)));
}

// A million inputs of one operator.
TEST(HostileGraphsTest, AMillionInputs) {
  GraphBuilder b("wide", "test");
  const ValueId x = b.AddInput("x", kFloat, {1, 2});
  const ValueId y = b.AddActivation(kFloat, {1'000'000, 2});
  b.AddOp("cat", std::vector<ValueId>(1'000'000, x), {y}, {{"dim", int64_t{0}}});
  EXPECT_OK(AnalyzeAll(std::move(b).Finish({y})));
}

// A tree of modules a hundred thousand deep.
TEST(HostileGraphsTest, ADeepModuleTree) {
  Graph graph;
  graph.name = "deep";
  graph.values = {{"x", graph::ValueKind::kInput, kFloat, {1, 2}, 0, false},
                  {"y", graph::ValueKind::kActivation, kFloat, {1, 2}, 1, false}};
  graph.inputs = {0};
  graph.outputs = {1};
  for (int32_t i = 0; i < 100'000; ++i) {
    graph::ModuleCall call;
    call.path = i == 0 ? "" : "m";
    call.class_name = "M";
    call.parent = i - 1;
    call.index = i;
    call.inputs = {0};
    call.outputs = {1};
    graph.calls.push_back(call);
  }
  graph::Op op;
  op.type = op.name = "relu";
  op.inputs = {0};
  op.outputs = {1};
  op.call = 99'999;
  graph.ops.push_back(op);
  const absl::Status status = AnalyzeAll(graph);
  EXPECT_TRUE(status.ok() || IsRefusal(status)) << status;
}

// As many operators as the limits allow: time grows with them and not with their square.
TEST(HostileGraphsTest, ALongChain) {
  GraphBuilder b("long", "test");
  ValueId x = b.AddInput("x", kFloat, {1, 2});
  for (int i = 0; i < 99'000; ++i) {
    const ValueId y = b.AddActivation(kFloat, {1, 2});
    b.AddOp("relu", {x}, {y});
    x = y;
  }
  EXPECT_OK(AnalyzeAll(std::move(b).Finish({x})));
}

// A value that everything reads: a star instead of a chain.
TEST(HostileGraphsTest, AValueEverybodyReads) {
  GraphBuilder b("star", "test");
  const ValueId x = b.AddInput("x", kFloat, {1, 2});
  std::vector<ValueId> ends;
  for (int i = 0; i < 50'000; ++i) {
    ends.push_back(b.AddActivation(kFloat, {1, 2}));
    b.AddOp("add", {x, i == 0 ? x : ends.front()}, {ends.back()});
  }
  EXPECT_OK(AnalyzeAll(std::move(b).Finish(ends)));
}

}  // namespace
}  // namespace latcast
