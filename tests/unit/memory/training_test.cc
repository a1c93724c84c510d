#include "analyzer/memory/training.h"

#include "tests/support/tiny_graph.h"

namespace latcast::memory {
namespace {

using graph::Graph;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TrainingWalk Walk(const Graph& graph) {
  const Storages storages = FindStorages(graph, Layouts(graph), Mode::kTraining);
  const auto needs = cost::GradientFlow(graph);
  const auto saved = FindSaved(graph, Layouts(graph), storages, needs);
  const auto kernel_bytes = KernelBytes(graph, Layouts(graph));
  EXPECT_OK(saved);
  EXPECT_OK(kernel_bytes);
  CachingAllocator allocator;
  TrainingWalk walk = WalkTraining(graph, storages, EagerLifetimes(graph, storages), *kernel_bytes,
                                   *saved, needs, allocator);
  EXPECT_GE(allocator.reserved_bytes(), walk.peak_bytes);
  return walk;
}

constexpr int64_t kX = 4 * 8;   // a 2 x 4 tensor
constexpr int64_t kW = 4 * 16;  // a 4 x 4 weight

// Two layers and a sigmoid, by hand: the first layer's output is kept by the second, the sigmoid
// keeps its own. Backward, gradients of outputs and inputs meet, those of weights stay.
TEST(WalkTrainingTest, Chain) {
  TinyGraph b;
  auto y = b.Add("linear", {b.Input({2, 4}), b.Parameter({4, 4})});
  y = b.Add("linear", {y, b.Parameter({4, 4})});
  const Graph graph = b.Finish({b.Add("sigmoid", {y})});
  const TrainingWalk walk = Walk(graph);
  EXPECT_THAT(walk.forward_bytes, ElementsAre(kX, 2 * kX, 3 * kX));
  // sigmoid: both kept, two gradients. Second layer: one kept, two gradients and the weight's.
  // First layer: one gradient, both weights'.
  EXPECT_THAT(walk.backward_bytes, ElementsAre(kX + 2 * kW, 3 * kX + kW, 4 * kX));
  EXPECT_EQ(walk.peak_bytes, 3 * kX + kW);
  EXPECT_EQ(walk.peak_op, 1);
  EXPECT_TRUE(walk.peak_in_backward);
  EXPECT_EQ(walk.peak_activations, kX);
  EXPECT_EQ(walk.peak_activation_gradients, 2 * kX);
  EXPECT_EQ(walk.peak_parameter_gradients, kW);
}

// An addition hands its gradient to both sides without a copy; where the trunk's second gradient
// meets the shared one, the sum is a tensor of its own.
TEST(WalkTrainingTest, BranchesAddUp) {
  TinyGraph b;
  const auto trunk = b.Add("linear", {b.Input({2, 4}), b.Parameter({4, 4})});
  const auto branch = b.Add("linear", {trunk, b.Parameter({4, 4}, false)});
  const auto sum = b.Add("add", {branch, trunk});
  const Graph graph = b.Finish({b.Add("linear", {sum, b.Parameter({4, 4}, false)})});
  const TrainingWalk walk = Walk(graph);
  // Nothing is kept. Last layer: its gradient and the sum's. Addition: the same one, for both
  // sides. Branch: that one, shared with the trunk, and its own input's, which the trunk's is added
  // to in place once the branch has let go of it. First layer: one gradient and its weight's.
  EXPECT_THAT(walk.backward_bytes, ElementsAre(kX + kW, 2 * kX, kX, 2 * kX));
}

// Where a third reader still holds the gradient, the sum is a tensor of its own.
TEST(WalkTrainingTest, SharedGradientsAreNotOverwritten) {
  TinyGraph b;
  const auto trunk = b.Add("linear", {b.Input({2, 4}), b.Parameter({4, 4})});
  const auto other = b.Add("linear", {b.Input({2, 4}), b.Parameter({4, 4})});
  const auto branch = b.Add("linear", {trunk, b.Parameter({4, 4}, false)});
  const auto sum = b.Add("add", {b.Add("add", {branch, trunk}), other});
  const Graph graph = b.Finish({sum});
  // Through the branch: the gradient shared by trunk and other, the branch's new one, their sum.
  EXPECT_EQ(Walk(graph).backward_bytes[2], 3 * kX);
}

// A frozen layer gets no gradient of its weight, one before all trainable layers none at all.
TEST(WalkTrainingTest, FrozenLayers) {
  TinyGraph b;
  auto y = b.Add("linear", {b.Input({2, 4}), b.Parameter({4, 4}, false)});
  y = b.Add("linear", {y, b.Parameter({4, 4})});
  const Graph graph = b.Finish({b.Add("linear", {y, b.Parameter({4, 4}, false)})});
  const TrainingWalk walk = Walk(graph);
  EXPECT_THAT(walk.backward_bytes, ElementsAre(kW, 2 * kX + kW, kX + 2 * kX));
}

// A weight used twice has one gradient; the second one made is added and freed.
TEST(WalkTrainingTest, SharedWeights) {
  TinyGraph b;
  const auto weight = b.Parameter({4, 4});
  const auto y = b.Add("linear", {b.Input({2, 4}), weight});
  const Graph graph = b.Finish({b.Add("linear", {y, weight})});
  EXPECT_THAT(Walk(graph).backward_bytes, ElementsAre(kX + 2 * kW, 3 * kX + kW));
}

// Without anything to train, the walk is the forward pass.
TEST(WalkTrainingTest, NothingToTrain) {
  TinyGraph b;
  const Graph graph = b.Finish({b.Add("relu", {b.Add("relu", {b.Input({2, 4})})})});
  const TrainingWalk walk = Walk(graph);
  EXPECT_THAT(walk.forward_bytes, ElementsAre(kX, 2 * kX));
  EXPECT_THAT(walk.backward_bytes, ElementsAre(0, 0));
  EXPECT_EQ(walk.peak_bytes, 2 * kX);
  EXPECT_FALSE(walk.peak_in_backward);
}

// Optimizers keep so many bytes of a parameter; names read back, others are refused with the list.
TEST(OptimizerTest, StatesAndNames) {
  graph::Value parameter;
  parameter.shape = {10};
  EXPECT_EQ(StateBytes(Optimizer::kSgd, parameter), 0);
  EXPECT_EQ(StateBytes(Optimizer::kMomentum, parameter), 40);
  EXPECT_EQ(StateBytes(Optimizer::kAdam, parameter), 80);
  EXPECT_EQ(StateBytes(Optimizer::kAdamW, parameter), 80);
  EXPECT_EQ(StateBytes(Optimizer::kAdam8bit, parameter), 20);
  parameter.dtype = graph::DType::kBFloat16;
  EXPECT_EQ(StateBytes(Optimizer::kAdam, parameter), 40);
  EXPECT_EQ(StateBytes(Optimizer::kAdam8bit, parameter), 20);
  for (const char* name : {"sgd", "momentum", "adam", "adamw", "adam8bit"}) {
    ASSERT_OK_AND_ASSIGN(const Optimizer optimizer, ParseOptimizer(name));
    EXPECT_EQ(Name(optimizer), name);
  }
  EXPECT_THAT(ParseOptimizer("lion"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("'lion', one of sgd, momentum, adam, adamw, adam8bit")));
}

}  // namespace
}  // namespace latcast::memory
