#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "analyzer/blocks/block_library.h"
#include "analyzer/features/graph_features.h"
#include "analyzer/graph/verify.h"
#include "base/status_matchers.h"
#include "base/text.h"

namespace latcast::blocks {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kOutOfRange = absl::StatusCode::kOutOfRange;

int Count(const graph::Graph& g, std::string_view type) {
  return static_cast<int>(std::count_if(g.ops.begin(), g.ops.end(),
                                        [&](const graph::Op& op) { return op.type == type; }));
}

int CountIn(const std::string& spec, std::string_view type) {
  const absl::StatusOr<graph::Graph> g = BuildBlock(spec);
  EXPECT_OK(g) << spec;
  return g.ok() ? Count(*g, type) : -1;
}

std::string OutputShape(const std::string& spec) {
  const absl::StatusOr<graph::Graph> g = BuildBlock(spec);
  EXPECT_OK(g) << spec;
  return g.ok() ? graph::ToString(g->value(g->outputs[0]).shape) : "";
}

// The output shape of the module call at `path`.
std::string OutputOf(const std::string& spec, std::string_view path) {
  const absl::StatusOr<graph::Graph> g = BuildBlock(spec);
  EXPECT_OK(g) << spec;
  if (!g.ok()) return "";
  for (const graph::ModuleCall& call : g->calls) {
    if (call.path == path) return graph::ToString(g->value(call.outputs[0]).shape);
  }
  return "no such call";
}

// Arguments that fit together in every family.
class Sampler {
 public:
  explicit Sampler(uint64_t seed) : random_(seed) {}

  BlockArguments Sample(const BlockFamily& family) {
    BlockArguments arguments;
    for (const BlockParameter& parameter : family.parameters) {
      arguments.emplace(parameter.name, Value(parameter));
    }
    if (family.name == "ShuffleUnit") arguments["stride"] = 2;  // 1 keeps the channels
    if (family.name == "NB201Reduction") {
      for (const char* side : {"h", "w"}) arguments[side] *= arguments["stride"];
    }
    return arguments;
  }

 private:
  int64_t Between(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random_);
  }

  int64_t Value(const BlockParameter& parameter) {
    const std::string_view name = parameter.name;
    if (name == "batch") return Between(1, 4);
    if (name == "h" || name == "w") return Between(32, 64);
    if (name == "kernel") return 2 * Between(0, 3) + 1;
    if (name == "stride") return Between(parameter.min, 2);
    if (name == "groups" || name == "heads") return int64_t{1} << Between(0, 3);
    if (name == "shortcut_stride") return 0;
    if (name == "padding") return Between(0, 3);
    if (name == "pool") return Between(0, 1) * Between(2, 4);
    if (name == "pool_padding") return Between(0, 1);
    if (parameter.max <= 4) return Between(parameter.min, parameter.max);  // switches
    if (parameter.max <= 64) return Between(1, 4);                         // factors, repetitions
    if (parameter.min == 0) return 8 * Between(0, 4);
    return 8 * Between(1, 12);  // channels, features
  }

  std::mt19937_64 random_;
};

absl::StatusOr<FeatureVector> Features(const BlockSpec& spec) {
  ASSIGN_OR_RETURN(const graph::Graph g, BuildBlock(spec));
  RETURN_IF_ERROR(graph::Verify(g));
  ASSIGN_OR_RETURN(const features::GraphFeatures f, features::ComputeFeatures(g));
  if (!f.unknown_ops.empty()) {
    return absl::UnimplementedError("no rule for " + f.unknown_ops.front().type);
  }
  return f.total;
}

// Every family builds at its defaults into a graph that keeps the rules, reads its whole input and
// is called as the spec names it.
TEST(FamiliesTest, BuildAtTheirDefaults) {
  for (const BlockFamily& family : BuiltinFamilies()) {
    SCOPED_TRACE(std::string(family.name));
    ASSERT_OK_AND_ASSIGN(const graph::Graph g, BuildBlock(family.name));
    EXPECT_OK(graph::Verify(g));
    EXPECT_EQ(g.name, family.name);
    EXPECT_EQ(g.inputs.size(), 1U);
    EXPECT_EQ(g.outputs.size(), 1U);
    EXPECT_FALSE(g.ops.empty());
    EXPECT_FALSE(g.calls[0].class_name.empty());
  }
}

