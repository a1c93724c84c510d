#include "analyzer/memory/layout.h"

#include "analyzer/memory/liveness.h"
#include "analyzer/memory/saved.h"
#include "tests/support/tiny_graph.h"

namespace latcast::memory {
namespace {

using graph::Graph;
using graph::Shape;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Optional;
using Ints = std::vector<int64_t>;

// Runs of memory are cut and merged; what would span two runs takes a copy.
TEST(ViewAsTest, RunsOfMemory) {
  EXPECT_THAT(ViewAs({2, 3, 4}, {12, 4, 1}, {6, 4}), Optional(ElementsAre(4, 1)));
  EXPECT_THAT(ViewAs({6, 4}, {4, 1}, {2, 3, 4}), Optional(ElementsAre(12, 4, 1)));
  EXPECT_THAT(ViewAs({2, 3, 4}, {12, 1, 3}, {2, 12}), Eq(std::nullopt));
  EXPECT_THAT(ViewAs({4, 6}, {1, 4}, {24}), Eq(std::nullopt));
  EXPECT_THAT(ViewAs({4, 6}, {1, 4}, {2, 2, 6}), Optional(ElementsAre(2, 1, 4)));
  // Every second column.
  EXPECT_THAT(ViewAs({4, 3}, {6, 2}, {12}), Optional(ElementsAre(2)));
  EXPECT_THAT(ViewAs({4, 3}, {8, 2}, {12}), Eq(std::nullopt));
  // Repeated rows.
  EXPECT_THAT(ViewAs({5, 2, 4}, {0, 4, 1}, {5, 8}), Optional(ElementsAre(0, 1)));
  EXPECT_THAT(ViewAs({5, 2, 4}, {0, 4, 1}, {10, 4}), Eq(std::nullopt));
}

// Dimensions of size 1 never stand in the way, whatever their strides; neither do empty tensors.
TEST(ViewAsTest, OnesAndNothing) {
  EXPECT_THAT(ViewAs({3, 1, 4}, {4, 99, 1}, {12}), Optional(ElementsAre(1)));
  EXPECT_TRUE(ViewAs({1, 1}, {7, 7}, {}).has_value());
  EXPECT_TRUE(ViewAs({}, {}, {1, 1, 1}).has_value());
  EXPECT_TRUE(ViewAs({0, 4}, {1, 1}, {2, 0}).has_value());
}

// Strides through views, as PyTorch has them.
TEST(LayoutsTest, Views) {
  TinyGraph b;
  const auto x = b.Add("relu", {b.Input({2, 3, 4})});
  const auto permuted = b.Add("permute", {x}, {{"dims", Ints{2, 0, 1}}});
  const auto swapped =
      b.Add("transpose", {permuted}, {{"dim0", int64_t{0}}, {"dim1", int64_t{-1}}});
  const auto part = b.Add("select", {permuted}, {{"dim", int64_t{1}}, {"index", int64_t{0}}});
  const auto sliced = b.Add("slice", {x}, {{"dim", int64_t{2}}, {"step", int64_t{2}}});
  const auto line = b.Add("unsqueeze", {part}, {{"dim", int64_t{0}}});
  const auto many = b.Add("expand", {line}, {{"size", Ints{5, 4, 3}}});
  const auto like = b.Add("sigmoid", {permuted});
  const auto product = b.Add("softmax", {permuted}, {{"dim", int64_t{0}}});
  const Graph graph = b.Finish({swapped, sliced, many, like, product});
  const Layouts layouts(graph);
  EXPECT_THAT(layouts.Of(x), ElementsAre(12, 4, 1));
  EXPECT_THAT(layouts.Of(permuted), ElementsAre(1, 12, 4));
  EXPECT_THAT(layouts.Of(swapped), ElementsAre(4, 12, 1));
  EXPECT_THAT(layouts.Of(part), ElementsAre(1, 4));
  EXPECT_THAT(layouts.Of(sliced), ElementsAre(12, 4, 2));
  EXPECT_THAT(layouts.Of(many), ElementsAre(0, 1, 4));
  EXPECT_THAT(layouts.Of(like), ElementsAre(1, 12, 4));    // element by element: as the input lies
  EXPECT_THAT(layouts.Of(product), ElementsAre(6, 3, 1));  // in the order of its dimensions
}

// Heads that were cut from the features by a view are copied into matrices before a batched
// product; alive while it runs, and kept in training instead of what they were copied from.
TEST(LayoutsTest, BatchedProductsCopyWhatIsNoMatrix) {
  TinyGraph b;
  const auto x = b.Input({2, 8, 12});
  const auto heads = [&b](auto tokens) {
    const auto cut = b.Add("view", {tokens}, {{"size", Ints{2, 8, 3, 4}}});
    return b.Add("permute", {cut}, {{"dims", Ints{0, 2, 1, 3}}});
  };
  const auto query = heads(b.Add("linear", {x, b.Parameter({12, 12})}));
  const auto key = b.Add("transpose", {heads(b.Add("linear", {x, b.Parameter({12, 12})}))},
                         {{"dim0", int64_t{2}}, {"dim1", int64_t{3}}});
  const auto scores = b.Add("matmul", {query, key});
  const auto again = b.Add("matmul", {scores, scores});
  const Graph graph = b.Finish({again});
  const Layouts layouts(graph);
  constexpr int64_t kOperand = 4 * 2 * 8 * 12;
  const size_t product = graph.ops.size() - 2;
  EXPECT_EQ(layouts.CopiedBytes(graph.ops[product], 0).Value("").value(), kOperand);
  EXPECT_EQ(layouts.CopiedBytes(graph.ops[product], 1).Value("").value(), kOperand);
  EXPECT_EQ(layouts.CopiedBytes(graph.ops[product + 1], 0).Value("").value(), 0);
  ASSERT_OK_AND_ASSIGN(const auto kernel_bytes, KernelBytes(graph, layouts));
  EXPECT_EQ(kernel_bytes[product], 2 * kOperand);
  ASSERT_OK_AND_ASSIGN(const Saved saved,
                       FindSaved(graph, layouts, FindStorages(graph, layouts, Mode::kTraining),
                                 cost::GradientFlow(graph)));
  EXPECT_EQ(saved.ops[product], 2 * kOperand);
  EXPECT_EQ(saved.total.bytes, 2 * kOperand + 4 * 2 * 3 * 8 * 8);
}

// A broadcast operand that the copy repeats counts as often.
TEST(LayoutsTest, BroadcastOperandsAreRepeated) {
  TinyGraph b;
  const auto one = b.Add("relu", {b.Input({1, 2, 4, 4})});
  const auto many = b.Add("relu", {b.Input({5, 2, 4, 4})});
  const Graph graph = b.Finish({b.Add("matmul", {one, many})});
  const Layouts layouts(graph);
  EXPECT_EQ(layouts.CopiedBytes(graph.ops.back(), 0).Value("").value(), 4 * 5 * 2 * 16);
  EXPECT_EQ(layouts.CopiedBytes(graph.ops.back(), 1).Value("").value(), 0);
}

// A linear layer takes rows: a transposed input is copied, a plain one is not.
TEST(LayoutsTest, LinearLayersTakeRows) {
  TinyGraph b;
  const auto x = b.Add("relu", {b.Input({2, 3, 4})});
  const auto weight = b.Parameter({4, 4});
  const auto plain = b.Add("linear", {x, weight});
  const auto swapped = b.Add("transpose", {x}, {{"dim0", int64_t{0}}, {"dim1", int64_t{1}}});
  const auto copied = b.Add("linear", {swapped, weight});
  const Graph graph = b.Finish({plain, copied});
  const Layouts layouts(graph);
  EXPECT_EQ(layouts.CopiedBytes(graph.ops[1], 0).Value("").value(), 0);
  EXPECT_EQ(layouts.CopiedBytes(graph.ops.back(), 0).Value("").value(), 4 * 24);
}

// Attention lays its result out as the query: heads cut from features by a view come back together
// without a copy, heads that lay apart do not.
TEST(LayoutsTest, HeadsJoinInPlace) {
  for (const bool cut_by_view : {true, false}) {
    TinyGraph b;
    auto query = b.Add("relu", {b.Input(cut_by_view ? Shape{2, 8, 3, 4} : Shape{2, 3, 8, 4})});
    if (cut_by_view) {
      query = b.Add("transpose", {query}, {{"dim0", int64_t{1}}, {"dim1", int64_t{2}}});
    }
    const auto made = b.Add("scaled_dot_product_attention", {query, query, query});
    const auto swapped = b.Add("transpose", {made}, {{"dim0", int64_t{1}}, {"dim1", int64_t{2}}});
    const auto joined = b.Add("contiguous", {swapped});
    Graph graph = b.Finish({joined});
    // What a capture without data sees: a copy.
    graph.value(joined).storage = joined;
    const Layouts layouts(graph);
    EXPECT_EQ(layouts.JoinsHeadsInPlace(graph.ops.back()), cut_by_view);
    const Storages storages = FindStorages(graph, layouts, Mode::kEvaluation);
    EXPECT_EQ(&storages.Of(joined) == &storages.Of(made), cut_by_view);
  }
}

}  // namespace
}  // namespace latcast::memory
