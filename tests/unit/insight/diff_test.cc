#include "analyzer/insight/diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/builder.h"
#include "analyzer/ops/infer.h"

namespace latcast::insight {
namespace {

using graph::DType;
using graph::Graph;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Layer {
  std::string name;
  int64_t channels = 0;  // of a convolution; 0: a relu
};

// A chain of convolutions and activations, each in a module of its own.
Graph Chain(const std::vector<Layer>& layers) {
  graph::GraphBuilder builder("chain", "test");
  graph::ValueId x = builder.AddInput("x", DType::kFloat32, {1, 3, 8, 8});
  for (const Layer& layer : layers) {
    builder.EnterCall(layer.name, layer.channels > 0 ? "Conv2d" : "ReLU", {x});
    if (layer.channels > 0) {
      const int64_t in = builder.graph().value(x).shape[1];
      const graph::ValueId weight =
          builder.AddParameter("weight", DType::kFloat32, {layer.channels, in, 1, 1});
      x = ops::AddInferred(builder, "conv2d", {x, weight})->front();
    } else {
      x = ops::AddInferred(builder, "relu", {x})->front();
    }
    builder.LeaveCall({x});
  }
  return std::move(builder).Finish({x});
}

// "same 0 0", "added - 1".
std::vector<std::string> Aligned(const Graph& before, const Graph& after) {
  std::vector<std::string> texts;
  const auto side = [](const std::optional<size_t>& index) {
    return index ? absl::StrCat(*index) : std::string("-");
  };
  for (const LayerPair& pair : AlignLayers(before, after)) {
    texts.push_back(absl::StrCat(std::string(Name(pair.change)), " ", side(pair.before), " ",
                                 side(pair.after)));
  }
  return texts;
}

// A network is the same as itself.
TEST(AlignLayersTest, Itself) {
  const Graph graph = Chain({{"a", 4}, {"b"}, {"c", 8}});
  EXPECT_THAT(Aligned(graph, graph), ElementsAre("same 0 0", "same 1 1", "same 2 2"));
}

// More channels change their layer and the one that reads them, not what is behind.
TEST(AlignLayersTest, Changed) {
  EXPECT_THAT(
      Aligned(Chain({{"a", 4}, {"b"}, {"c", 8}, {"d"}}), Chain({{"a", 6}, {"b"}, {"c", 8}, {"d"}})),
      ElementsAre("changed 0 0", "changed 1 1", "changed 2 2", "same 3 3"));
}

// A layer in between shifts the names of a Sequential: what comes after is found again by class and
// shape.
TEST(AlignLayersTest, InsertedBeforeRenamedOnes) {
  EXPECT_THAT(Aligned(Chain({{"stem", 4}, {"x1", 5}, {"x2", 6}, {"x3", 7}}),
                      Chain({{"stem", 4}, {"y1"}, {"y2", 5}, {"y3", 6}, {"y4", 7}})),
              ElementsAre("same 0 0", "added - 1", "renamed 1 2", "renamed 2 3", "renamed 3 4"));
}

// Removed layers stand where they stood.
TEST(AlignLayersTest, Removed) {
  EXPECT_THAT(Aligned(Chain({{"a", 4}, {"b"}, {"c", 4}}), Chain({{"c", 4}})),
              ElementsAre("removed 0 -", "removed 1 -", "changed 2 0"));
  EXPECT_THAT(Aligned(Chain({{"a", 4}, {"b"}}), Chain({{"a", 4}})),
              ElementsAre("same 0 0", "removed 1 -"));
}

// A layer of the same name but another operator is another layer.
TEST(AlignLayersTest, SameNameOtherOperator) {
  EXPECT_THAT(Aligned(Chain({{"a", 3}}), Chain({{"a"}})), ElementsAre("added - 0", "removed 0 -"));
}

// Every operator of both networks is there once, whatever they have in common.
TEST(AlignLayersTest, EveryOperatorOnce) {
  const Graph before = Chain({{"a", 4}, {"b"}, {"c", 5}, {"d", 6}, {"e"}});
  const Graph after = Chain({{"d", 6}, {"e"}, {"a", 4}, {"z", 5}, {"b"}});
  std::vector<size_t> of_before;
  std::vector<size_t> of_after;
  for (const LayerPair& pair : AlignLayers(before, after)) {
    if (pair.before) of_before.push_back(*pair.before);
    if (pair.after) of_after.push_back(*pair.after);
  }
  EXPECT_THAT(of_before, ::testing::UnorderedElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(of_after, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(AlignLayers(Chain({}), Chain({})), IsEmpty());
}

}  // namespace
}  // namespace latcast::insight