// Every family builds with any arguments that fit together, every operator in it is known, and the
// work grows with the batch: every sum is proportional to it, but the weights and the calls stay.
TEST(FamiliesTest, FeaturesAreLinearInTheBatch) {
  Sampler sampler(20);
  const Feature linear[] = {Feature::kBatch,         Feature::kActs,          Feature::kInp,
                            Feature::kMacsDense,     Feature::kMacsPointwise, Feature::kMacsGrouped,
                            Feature::kMacsDepthwise, Feature::kMacsMatmul,    Feature::kIoMatmul,
                            Feature::kElementwise,   Feature::kFlops};
  const Feature constant[] = {Feature::kWeights, Feature::kKernels};
  for (const BlockFamily& family : BuiltinFamilies()) {
    for (int i = 0; i < 30; ++i) {
      BlockSpec spec{std::string(family.name), &family, sampler.Sample(family)};
      SCOPED_TRACE(spec.ToString());
      const double batch = static_cast<double>(spec.arguments["batch"]);
      ASSERT_OK_AND_ASSIGN(const FeatureVector many, Features(spec));
      spec.arguments["batch"] = 1;
      ASSERT_OK_AND_ASSIGN(const FeatureVector one, Features(spec));
      for (const Feature f : linear) EXPECT_EQ(many[f], batch * one[f]) << Info(f).name;
      for (const Feature f : constant) EXPECT_EQ(many[f], one[f]) << Info(f).name;
      EXPECT_GT(one[Feature::kKernels], 0);
    }
  }
}

// A parameter that belongs to a family changes the graph: none is ignored.
TEST(FamiliesTest, EveryParameterMatters) {
  const std::map<std::string, std::string> base = {
      {"BasicBlock", "cin=64&cout=64"},
      {"Bottleneck", "residual=0&cin=256&cout=512"},
      {"RegNetBlock", "cin=224&cout=448&stride=1"},
      {"InvertedResidual", "cin=24&cout=24"},
      {"ShuffleUnit", "stride=2"},
      {"GhostBottleneck", "stride=2"},
      {"TransformerEncoder", "heads=2"},
  };
  for (const BlockFamily& family : BuiltinFamilies()) {
    const auto it = base.find(std::string(family.name));
    ASSERT_OK_AND_ASSIGN(
        const BlockSpec spec,
        ParseBlockSpec(std::string(family.name) + (it == base.end() ? "" : "?" + it->second)));
    ASSERT_OK_AND_ASSIGN(const graph::Graph before, BuildBlock(spec));
    const auto describe = [](const graph::Graph& g) {
      std::string text;
      for (const graph::Op& op : g.ops) {
        absl::StrAppend(&text, op.type, "(");
        for (const graph::ValueId id : op.inputs) {
          absl::StrAppend(&text, id, ":", graph::ToString(g.value(id).shape), ",");
        }
        absl::StrAppend(&text, ")->", graph::ToString(g.value(op.outputs[0]).shape), "\n");
      }
      return text;
    };
    for (const BlockParameter& parameter : family.parameters) {
      BlockSpec changed = spec;
      int64_t& value = changed.arguments.find(parameter.name)->second;
      if (parameter.name == "pool_padding" || parameter.max == 1) {
        value = 1 - value;
      } else if (parameter.name == "groups" || parameter.name == "width") {
        value *= 2;
      } else {
        value = value + 2 > parameter.max ? parameter.min : value + 2;
      }
      ASSERT_OK_AND_ASSIGN(const graph::Graph after, BuildBlock(changed));
      EXPECT_NE(describe(before), describe(after)) << family.name << " " << parameter.name;
    }
  }
}

