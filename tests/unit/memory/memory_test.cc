#include "analyzer/memory/memory.h"

#include "tests/support/resnet18.h"
#include "tests/support/tiny_graph.h"

namespace latcast::memory {
namespace {

using cost::Completeness;
using graph::Graph;
using ::testing::HasSubstr;

int64_t Part(const std::vector<Component>& parts, std::string_view name) {
  for (const Component& part : parts) {
    if (part.name == name) return part.bytes.value_or(-1);
  }
  ADD_FAILURE() << "no part " << name;
  return -1;
}

// ResNet-18, part by part: what PyTorch measures (tests/data/memory/memory.csv) where the graph is
// the same.
TEST(AnalyzeMemoryTest, ResNet18) {
  const Graph graph = ResNet18Builder::Build();
  ASSERT_OK_AND_ASSIGN(const MemoryReport report,
                       AnalyzeMemory(graph, {.optimizer = Optimizer::kAdamW}));
  constexpr int64_t kWeights = 4 * int64_t{11'689'512};
  EXPECT_EQ(report.eager.peak_bytes, 6'422'528);
  EXPECT_EQ(report.saved.total.bytes, 21'616'128);
  EXPECT_EQ(report.saved.input_bytes, 602'112);
  EXPECT_EQ(report.gradient_bytes, kWeights);
  EXPECT_EQ(report.state_bytes, 2 * kWeights);
  EXPECT_EQ(report.status, Completeness::kComplete);
  EXPECT_EQ(Part(report.evaluation_parts, "weights"), kWeights);
  EXPECT_EQ(Part(report.evaluation_parts, "buffers"), 4 * 9'600);
  EXPECT_EQ(Part(report.evaluation_parts, "inputs"), 602'112);
  EXPECT_EQ(Part(report.evaluation_parts, "activations"), 6'422'528);
  EXPECT_EQ(ExactBytes(report.evaluation_parts), kWeights + 38'400 + 602'112 + 6'422'528);
  EXPECT_EQ(ExactBytes(report.training_parts),
            3 * kWeights + 38'400 + 602'112 + report.training.peak_bytes);
}

// Planned memory never exceeds eager memory, and no peak is less than the largest tensor.
TEST(AnalyzeMemoryTest, Bounds) {
  ASSERT_OK_AND_ASSIGN(const MemoryReport report, AnalyzeMemory(ResNet18Builder::Build(4)));
  for (size_t i = 0; i < report.eager.live_bytes.size(); ++i) {
    EXPECT_LE(report.planned.live_bytes[i], report.eager.live_bytes[i]) << i;
  }
  EXPECT_GE(report.planned.peak_bytes, 4 * 64 * 112 * 112 * 4);
  EXPECT_GE(report.training.peak_bytes, report.saved.total.bytes);
}

// The evaluation alone is the same one.
TEST(AnalyzeEvaluationTest, IsThatOfTheWhole) {
  const Graph graph = ResNet18Builder::Build(2);
  ASSERT_OK_AND_ASSIGN(const MemoryReport whole, AnalyzeMemory(graph));
  ASSERT_OK_AND_ASSIGN(const EvaluationMemory alone, AnalyzeEvaluation(graph));
  EXPECT_EQ(alone.status, Completeness::kComplete);
  EXPECT_EQ(alone.eager.live_bytes, whole.eager.live_bytes);
  EXPECT_EQ(alone.planned.live_bytes, whole.planned.live_bytes);
  EXPECT_EQ(alone.weights, Part(whole.evaluation_parts, "weights"));
  EXPECT_EQ(alone.buffers, Part(whole.evaluation_parts, "buffers"));
  EXPECT_EQ(alone.inputs, Part(whole.evaluation_parts, "inputs"));
}

// An operator nobody knows makes evaluation and training partial.
TEST(AnalyzeMemoryTest, UnknownOperatorsArePartial) {
  TinyGraph b;
  const auto y = b.Add("linear", {b.Input({2, 4}), b.Parameter({4, 4})});
  const Graph graph = b.Finish({b.AddUnknown(y, {2, 4})});
  ASSERT_OK_AND_ASSIGN(const MemoryReport report, AnalyzeMemory(graph));
  EXPECT_EQ(report.status, Completeness::kPartial);
  EXPECT_EQ(report.saved.total.completeness, Completeness::kPartial);
  ASSERT_OK_AND_ASSIGN(const EvaluationMemory alone, AnalyzeEvaluation(graph));
  EXPECT_EQ(alone.status, Completeness::kPartial);
}

// Frozen parameters have neither gradients nor optimizer states; shared ones have them once.
TEST(AnalyzeMemoryTest, OnlyTrainableParametersHaveStates) {
  TinyGraph b;
  const auto weight = b.Parameter({4, 4});
  auto y = b.Add("linear", {b.Input({2, 4}), weight});
  y = b.Add("linear", {y, b.Parameter({4, 4}, false)});
  const Graph graph = b.Finish({b.Add("linear", {y, weight})});
  ASSERT_OK_AND_ASSIGN(const MemoryReport report,
                       AnalyzeMemory(graph, {.optimizer = Optimizer::kMomentum}));
  EXPECT_EQ(report.gradient_bytes, 64);
  EXPECT_EQ(report.state_bytes, 64);
  EXPECT_EQ(Part(report.training_parts, "weights"), 128);
}

// Estimates and unknown parts are no part of the exact sum.
TEST(ExactBytesTest, LeavesEstimatesOut) {
  EXPECT_EQ(ExactBytes({{"a", 1}, {"b", 2, true}, {"c", std::nullopt, true}, {"d", 4}}), 5);
}

// A hundred thousand operators in nested calls, with a tensor that all of them read, take no square
// of anything.
TEST(AnalyzeMemoryTest, LargeGraphs) {
  constexpr int kOps = 100'000;
  Graph graph;
  graph.name = "large";
  graph.calls.resize(1 + kOps / 10);
  const auto add_value = [&graph](graph::ValueKind kind) {
    const auto id = static_cast<graph::ValueId>(graph.values.size());
    graph.values.push_back({"v" + std::to_string(id), kind, graph::DType::kFloat32, {4}, id, true});
    return id;
  };
  graph::ValueId x = add_value(graph::ValueKind::kParameter);
  const graph::ValueId shared = x;
  for (int i = 0; i < kOps; ++i) {
    graph::Op op;
    op.type = "add";
    op.inputs = {x, shared};
    x = add_value(graph::ValueKind::kActivation);
    op.outputs = {x};
    op.call = 1 + i / 10;
    if (i % 10 == 0) {
      graph::ModuleCall& call = graph.calls[static_cast<size_t>(op.call)];
      call.parent = op.call - 1;
      call.inputs = op.inputs;
    }
    graph.ops.push_back(std::move(op));
  }
  graph.outputs = {x};
  ASSERT_OK_AND_ASSIGN(const MemoryReport report, AnalyzeMemory(graph));
  EXPECT_EQ(report.planned.peak_bytes, 32);
  EXPECT_EQ(report.saved.total.bytes, 0);
}

// Tensors too large to be added up are refused.
TEST(AnalyzeMemoryTest, Overflow) {
  TinyGraph b;
  const Graph graph = b.Finish({b.Add("relu", {b.Input({int64_t{1} << 58})})});
  EXPECT_THAT(AnalyzeMemory(graph), StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("relu")));
}

}  // namespace
}  // namespace latcast::memory
