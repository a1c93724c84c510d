#include "analyzer/memory/liveness.h"

#include "tests/support/tiny_graph.h"

namespace latcast::memory {
namespace {

using graph::Graph;
using ::testing::ElementsAre;

Timeline Make(const Graph& graph, bool eager) {
  const Storages storages = FindStorages(graph, Layouts(graph), Mode::kEvaluation);
  const auto kernel_bytes = KernelBytes(graph, Layouts(graph));
  EXPECT_OK(kernel_bytes);
  return MakeTimeline(graph, storages,
                      eager ? EagerLifetimes(graph, storages) : PlannedLifetimes(graph, storages),
                      *kernel_bytes);
}
Timeline Eager(const Graph& graph) { return Make(graph, true); }
Timeline Planned(const Graph& graph) { return Make(graph, false); }

// In a chain an operator's input and output are alive while it runs; what lies in place adds
// nothing; the network's input is not counted.
TEST(TimelineTest, Chain) {
  TinyGraph b;
  const auto x = b.Input({10});
  const auto y = b.Inplace("relu", {b.Add("sigmoid", {x})});
  const Graph graph = b.Finish({b.Add("sigmoid", {y})});
  for (const Timeline& timeline : {Eager(graph), Planned(graph)}) {
    EXPECT_THAT(timeline.live_bytes, ElementsAre(40, 40, 80));
    EXPECT_EQ(timeline.peak_bytes, 80);
    EXPECT_EQ(timeline.peak_op, 2);
  }
}

// A tensor that a later operator reads lives until then: the branch of a residual block.
TEST(TimelineTest, BranchesLiveUntilTheyMeet) {
  TinyGraph b;
  const auto trunk = b.Add("relu", {b.Input({10})});
  const auto branch = b.Add("sigmoid", {b.Add("tanh", {trunk})});
  const Graph graph = b.Finish({b.Add("relu", {b.Add("add", {branch, trunk})})});
  EXPECT_THAT(Planned(graph).live_bytes, ElementsAre(40, 80, 120, 120, 80));
}

// Whoever calls a module holds what it passed in until the module returns.
TEST(TimelineTest, CallersHoldArguments) {
  TinyGraph b;
  auto x = b.Add("relu", {b.Input({10})});
  b.Enter("outer", {x});
  b.Enter("inner", {x});
  x = b.Add("sigmoid", {x});
  b.Leave({x});
  x = b.Add("tanh", {x});
  x = b.Add("relu", {x});
  b.Leave({x});
  x = b.Add("sigmoid", {x});
  const Graph graph = b.Finish({x});
  EXPECT_THAT(Planned(graph).live_bytes, ElementsAre(40, 80, 80, 80, 80));
  EXPECT_THAT(Eager(graph).live_bytes, ElementsAre(40, 80, 120, 120, 80));
}

// What a module joined and handed to its children is named until the module returns; not so where
// the module's own code goes on to do something else, and not in the planned form.
TEST(TimelineTest, JoinsAreNamed) {
  for (const bool goes_on : {false, true}) {
    TinyGraph b;
    const auto x = b.Input({10});
    b.Enter("layer", {x});
    auto y = b.Add("cat", {x, x});
    b.Enter("first", {y});
    y = b.Add("sigmoid", {y});
    b.Leave({y});
    b.Enter("second", {y});
    y = b.Add("tanh", {y});
    b.Leave({y});
    if (goes_on) y = b.Add("relu", {y});
    b.Leave({y});
    const Graph graph = b.Finish({y});
    EXPECT_EQ(Planned(graph).live_bytes[2], 160);
    EXPECT_EQ(Eager(graph).live_bytes[2], goes_on ? 160 : 240);
  }
}

// The network's outputs stay, also one that is made early.
TEST(TimelineTest, OutputsStay) {
  TinyGraph b;
  const auto early = b.Add("relu", {b.Input({10})});
  auto x = b.Add("sigmoid", {early});
  x = b.Add("sigmoid", {x});
  const Graph graph = b.Finish({early, b.Add("sigmoid", {x})});
  EXPECT_THAT(Planned(graph).live_bytes, ElementsAre(40, 80, 120, 120));
}

// The indices of a max pool are alive while it runs, and listed at the peak.
TEST(TimelineTest, KernelsAllocateBesideTheirResult) {
  TinyGraph b;
  const auto x = b.Add("relu", {b.Input({1, 1, 4, 4})});
  const auto pooled = b.Add("max_pool2d", {x}, {{"kernel_size", int64_t{2}}});
  const Graph graph = b.Finish({b.Add("relu", {pooled})});
  const Timeline timeline = Eager(graph);
  EXPECT_THAT(timeline.live_bytes, ElementsAre(64, 64 + 16 + 4 * 8, 32));
  EXPECT_EQ(timeline.peak_op, 1);
  ASSERT_EQ(timeline.at_peak.size(), 3U);
  EXPECT_EQ(timeline.at_peak[0].bytes, 64);
  EXPECT_EQ(timeline.at_peak[0].value, x);
  EXPECT_EQ(timeline.at_peak[0].op, 0);
  EXPECT_EQ(timeline.at_peak[1].bytes, 32);
  EXPECT_EQ(timeline.at_peak[1].value, graph::kNone);
  EXPECT_EQ(timeline.at_peak[1].op, 1);
  EXPECT_EQ(timeline.at_peak[2].bytes, 16);
}

// Normalization allocates for its statistics in training only, dropout its mask too.
TEST(TimelineTest, TrainingOnlyMemoryIsNotCounted) {
  TinyGraph b;
  auto x = b.Add("relu", {b.Input({1, 2, 4, 4})});
  x = b.Add("batch_norm", {x, graph::kNone, graph::kNone, b.Buffer({2}), b.Buffer({2})});
  const Graph graph = b.Finish({b.Add("dropout", {x})});
  EXPECT_THAT(Eager(graph).live_bytes, ElementsAre(128, 256, 128));
}

// The bytes listed at the peak add up to it, for every operator that could be one.
TEST(TimelineTest, ListAddsUpToThePeak) {
  TinyGraph b;
  const auto x = b.Input({1, 1, 8, 8});
  const auto y = b.Add("relu", {x});
  const auto z = b.Add("max_pool2d", {y}, {{"kernel_size", int64_t{2}}});
  const auto v = b.Add("flatten", {z});
  const Graph graph = b.Finish({b.Add("add", {v, v}), y});
  for (const Timeline& timeline : {Eager(graph), Planned(graph)}) {
    int64_t sum = 0;
    for (const LiveValue& value : timeline.at_peak) sum += value.bytes;
    EXPECT_EQ(sum, timeline.peak_bytes);
  }
}

// Constants the program made of no input count from the start.
TEST(TimelineTest, Constants) {
  TinyGraph b;
  const auto x = b.Add("relu", {b.Input({10})});
  const auto y = b.Add("relu", {x});
  Graph graph = b.Finish({y});
  const auto c = static_cast<int32_t>(graph.values.size());
  graph.values.push_back({"c", graph::ValueKind::kConstant, graph::DType::kFloat32, {5}, c});
  graph.ops.back().type = "add";
  graph.ops.back().inputs.push_back(c);
  EXPECT_THAT(Planned(graph).live_bytes, ElementsAre(60, 100));
}

// Nothing runs, nothing lives.
TEST(TimelineTest, EmptyGraph) {
  const Timeline timeline = Eager(TinyGraph().Finish({}));
  EXPECT_EQ(timeline.peak_bytes, 0);
  EXPECT_EQ(timeline.peak_op, graph::kNone);
  EXPECT_TRUE(timeline.at_peak.empty());
}

}  // namespace
}  // namespace latcast::memory