// With residual 1 the shortcut is added exactly where the network does so; with 0 never.
TEST(FamiliesTest, ResidualAdds) {
  EXPECT_EQ(CountIn("BasicBlock", "add"), 1);
  EXPECT_EQ(CountIn("BasicBlock?stride=2&cout=128", "add"), 1);
  EXPECT_EQ(CountIn("BasicBlock?residual=0", "add"), 0);
  EXPECT_EQ(CountIn("Bottleneck?groups=32&width=128", "add"), 1);
  EXPECT_EQ(CountIn("Bottleneck?residual=0", "add"), 0);
  EXPECT_EQ(CountIn("RegNetBlock", "add"), 1);
  EXPECT_EQ(CountIn("RegNetBlock?cin=448&stride=1", "add"), 1);
  EXPECT_EQ(CountIn("RegNetBlock?residual=0", "add"), 0);
  EXPECT_EQ(CountIn("InvertedResidual?cin=24&cout=24&stride=1", "add"), 1);
  EXPECT_EQ(CountIn("InvertedResidual?cin=24&cout=32&stride=1", "add"), 0);
  EXPECT_EQ(CountIn("InvertedResidual?cin=24&cout=24&stride=2", "add"), 0);
  EXPECT_EQ(CountIn("InvertedResidual?residual=0", "add"), 0);
  EXPECT_EQ(CountIn("MBConv?cin=40&cout=40&stride=1", "add"), 1);
  EXPECT_EQ(CountIn("MBConv?cin=40&cout=80&stride=1", "add"), 0);
  EXPECT_EQ(CountIn("MBConv?residual=0", "add"), 0);
}

// A squeeze-and-excitation gate multiplies in the network's wiring, and only there.
TEST(FamiliesTest, GatesMultiply) {
  EXPECT_EQ(CountIn("MBConv", "mul"), 1);
  EXPECT_EQ(CountIn("MBConv?residual=0", "mul"), 0);
  EXPECT_EQ(CountIn("MBConv?se=0", "mul"), 0);
  EXPECT_EQ(CountIn("MBConv?se=0", "sigmoid"), 0);
  EXPECT_EQ(CountIn("RegNetBlock", "mul"), 1);
  EXPECT_EQ(CountIn("RegNetBlock?residual=0", "mul"), 0);
  EXPECT_EQ(CountIn("RegNetBlock?residual=0", "sigmoid"), 1);
}

// The edges of a NAS-Bench-201 cell are what their numbers say, and every sum begins with zero.
TEST(FamiliesTest, EdgesOfACell) {
  const auto cell = [](int edge) {
    return absl::StrCat("NB201Cell?e10=", edge, "&e20=", edge, "&e21=", edge, "&e30=", edge,
                        "&e31=", edge, "&e32=", edge);
  };
  EXPECT_EQ(CountIn(cell(0), "mul"), 6);
  EXPECT_EQ(CountIn(cell(1), "add"), 6);  // and nothing else
  EXPECT_EQ(BuildBlock(cell(1))->ops.size(), 6U);
  EXPECT_EQ(CountIn(cell(2), "conv2d"), 6);
  EXPECT_EQ(CountIn(cell(3), "relu"), 6);
  EXPECT_EQ(CountIn(cell(4), "avg_pool2d"), 6);
}

// The squeeze of a once-for-all block: a quarter to the nearest 8, never a tenth less.
TEST(FamiliesTest, SqueezeOfOnceForAll) {
  const auto squeeze = [](int cin) {
    return OutputOf(absl::StrCat("OFABlock?expand=1&cin=", cin), "conv.depth_conv.se.fc.reduce");
  };
  EXPECT_EQ(squeeze(16), "1x8x1x1");
  EXPECT_EQ(squeeze(40), "1x16x1x1");  // 10 -> 8 would lose a fifth
  EXPECT_EQ(squeeze(72), "1x24x1x1");  // 18 -> 16 would lose a ninth
  EXPECT_EQ(squeeze(160), "1x40x1x1");
}

