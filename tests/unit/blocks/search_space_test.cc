#include "analyzer/blocks/search_space.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "analyzer/blocks/block_library.h"
#include "base/status_matchers.h"

namespace latcast::blocks {
namespace {

std::vector<SpaceCell> Cells(std::string_view space, SpaceInput input = {}) {
  return FindSearchSpace(space)->cells(input);
}

// Every cell builds at several resolutions, odd ones too, and no place has a choice twice.
TEST(SearchSpaceTest, CellsBuild) {
  for (const SearchSpace& space : BuiltinSearchSpaces()) {
    EXPECT_EQ(FindSearchSpace(space.name), &space);
    EXPECT_FALSE(space.doc.empty());
    for (const int64_t resolution : {224, 161, 32}) {
      std::set<std::pair<std::string, std::string>> choices;
      for (const SpaceCell& cell : space.cells({.resolution = resolution, .batch = 3})) {
        EXPECT_TRUE(choices.emplace(cell.place, cell.key).second) << cell.key;
        if (cell.spec.empty()) continue;
        ASSERT_OK_AND_ASSIGN(const graph::Graph g, BuildBlock(cell.spec));
        EXPECT_EQ(g.value(g.inputs[0]).shape[0], 3) << cell.spec;
      }
    }
  }
  EXPECT_EQ(FindSearchSpace("darts"), nullptr);
}

// FBNet: 22 layers of eight blocks and "skip"; each layer reads what the one before it writes, from
// 112x112x16 to 7x7x352.
TEST(SearchSpaceTest, FbnetLayersChain) {
  const std::vector<SpaceCell> cells = Cells("fbnet");
  ASSERT_EQ(cells.size(), 22U * 9U);
  graph::Shape shape = {1, 16, 112, 112};
  for (size_t layer = 0; layer < 22; ++layer) {
    graph::Shape out;
    for (size_t i = 0; i < 8; ++i) {
      const SpaceCell& cell = cells[layer * 9 + i];
      EXPECT_EQ(cell.place, absl::StrCat("layer ", layer));
      ASSERT_OK_AND_ASSIGN(const graph::Graph g, BuildBlock(cell.spec));
      EXPECT_EQ(g.value(g.inputs[0]).shape, shape) << cell.spec;
      out = g.value(g.outputs[0]).shape;
    }
    EXPECT_EQ(cells[layer * 9 + 8].key, "skip");
    EXPECT_EQ(cells[layer * 9 + 8].spec, "");
    shape = out;
  }
  EXPECT_EQ(shape, (graph::Shape{1, 352, 7, 7}));
}

// "7x7x160" as the keys of once-for-all have it: height, width, channels; features alone are N.
std::string KeyShape(const graph::Shape& shape) {
  return shape.size() == 2 ? absl::StrCat(shape[1])
                           : absl::StrCat(shape[2], "x", shape[3], "x", shape[1]);
}

// Once-for-all: a key says the shapes, stride and shortcut that its block has.
TEST(SearchSpaceTest, OfaKeysSayWhatTheBlocksAre) {
  const std::vector<SpaceCell> cells = Cells("ofa");
  // Stem, first block, 5 stages of 9 choices with and without a stride or change, 4 at the end.
  EXPECT_EQ(cells.size(), 1U + 1U + 5U * 18U + 4U);
  for (const SpaceCell& cell : cells) {
    SCOPED_TRACE(cell.key);
    ASSERT_OK_AND_ASSIGN(const graph::Graph g, BuildBlock(cell.spec));
    EXPECT_TRUE(absl::StrContains(cell.key,
                                  absl::StrCat("-output:", KeyShape(g.value(g.outputs[0]).shape))));
    if (!absl::StartsWith(cell.key, "expanded_conv")) continue;
    EXPECT_TRUE(absl::StrContains(
        cell.key, absl::StrCat("-input:", KeyShape(g.value(g.inputs[0]).shape), "-")));
    ASSERT_OK_AND_ASSIGN(const BlockSpec spec, ParseBlockSpec(cell.spec));
    const auto& a = spec.arguments;
    const bool adds = a.at("stride") == 1 && a.at("cin") == a.at("cout");
    EXPECT_TRUE(absl::StrContains(
        cell.key, absl::StrCat("-expand:", a.at("cin") * a.at("expand"), "-kernel:", a.at("kernel"),
                               "-stride:", a.at("stride"), "-idskip:", adds ? 1 : 0,
                               "-se:", a.at("se"), "-hs:", a.at("hs"))));
  }
}

// The queries that once-for-all makes for one of its networks, as its latency tables spell them.
TEST(SearchSpaceTest, OfaAnswersTheQueriesOfANetwork) {
  std::map<std::string, std::string> specs;
  for (const SpaceCell& cell : Cells("ofa")) specs[cell.key] = cell.spec;
  for (const char* key :
       {"Conv-input:224x224x3-output:112x112x16",
        "expanded_conv-input:112x112x16-output:112x112x16-expand:16-kernel:3-stride:1-idskip:1-se:0"
        "-hs:0",
        "expanded_conv-input:56x56x24-output:28x28x40-expand:96-kernel:7-stride:2-idskip:0-se:1-"
        "hs:0",
        "expanded_conv-input:14x14x80-output:14x14x112-expand:240-kernel:3-stride:1-idskip:0-se:1-"
        "hs:1",
        "expanded_conv-input:7x7x160-output:7x7x160-expand:960-kernel:5-stride:1-idskip:1-se:1-hs:"
        "1",
        "Conv_1-input:7x7x160-output:7x7x960", "AvgPool2D-input:7x7x960-output:1x1x960",
        "Conv_2-input:1x1x960-output:1x1x1280", "Logits-input:1x1x1280-output:1000"}) {
    EXPECT_TRUE(specs.contains(key)) << key;
  }
}

}  // namespace
}  // namespace latcast::blocks
