#include "analyzer/features/graph_features.h"

#include "tests/support/resnet18.h"
#include "tests/unit/features/one_op.h"

namespace latcast::features {
namespace {

using ::testing::HasSubstr;

// ResNet-18's published sums and the rest of the columns worked out by hand.
TEST(ComputeFeaturesTest, ResNet18) {
  ASSERT_OK_AND_ASSIGN(const GraphFeatures features, ComputeFeatures(ResNet18Builder::Build()));
  const FeatureVector& v = features.total;
  EXPECT_EQ(v[Feature::kBatch], 1);
  EXPECT_EQ(v[Feature::kActs], 2'483'712);
  EXPECT_EQ(v[Feature::kInp], 2'182'656);
  EXPECT_EQ(v[Feature::kMacsPointwise], 3 * 6'422'528);
  EXPECT_EQ(v[Feature::kMacsMatmul], 512'000);
  EXPECT_EQ(v[Feature::kMacsDense], 1'814'073'344 - 512'000 - 3 * 6'422'528);
  EXPECT_EQ(v[Feature::kMacsGrouped] + v[Feature::kMacsDepthwise], 0);
  EXPECT_EQ(v[Feature::kIoMatmul], 1'512);
  // Normalisation and ReLU read and write, the sums read two and write one, the pools.
  const double elementwise =
      2 * 2'483'712 + 2 * 2'308'096 + 3 * 752'640 + 802'816 + 200'704 + 25'088 + 512;
  EXPECT_EQ(v[Feature::kElementwise], elementwise);
  EXPECT_EQ(v[Feature::kWeights], 11'689'512 - 9'600 - 1'000);
  EXPECT_EQ(v[Feature::kKernels], 68);
  EXPECT_EQ(v[Feature::kFlops], 1'814'073'344 + 4'967'424 + 2'308'096 + 802'816 + 25'088);
  EXPECT_EQ(v[Feature::kMacsAll], 1'814'073'344);
  EXPECT_EQ(v[Feature::kIoAll], elementwise + 2'483'712 + 2'182'656 + 1'512);
  EXPECT_EQ(v[Feature::kPoolwin], 200'704 * 9);
  EXPECT_EQ(v[Feature::kWMmp], 512'000);
  // Stem and first stage have 64 channels of a tile of 128, the last layer 1000 of 1024; only the
  // image's three channels are no multiple of 16; no copy, one reduction.
  EXPECT_EQ(v[Feature::kMacsIdle], 118'013'952 + 4 * 115'605'504 + 24 * 512);
  EXPECT_EQ(v[Feature::kMacsUnaligned], 118'013'952);
  EXPECT_EQ(v[Feature::kNReduce], 1);
  EXPECT_EQ(v[Feature::kIoReduce], 25'088 + 512);
  EXPECT_EQ(v[Feature::kIoCopy], 0);
  EXPECT_EQ(features.completeness, cost::Completeness::kComplete);
}

// Every column is present in every vector, zero or not.
TEST(ComputeFeaturesTest, EveryColumnIsPresent) {
  ASSERT_OK_AND_ASSIGN(const GraphFeatures features, ComputeFeatures(ResNet18Builder::Build(3)));
  const uint64_t all = (uint64_t{1} << kFeatureCount) - 1;
  EXPECT_TRUE(features.total.HasAll(all));
  for (const auto* vectors : {&features.ops, &features.calls}) {
    for (const FeatureVector& v : *vectors) {
      EXPECT_TRUE(v.HasAll(all));
      EXPECT_EQ(v[Feature::kBatch], 3);
    }
  }
}

// The features of a network are the sum of its operators', and those of a call the sum of its own
// operators' and its children's, on any number of threads.
TEST(ComputeFeaturesTest, SumsOverOperatorsAndCalls) {
  const graph::Graph graph = ResNet18Builder::Build(2);
  for (const int threads : {1, 4}) {
    ASSERT_OK_AND_ASSIGN(const GraphFeatures features,
                         ComputeFeatures(graph, {.threads = threads}));
    FeatureVector sum;
    for (const FeatureVector& op : features.ops) sum += op;
    EXPECT_EQ(sum, features.total);
    EXPECT_EQ(features.calls[0], features.total);
    for (size_t c = 0; c < graph.calls.size(); ++c) {
      FeatureVector call = features.ops[0];
      for (size_t f = 1; f < kFeatureCount; ++f) call.Set(static_cast<Feature>(f), 0);
      for (size_t i = 0; i < graph.ops.size(); ++i) {
        if (graph.ops[i].call == static_cast<graph::CallId>(c)) call += features.ops[i];
      }
      for (size_t child = 1; child < graph.calls.size(); ++child) {
        if (graph.calls[child].parent == static_cast<graph::CallId>(c)) {
          call += features.calls[child];
        }
      }
      EXPECT_EQ(call, features.calls[c]) << graph.calls[c].path;
    }
  }
}

// Threads change the cpu set alone. All of ResNet-18's convolutions are large enough for oneDNN:
// its 1 x 1 ones are strided.
TEST(ComputeFeaturesTest, ThreadsChangeNoOtherSet) {
  const graph::Graph graph = ResNet18Builder::Build();
  ASSERT_OK_AND_ASSIGN(const GraphFeatures one, ComputeFeatures(graph));
  ASSERT_OK_AND_ASSIGN(const GraphFeatures four, ComputeFeatures(graph, {.threads = 4}));
  for (const Feature feature : FindFeatureSet("general")->predictors) {
    EXPECT_EQ(one.total[feature], four.total[feature]) << Info(feature).name;
  }
  EXPECT_EQ(one.total[Feature::kNMkl], 20);
  EXPECT_EQ(four.total[Feature::kNMkl], 20);
}

// Operators nobody knows make the features partial and count nothing.
TEST(ComputeFeaturesTest, UnknownOperators) {
  ASSERT_OK_AND_ASSIGN(graph::Graph graph, ops::SingleOp("relu", {In({4})}));
  graph.ops[0].type = "mystery";
  ASSERT_OK_AND_ASSIGN(const GraphFeatures features, ComputeFeatures(graph));
  EXPECT_EQ(features.completeness, cost::Completeness::kPartial);
  ASSERT_EQ(features.unknown_ops.size(), 1U);
  EXPECT_EQ(features.unknown_ops[0].type, "mystery");
  EXPECT_EQ(features.total[Feature::kKernels], 0);
}

// There is no CPU with no thread, and bad graphs stay errors.
TEST(ComputeFeaturesTest, Refusals) {
  EXPECT_THAT(ComputeFeatures(ResNet18Builder::Build(), {.threads = 0}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("threads: 0")));
  ASSERT_OK_AND_ASSIGN(graph::Graph graph, ops::SingleOp("relu", {In({4})}));
  graph.value(graph.outputs[0]).shape = {5};
  EXPECT_THAT(ComputeFeatures(graph),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("operator 0")));
}

}  // namespace
}  // namespace latcast::features
