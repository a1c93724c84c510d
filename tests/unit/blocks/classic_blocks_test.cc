// The nine blocks of the classic micro-benchmark, held to its published counts, and the six others.
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "analyzer/blocks/block_library.h"
#include "analyzer/features/graph_features.h"
#include "base/status_matchers.h"
#include "base/text.h"

namespace latcast::blocks {
namespace {

struct Expected {
  const char* name;
  const char* input;
  double leaves;  // calls of modules without children
  double convs;
  double acts;
  double inp;
  double flops;
  double conv_macs;
  double conv_weights;
};

// Per image, in the published order.
constexpr Expected kTable[] = {
    {"BasicBlock7", "256x14x14", 8, 3, 75264, 125440, 180031488, 179830784, 3670016},
    {"Conv2d_3x3", "3x224x224", 12, 5, 2287296, 1344896, 733716256, 727862112, 171872},
    {"Bottleneck4", "256x56x56", 11, 4, 3612672, 3211264, 786358272, 777125888, 346112},
    {"ResBottleneckBlock3", "224x28x28", 17, 6, 878584, 1054200, 302724408, 300002304, 677376},
    {"InvertedResidual3", "24x56x56", 8, 3, 978432, 978432, 28600320, 25740288, 8208},
    {"Bottleneck1", "64x56x56", 11, 4, 2408448, 1204224, 200704000, 194281472, 61952},
    {"Bottleneck9", "1024x14x14", 9, 3, 401408, 401408, 669147136, 667942912, 3407872},
    {"InvertedResidual2", "16x112x112", 8, 3, 1580544, 1705984, 33868800, 29202432, 4704},
    {"MBConv", "40x28x28", 13, 5, 235530, 220010, 8491360, 7973760, 35760},
    // In the code, not in the published table: summed layer by layer.
    {"Block01", "24x56x56", 8, 3, 526848, 526848, 14375424, 12870144, 4104},
    {"Bottleneck5", "512x28x28", 9, 3, 802816, 802816, 222380032, 219971584, 280576},
    {"Bottleneck8", "512x28x28", 11, 4, 652288, 1053696, 374262784, 372506624, 1507328},
    {"ResBottleneckBlock1", "32x112x112", 16, 6, 4215240, 3613128, 479134888, 466489856, 180992},
    {"ResnetBottleneck4", "256x56x56", 11, 4, 1304576, 2107392, 376018944, 372506624, 376832},
    {"ResnetBottleneck8", "512x28x28", 11, 4, 652288, 1053696, 374262784, 372506624, 1507328},
};

absl::StatusOr<graph::Graph> Build(const Expected& expected, int64_t batch) {
  return BuildBlock(absl::StrCat("block:classic/", expected.name, "?batch=", batch));
}

size_t CountLeaves(const graph::Graph& g) {
  std::vector<bool> has_children(g.calls.size(), false);
  for (size_t i = 1; i < g.calls.size(); ++i) {
    has_children[static_cast<size_t>(g.calls[i].parent)] = true;
  }
  return static_cast<size_t>(std::count(has_children.begin(), has_children.end(), false));
}

// The presets are the nine blocks in the order of the published table, then the others.
TEST(ClassicBlocksTest, NamesAndOrder) {
  ASSERT_EQ(ClassicProtocol().size(), 9U);
  EXPECT_EQ(ClassicProtocol().data(), ClassicBlocks().data());
  EXPECT_EQ(ClassicProtocol().back().name, "MBConv");
  ASSERT_EQ(ClassicBlocks().size(), std::size(kTable));
  for (size_t i = 0; i < std::size(kTable); ++i) {
    EXPECT_EQ(ClassicBlocks()[i].name, kTable[i].name);
    EXPECT_FALSE(ClassicBlocks()[i].doc.empty());
  }
}

// A preset names parameters of its family only, each once and within its limits.
TEST(ClassicBlocksTest, ArgumentsBelongToTheFamily) {
  for (const BlockPreset& preset : ClassicBlocks()) {
    ASSERT_OK_AND_ASSIGN(const BlockSpec family, ParseBlockSpec(preset.family));
    std::map<std::string_view, int64_t> arguments(preset.arguments.begin(), preset.arguments.end());
    EXPECT_EQ(arguments.size(), preset.arguments.size()) << preset.name;
    for (const auto& [name, value] : arguments) {
      EXPECT_TRUE(family.arguments.contains(name)) << preset.name << " " << name;
    }
  }
}

// ACTS, INP and FLOPs are the published ones to the last digit, at any batch size.
TEST(ClassicBlocksTest, ClassicFeatures) {
  for (const Expected& expected : kTable) {
    for (const int64_t batch : {1, 3, 300}) {
      ASSERT_OK_AND_ASSIGN(const graph::Graph g, Build(expected, batch));
      ASSERT_OK_AND_ASSIGN(const features::GraphFeatures f, features::ComputeFeatures(g));
      const double n = static_cast<double>(batch);
      EXPECT_EQ(f.total[Feature::kBatch], n) << expected.name;
      EXPECT_EQ(f.total[Feature::kActs], n * expected.acts) << expected.name;
      EXPECT_EQ(f.total[Feature::kInp], n * expected.inp) << expected.name;
      EXPECT_EQ(f.total[Feature::kFlops], n * expected.flops) << expected.name;
    }
  }
}

// The MACs of the convolutions alone are the published ones, and nothing else has MACs.
TEST(ClassicBlocksTest, ConvolutionMacs) {
  for (const Expected& expected : kTable) {
    ASSERT_OK_AND_ASSIGN(const graph::Graph g, Build(expected, 1));
    ASSERT_OK_AND_ASSIGN(const features::GraphFeatures f, features::ComputeFeatures(g));
    EXPECT_EQ(f.total[Feature::kMacsDense] + f.total[Feature::kMacsPointwise] +
                  f.total[Feature::kMacsGrouped] + f.total[Feature::kMacsDepthwise],
              expected.conv_macs)
        << expected.name;
    EXPECT_EQ(f.total[Feature::kMacsMatmul], 0) << expected.name;
  }
}

// Blocks are the published number of leaf calls, each of one operator, with nothing beside them.
TEST(ClassicBlocksTest, StraightListsOfLeaves) {
  for (const Expected& expected : kTable) {
    SCOPED_TRACE(expected.name);
    ASSERT_OK_AND_ASSIGN(const graph::Graph g, Build(expected, 1));
    EXPECT_EQ(graph::ToString(g.value(g.inputs[0]).shape), absl::StrCat("1x", expected.input));
    EXPECT_EQ(g.ops.size(), expected.leaves);
    EXPECT_EQ(CountLeaves(g), expected.leaves);
    double convs = 0;
    double weights = 0;
    for (const graph::Op& op : g.ops) {
      EXPECT_NE(op.type, "add");
      EXPECT_NE(op.type, "mul");
      if (op.type != "conv2d") continue;
      ++convs;
      const graph::Shape& shape = g.value(op.inputs[1]).shape;
      weights += static_cast<double>(shape[0] * shape[1] * shape[2] * shape[3]);
    }
    EXPECT_EQ(convs, expected.convs);
    EXPECT_EQ(weights, expected.conv_weights);
  }
}

// Where the published blocks leave outputs unused, so do these: operators nobody reads from.
TEST(ClassicBlocksTest, UnusedOutputs) {
  const std::map<std::string, size_t> unused = {
      {"BasicBlock7", 1},         {"Bottleneck4", 1},      {"Bottleneck1", 1},
      {"ResBottleneckBlock3", 2}, {"Bottleneck8", 1},      {"ResBottleneckBlock1", 1},
      {"ResnetBottleneck4", 1},   {"ResnetBottleneck8", 1}};
  for (const Expected& expected : kTable) {
    ASSERT_OK_AND_ASSIGN(const graph::Graph g, Build(expected, 1));
    std::vector<bool> read(g.values.size(), false);
    for (const graph::Op& op : g.ops) {
      for (const graph::ValueId id : op.inputs) read[static_cast<size_t>(id)] = true;
    }
    for (const graph::ValueId id : g.outputs) read[static_cast<size_t>(id)] = true;
    size_t count = 0;
    for (const graph::Op& op : g.ops) {
      if (!read[static_cast<size_t>(op.outputs[0])]) ++count;
    }
    const auto it = unused.find(expected.name);
    EXPECT_EQ(count, it == unused.end() ? 0 : it->second) << expected.name;
  }
}

}  // namespace
}  // namespace latcast::blocks