// In-place operators share the storage of what they overwrite, and never touch a shortcut.
TEST(FamiliesTest, InplaceAliases) {
  ASSERT_OK_AND_ASSIGN(const graph::Graph g, BuildBlock("BasicBlock"));
  const int32_t input_storage = g.value(g.inputs[0]).storage;
  int inplace = 0;
  for (const graph::Op& op : g.ops) {
    const auto it = op.attributes.find("inplace");
    const bool is_inplace = it != op.attributes.end() && std::get<bool>(it->second);
    inplace += is_inplace;
    const int32_t output = g.value(op.outputs[0]).storage;
    EXPECT_EQ(output == g.value(op.inputs[0]).storage, is_inplace) << op.name;
    EXPECT_NE(output, input_storage) << op.name;
  }
  EXPECT_EQ(inplace, 3);  // two ReLUs and the addition
}

// Output shapes of the families, at sizes that round.
TEST(FamiliesTest, OutputShapes) {
  EXPECT_EQ(OutputShape("BasicBlock?batch=2&h=57&w=56&stride=2&cout=128"), "2x128x29x28");
  EXPECT_EQ(OutputShape("InceptionStem"), "1x192x35x35");
  EXPECT_EQ(OutputShape("MBConv?kernel=5&stride=2&h=27"), "1x40x14x14");
  EXPECT_EQ(OutputShape("classic/MBConv"), "1x80x1x1");
  EXPECT_EQ(OutputShape("ResNetStem"), "1x64x56x56");
  EXPECT_EQ(OutputShape("ResNetStem?pool=0"), "1x64x112x112");
  EXPECT_EQ(OutputShape("ResNetStem?kernel=11&stride=4&padding=2&bn=0&pool_padding=0"),
            "1x64x27x27");
  EXPECT_EQ(OutputShape("VggStage?h=57&w=56"), "1x256x28x28");
  EXPECT_EQ(OutputShape("DepthwiseSeparable?stride=2"), "1x128x28x28");
  EXPECT_EQ(OutputShape("DenseLayer"), "1x160x28x28");
  EXPECT_EQ(OutputShape("Fire?expand1x1=8&expand3x3=24"), "1x32x54x54");
  EXPECT_EQ(OutputShape("GlobalPool?h=14&w=13&out=6"), "1x512x6x6");
  EXPECT_EQ(OutputShape("PoolHead?batch=5"), "5x1000");
  EXPECT_EQ(OutputShape("Classifier?hidden_layers=1&out=10"), "1x10");
  EXPECT_EQ(OutputShape("ConvBnAct?kernel=4"), "1x64x55x55");
  EXPECT_EQ(OutputShape("Inception?kernel=5&h=27"), "1x256x27x28");
  EXPECT_EQ(OutputShape("ShuffleUnit?stride=2&cout=232&h=27"), "1x232x14x14");
  EXPECT_EQ(OutputShape("GhostBottleneck?cout=41&stride=2&h=27"), "1x41x14x28");
  EXPECT_EQ(OutputShape("RepVggBlock?stride=2&cout=96"), "1x96x28x28");
  EXPECT_EQ(OutputShape("Transition?h=57"), "1x128x28x28");
  EXPECT_EQ(OutputShape("PatchStem?cout=768&patch=16&norm=0"), "1x768x14x14");
  EXPECT_EQ(OutputShape("TransformerEncoder?batch=2&tokens=50"), "2x50x384");
  EXPECT_EQ(OutputShape("NB201Reduction"), "1x32x16x16");
  EXPECT_EQ(OutputShape("OFABlock?stride=2&cout=80"), "1x80x14x14");
  EXPECT_EQ(OutputShape("FBNetBlock?stride=2&h=57&groups=4"), "1x24x29x28");
}

