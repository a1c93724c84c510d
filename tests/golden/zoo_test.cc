// The shipped networks against published and recounted figures.
#include "analyzer/zoo/zoo.h"

#include "analyzer/cost/graph_cost.h"
#include "analyzer/features/graph_features.h"
#include "analyzer/import/load_model.h"
#include "analyzer/ops/infer.h"
#include "base/status_matchers.h"

namespace latcast {
namespace {

using graph::Graph;
using graph::Shape;
using graph::Value;
using graph::ValueKind;

struct Golden {
  std::string name;
  int64_t parameters;
  int64_t macs;  // convolutions and linear layers
  int64_t acts;  // output elements of all convolutions
  int64_t inp;   // their input elements
};

const Golden kGolden[] = {
    {"alexnet", 61'100'840, 714'188'480, 484'992, 337'792},
    {"mobilenet_v2", 3'504'872, 300'774'272, 6'678'112, 6'765'920},
    {"resnet18", 11'689'512, 1'814'073'344, 2'483'712, 2'182'656},
    {"resnet50", 25'557'032, 4'089'184'256, 11'113'984, 10'662'400},
    {"vgg16", 138'357'544, 15'470'264'320, 13'547'520, 9'081'856},
};

class Zoo : public ::testing::TestWithParam<Golden> {};

// Parameters, MACs, ACTS and INP at batch 1, and all of them complete.
TEST_P(Zoo, Totals) {
  const Golden& golden = GetParam();
  ASSERT_OK_AND_ASSIGN(const Graph graph, import::LoadModel(golden.name));
  ASSERT_OK_AND_ASSIGN(const cost::GraphCost cost, cost::ComputeCost(graph));
  ASSERT_OK_AND_ASSIGN(const features::GraphFeatures features, features::ComputeFeatures(graph));
  EXPECT_TRUE(cost.unknown_ops.empty());
  EXPECT_EQ(cost.total.completeness, cost::Completeness::kComplete);
  EXPECT_EQ(cost.parameters.trainable, golden.parameters);
  EXPECT_EQ(cost.parameters.frozen, 0);
  EXPECT_EQ(cost.call_parameters[0].trainable, golden.parameters);
  EXPECT_EQ(cost.total.macs, golden.macs);
  EXPECT_EQ(features.total[Feature::kActs], static_cast<double>(golden.acts));
  EXPECT_EQ(features.total[Feature::kInp], static_cast<double>(golden.inp));
}

// Activations scale with the batch, parameters do not.
TEST_P(Zoo, TotalsAtBatch8) {
  const Golden& golden = GetParam();
  ASSERT_OK_AND_ASSIGN(const Graph graph, import::LoadModel(golden.name, {.batch = 8}));
  ASSERT_OK_AND_ASSIGN(const cost::GraphCost cost, cost::ComputeCost(graph));
  ASSERT_OK_AND_ASSIGN(const features::GraphFeatures features, features::ComputeFeatures(graph));
  EXPECT_EQ(cost.parameters.trainable, golden.parameters);
  EXPECT_EQ(cost.total.macs, 8 * golden.macs);
  EXPECT_EQ(features.total[Feature::kActs], static_cast<double>(8 * golden.acts));
  EXPECT_EQ(features.total[Feature::kInp], static_cast<double>(8 * golden.inp));
}

INSTANTIATE_TEST_SUITE_P(Networks, Zoo, ::testing::ValuesIn(kGolden),
                         [](const auto& suite) { return suite.param.name; });

// The table above is the zoo: a network added there gets its figures here.
TEST(ZooFigures, EveryNetworkHasThem) {
  ASSERT_EQ(zoo::ZooEntries().size(), std::size(kGolden));
  for (size_t i = 0; i < std::size(kGolden); ++i) {
    EXPECT_EQ(zoo::ZooEntries()[i].name, kGolden[i].name);
  }
}

// Our shape rules, started from the inputs alone, give the shape the framework gave each value; at
// batch 8 the same with the first dimension eight times as large.
TEST(ZooShapes, InferredAsCaptured) {
  for (const zoo::ZooEntry& entry : zoo::ZooEntries()) {
    SCOPED_TRACE(entry.name);
    ASSERT_OK_AND_ASSIGN(const Graph captured, import::LoadModel(entry.name));
    Graph inferred = captured;
    for (Value& value : inferred.values) {
      if (value.kind != ValueKind::kActivation) continue;
      value.shape.clear();
      value.dtype = graph::DType::kBool;
    }
    ASSERT_OK(ops::InferShapes(inferred));
    ASSERT_OK_AND_ASSIGN(const Graph batch, import::LoadModel(entry.name, {.batch = 8}));
    for (size_t i = 0; i < captured.values.size(); ++i) {
      const Value& value = captured.values[i];
      EXPECT_EQ(inferred.values[i].shape, value.shape) << value.name;
      EXPECT_EQ(inferred.values[i].dtype, value.dtype) << value.name;
      Shape shape = value.shape;
      if (value.kind == ValueKind::kActivation || value.kind == ValueKind::kInput) shape[0] *= 8;
      EXPECT_EQ(batch.values[i].shape, shape) << value.name;
    }
  }
}

}  // namespace
}  // namespace latcast
