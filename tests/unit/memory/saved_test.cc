#include "analyzer/memory/saved.h"

#include "tests/support/tiny_graph.h"

namespace latcast::memory {
namespace {

using cost::Completeness;
using graph::Graph;
using Bytes = std::vector<std::optional<int64_t>>;

Saved Find(const Graph& graph) {
  auto saved =
      FindSaved(graph, Layouts(graph), FindStorages(graph, Layouts(graph), Mode::kTraining),
                cost::GradientFlow(graph));
  EXPECT_OK(saved);
  return *std::move(saved);
}

// A layer keeps its input; the parameters it needs are there anyway, the network's input is its
// owner's.
TEST(FindSavedTest, InputsButNoParameters) {
  TinyGraph b;
  const auto x = b.Input({2, 4});
  const auto y = b.Add("linear", {x, b.Parameter({4, 4})});
  const Graph graph = b.Finish({b.Add("linear", {y, b.Parameter({4, 4})})});
  const Saved saved = Find(graph);
  EXPECT_EQ(saved.total.bytes, 4 * 8);
  EXPECT_EQ(saved.input_bytes, 4 * 8);
  EXPECT_EQ(saved.total.completeness, Completeness::kComplete);
}

// Batch norm keeps its input and its statistics, the relu in place what it wrote, and the
// convolution after it the same storage: once.
TEST(FindSavedTest, SharedStoragesCountOnce) {
  TinyGraph b;
  const auto x = b.Input({1, 2, 4, 4});
  b.Enter("conv", {x});
  auto y = b.Add("conv2d", {x, b.Parameter({2, 2, 1, 1})});
  b.Leave({y});
  b.Enter("tail", {y});
  y = b.Add("batch_norm", {y, b.Parameter({2}), b.Parameter({2}), b.Buffer({2}), b.Buffer({2})});
  y = b.Inplace("relu", {y});
  y = b.Add("conv2d", {y, b.Parameter({2, 2, 1, 1})});
  b.Leave({y});
  const Graph graph = b.Finish({y});
  const Saved saved = Find(graph);
  EXPECT_EQ(saved.ops, (Bytes{0, 128 + 16, 128, 0}));
  EXPECT_EQ(saved.total.bytes, 128 + 16 + 128);
  EXPECT_EQ(saved.calls[0].bytes, 272);
  EXPECT_EQ(saved.calls[1].bytes, 0);
  EXPECT_EQ(saved.calls[2].bytes, 272);
}

// A view keeps the whole storage it looks into, once.
TEST(FindSavedTest, ViewsKeepTheirStorage) {
  TinyGraph b;
  const auto y = b.Add("linear", {b.Input({2, 4}), b.Parameter({4, 4})});
  const auto view = b.Add("view", {y}, {{"size", std::vector<int64_t>{8}}});
  const Graph graph = b.Finish({b.Add("silu", {view}), b.Add("silu", {y})});
  EXPECT_EQ(Find(graph).total.bytes, 32);
}

// Behind no trainable parameter nothing is kept.
TEST(FindSavedTest, FrozenNetworksKeepNothing) {
  TinyGraph b;
  auto y = b.Add("linear", {b.Input({2, 4}), b.Parameter({4, 4}, false)});
  y = b.Add("relu", {y});
  const Graph graph = b.Finish({b.Add("linear", {y, b.Parameter({4, 4}, false)})});
  const Saved saved = Find(graph);
  EXPECT_EQ(saved.total.bytes, 0);
  EXPECT_EQ(saved.input_bytes, 0);
}

// A frozen linear layer passes gradients on without its input; a trainable one behind frozen
// layers keeps its own input.
TEST(FindSavedTest, FrozenLayers) {
  TinyGraph b;
  auto y = b.Add("linear", {b.Input({2, 4}), b.Parameter({4, 4}, false)});
  y = b.Add("linear", {y, b.Parameter({4, 4}, true)});
  y = b.Add("linear", {y, b.Parameter({4, 4}, false)});
  const Saved saved = Find(b.Finish({y}));
  EXPECT_EQ(saved.ops, (Bytes{0, 32, 0}));
}

// A product keeps a factor only for the other one's gradient.
TEST(FindSavedTest, ProductsKeepWhatTheOtherFactorNeeds) {
  TinyGraph b;
  const auto trained = b.Add("linear", {b.Input({2, 4}), b.Parameter({4, 4})});
  const auto fixed = b.Add("linear", {b.Input({2, 4}), b.Parameter({4, 4}, false)});
  const Saved one = Find(b.Finish({b.Add("mul", {trained, fixed})}));
  EXPECT_EQ(one.ops.back(), 32);
  TinyGraph c;
  const auto left = c.Add("linear", {c.Input({2, 4}), c.Parameter({4, 4})});
  const auto right = c.Add("linear", {c.Input({2, 4}), c.Parameter({4, 4})});
  const Saved both = Find(c.Finish({c.Add("mul", {left, right})}));
  EXPECT_EQ(both.ops.back(), 64);
}

// A bias that was computed is not kept: its gradient needs nothing.
TEST(FindSavedTest, BiasesAreNotKept) {
  TinyGraph b;
  const auto x = b.Input({2, 4});
  const auto bias = b.Add("add", {b.Parameter({4}), b.Parameter({4})});
  const Saved saved = Find(b.Finish({b.Add("linear", {x, b.Parameter({4, 4}), bias})}));
  EXPECT_EQ(saved.total.bytes, 0);
}

// In training, dropout keeps its mask and what follows keeps what it drew.
TEST(FindSavedTest, DropoutDraws) {
  TinyGraph b;
  auto y = b.Add("linear", {b.Input({2, 4}), b.Parameter({4, 4})});
  y = b.Add("dropout", {b.Inplace("relu", {y})});
  const Saved saved = Find(b.Finish({b.Add("linear", {y, b.Parameter({4, 4})})}));
  EXPECT_EQ(saved.ops, (Bytes{0, 32, 8, 32}));
}

// Operators nobody knows make it partial where gradients pass them, and are listed.
TEST(FindSavedTest, UnknownOperators) {
  for (const bool trainable : {true, false}) {
    TinyGraph b;
    auto y = b.Add("linear", {b.Input({2, 4}), b.Parameter({4, 4}, trainable)});
    y = b.AddUnknown(b.AddUnknown(y, {2, 4}), {2, 4});
    const Saved saved = Find(b.Finish({b.Add("relu", {y})}));
    EXPECT_EQ(saved.total.completeness,
              trainable ? Completeness::kPartial : Completeness::kComplete);
    EXPECT_EQ(saved.missing.size(), trainable ? 1U : 0U);
    if (!trainable) continue;
    EXPECT_EQ(saved.missing[0].type, "strange");
    EXPECT_EQ(saved.missing[0].calls, 2);
    EXPECT_FALSE(saved.ops[1].has_value());
    EXPECT_EQ(saved.total.bytes, 32);
  }
}

}  // namespace
}  // namespace latcast::memory
