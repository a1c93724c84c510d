#include "analyzer/memory/storages.h"

#include "tests/support/tiny_graph.h"

namespace latcast::memory {
namespace {

using graph::Graph;

// Views and results in place are the storage of what they were made from.
TEST(FindStoragesTest, ViewsAndInplaceShare) {
  TinyGraph b;
  const auto x = b.Input({4, 8});
  const auto y = b.Add("relu", {x});
  const auto view = b.Add("view", {y}, {{"size", std::vector<int64_t>{32}}});
  const auto z = b.Inplace("relu", {view});
  const Graph graph = b.Finish({z});
  const Storages storages = FindStorages(graph, Layouts(graph), Mode::kEvaluation);
  EXPECT_EQ(storages.all.size(), 2U);
  EXPECT_EQ(&storages.Of(y), &storages.Of(z));
  EXPECT_EQ(storages.Of(y).bytes, 4 * 32);
  EXPECT_EQ(storages.Of(y).maker, 0);
  EXPECT_EQ(storages.Of(y).value, y);
  EXPECT_EQ(storages.Of(y).role, Role::kActivation);
  EXPECT_EQ(storages.Of(x).role, Role::kInput);
  EXPECT_EQ(storages.Of(x).maker, graph::kNone);
}

// A view that repeats elements is as large as what it repeats.
TEST(FindStoragesTest, RepeatingViews) {
  graph::GraphBuilder b("net", "test");
  const auto token = b.AddParameter("token", graph::DType::kFloat32, {1, 8});
  const auto many = b.AddActivation(graph::DType::kFloat32, {100, 8}, token);
  b.AddOp("strange", {token}, {many});
  const Graph graph = std::move(b).Finish({many});
  const Storages storages = FindStorages(graph, Layouts(graph), Mode::kEvaluation);
  EXPECT_EQ(storages.Of(many).bytes, 4 * 8);
  EXPECT_EQ(storages.Of(many).role, Role::kWeight);
}

// Dropout hands its input through in evaluation; in training what follows it, views included, is
// another tensor. One that never drops, or drops in place, stays the same.
TEST(FindStoragesTest, DropoutDrawsInTraining) {
  TinyGraph b;
  const auto y = b.Add("relu", {b.Input({4})});
  const auto dropped = b.Add("dropout", {y}, {{"p", 0.5}});
  const auto view = b.Add("view", {dropped}, {{"size", std::vector<int64_t>{2, 2}}});
  const auto kept = b.Add("dropout", {view}, {{"p", 0.0}});
  const auto inplace = b.Add("dropout", {kept}, {{"p", 0.5}, {"inplace", true}});
  const Graph graph = b.Finish({inplace});
  EXPECT_EQ(FindStorages(graph, Layouts(graph), Mode::kEvaluation).all.size(), 2U);
  const Storages training = FindStorages(graph, Layouts(graph), Mode::kTraining);
  EXPECT_EQ(training.all.size(), 3U);
  EXPECT_NE(&training.Of(y), &training.Of(dropped));
  EXPECT_EQ(&training.Of(dropped), &training.Of(inplace));
  EXPECT_EQ(training.Of(dropped).maker, 1);
}

// Sums that might not fit 64 bits are refused at the operator, sums that do are not.
TEST(CheckSumsTest, Overflow) {
  TinyGraph b;
  const auto x = b.Input({int64_t{1} << 57});
  const Graph graph = b.Finish({b.Add("relu", {b.Add("relu", {x})})});
  EXPECT_THAT(CheckSums(graph, {0, 0}),
              StatusIs(absl::StatusCode::kOutOfRange,
                       ::testing::HasSubstr("operator 0 'relu' (relu): the memory")));
  TinyGraph small;
  const Graph fits = small.Finish({small.Add("relu", {small.Input({8})})});
  EXPECT_OK(CheckSums(fits, {0}));
  EXPECT_FALSE(CheckSums(fits, {int64_t{1} << 62}).ok());
}

}  // namespace
}  // namespace latcast::memory