// Arguments that do not fit together are refused with the layer or the parameter, and why.
TEST(FamiliesTest, ArgumentsThatDoNotFit) {
  const struct {
    const char* spec;
    const char* message;
  } kCases[] = {
      {"Bottleneck?width=64&groups=3", "conv2: groups 3 does not divide 64 input channels"},
      {"RegNetBlock?width=100", "f.b.0: groups 8 does not divide 100 input channels"},
      {"ConvBnAct?cin=64&cout=60&groups=32", "0: groups 32 does not divide 60 output channels"},
      {"ConvBnAct?cin=3&groups=2", "0: groups 2 does not divide 3 input channels"},
      {"Bottleneck?shortcut_stride=2", "shortcut_stride 2 differs from stride 1"},
      {"InvertedResidual?kernel=4", "kernel 4 is even"},
      {"MBConv?kernel=2", "kernel 2 is even"},
      {"ResNetStem?pool=3&pool_padding=2", "pool_padding 2 is more than half of pool 3"},
      {"ShuffleUnit?cout=232", "cout 232 differs from cin 116: only a stride allows that"},
      {"ShuffleUnit?cout=117", "cout 117 is odd"},
      {"TransformerEncoder?heads=7", "heads 7 does not divide dim 384"},
      {"FBNetBlock?groups=5", "pw.0: groups 5 does not divide 24 input channels"},
      {"RepVggBlock?groups=7", "reparam_conv: groups 7 does not divide 48 input channels"},
      {"ConvNeXtBlock?kernel=6", "kernel 6 is even"},
      {"NB201Reduction?w=33", "w 33 is no multiple of stride 2"},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(BuildBlock(c.spec),
                StatusIs(kInvalid, AllOf(HasSubstr("block '"), HasSubstr(c.message))))
        << c.spec;
  }
}

// An image smaller than its windows is refused, and the error names the layer.
TEST(FamiliesTest, ImagesTooSmall) {
  EXPECT_THAT(BuildBlock("InceptionStem?h=8&w=8"),
              StatusIs(kInvalid, HasSubstr("block 'InceptionStem': maxpool1")));
  EXPECT_THAT(BuildBlock("ResNetStem?h=1&w=1&padding=0"),
              StatusIs(kInvalid, HasSubstr("block 'ResNetStem': conv1")));
  EXPECT_THAT(BuildBlock("VggStage?h=1"), StatusIs(kInvalid, HasSubstr("block 'VggStage': 6")));
}

// Sizes beyond 64 bits are OUT_OF_RANGE for every family, though each argument is within its
// limits.
TEST(FamiliesTest, TensorsBeyond64Bits) {
  for (const BlockFamily& family : BuiltinFamilies()) {
    // Classifiers are below, sequences have no image.
    if (family.name == "Classifier" || family.name == "TransformerEncoder") continue;
    const bool is_shuffle = family.name == "ShuffleUnit";
    EXPECT_THAT(BuildBlock(absl::StrCat(ToAbsl(family.name),
                                        "?batch=1000000&cin=1000000&h=1000000&w=1000000",
                                        is_shuffle ? "&stride=2" : "")),
                StatusIs(kOutOfRange, HasSubstr("64 bits")))
        << family.name;
  }
}

// So are those of a sequence.
TEST(FamiliesTest, SequencesBeyond64Bits) {
  EXPECT_THAT(BuildBlock("TransformerEncoder?batch=1000000&tokens=1000000&dim=1000000&heads=1"),
              StatusIs(kOutOfRange, HasSubstr("64 bits")));
}

// Counts beyond 64 bits are OUT_OF_RANGE, also where every tensor fits.
TEST(FamiliesTest, CountsBeyond64Bits) {
  for (const char* spec :
       {"Classifier?batch=1000000&in=1000000&hidden=1000000&hidden_layers=64&out=1",
        "ConvBnAct?cin=1000000&cout=1000000&h=1000&w=1000&kernel=5",
        "ConvBnAct?batch=1000000&h=10000&w=10000&kernel=1&cin=100&cout=1000000"}) {
    const absl::StatusOr<BlockSpec> parsed = ParseBlockSpec(spec);
    ASSERT_OK(parsed);
    EXPECT_THAT(Features(*parsed), StatusIs(kOutOfRange, HasSubstr("64 bits"))) << spec;
  }
}

}  // namespace
}  // namespace latcast::blocks
