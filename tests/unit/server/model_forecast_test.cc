#include "server/core/model_forecast.h"

#include <algorithm>
#include <random>

#include "analyzer/features/graph_features.h"
#include "server/core/model_source.h"
#include "tests/support/profiles.h"

namespace latcast::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

ChosenModel Chosen(size_t index) {
  return {MakeActive(1, test::TwoModeProfile("epyc")), index, 0.9};
}

// At every depth the parts add up to the whole without the share of its intercept, also where the
// model has a second piece, their shares to 1, and the terms to the whole.
TEST(ModelForecastTest, PartsAddUpToTheWhole) {
  for (const char* name : {"resnet18", "mobilenet_v2", "block:BasicBlock7"}) {
    ASSERT_OK_AND_ASSIGN(const graph::Graph graph, NamedModel(name));
    for (const size_t index : {0u, 1u}) {
      const ChosenModel chosen = Chosen(index);
      ASSERT_OK_AND_ASSIGN(
          const auto features,
          features::ComputeFeatures(graph, {.threads = chosen.model().mode.threads}));
      const double x = regression::FirstPiece(features.total, chosen.model());
      const double whole = regression::Predict(features.total, chosen.model()).latency_ms;
      const double without_intercept = whole * (1.0 - chosen.model().intercept_ms / x);
      size_t parts = 0;
      for (const int depth : {1, 2, 3, 9}) {
        ASSERT_OK_AND_ASSIGN(const ModelForecast forecast, PredictModel(chosen, graph, depth));
        double sum_ms = 0.0;
        double share = 0.0;
        for (const PartForecast& part : forecast.parts) {
          sum_ms += part.latency_ms;
          share += part.share;
        }
        EXPECT_NEAR(sum_ms, without_intercept, 1e-9 * whole) << name << " at " << depth;
        const regression::LatencyTerms& terms = forecast.terms;
        EXPECT_EQ(terms.memory_ms + terms.compute_ms + terms.launch_ms + terms.other_ms, whole);
        EXPECT_NEAR(share, 1.0, 1e-9);
        EXPECT_GE(forecast.parts.size(), parts) << "deeper cuts have more parts";
        parts = forecast.parts.size();
        EXPECT_EQ(forecast.whole.latency_ms, whole);
        EXPECT_TRUE(forecast.unknown_ops.empty());
      }
    }
  }
}

// Networks cut at random, operator by operator and in any order: the forecast of the summed parts
// is the network's to the last bit, with one piece and with two.
TEST(ModelForecastTest, RandomCutsDoNotMatter) {
  std::mt19937_64 random(7);
  for (const char* name : {"resnet18", "mobilenet_v2", "block:BasicBlock7"}) {
    ASSERT_OK_AND_ASSIGN(const graph::Graph graph, NamedModel(name));
    for (const size_t index : {0u, 1u}) {
      const ChosenModel chosen = Chosen(index);
      const regression::LatencyModel& model = chosen.model();
      ASSERT_OK_AND_ASSIGN(const features::GraphFeatures features,
                           features::ComputeFeatures(graph, {.threads = model.mode.threads}));
      const double whole = regression::Predict(features.total, model).latency_ms;
      for (int cut = 0; cut < 50; ++cut) {
        std::vector<FeatureVector> ops = features.ops;
        std::shuffle(ops.begin(), ops.end(), random);
        std::vector<FeatureVector> parts(1 + random() % 9);
        for (const FeatureVector& op : ops) parts[random() % parts.size()] += op;
        FeatureVector sum;
        for (const FeatureVector& part : parts) sum += part;
        ASSERT_EQ(regression::Predict(sum, model).latency_ms, whole) << name << " " << cut;
      }
    }
  }
}

// Depth 1 of ResNet-18 is its children in execution order, the flatten between them included.
TEST(ModelForecastTest, DepthOneIsTheChildren) {
  ASSERT_OK_AND_ASSIGN(const graph::Graph graph, NamedModel("resnet18"));
  ASSERT_OK_AND_ASSIGN(const ModelForecast forecast, PredictModel(Chosen(0), graph, 1));
  std::vector<std::string> paths;
  for (const PartForecast& part : forecast.parts) {
    paths.push_back(part.path.empty() ? part.class_name : part.path);
  }
  EXPECT_EQ(paths, (std::vector<std::string>{"conv1", "bn1", "relu", "maxpool", "layer1", "layer2",
                                             "layer3", "layer4", "avgpool", "flatten", "fc"}));
}

// An operator nobody knows is named and left out: the forecast of the rest is a lower bound.
TEST(ModelForecastTest, NamesUnknownOperators) {
  ASSERT_OK_AND_ASSIGN(graph::Graph graph, NamedModel("resnet18"));
  ASSERT_OK_AND_ASSIGN(const ModelForecast complete, PredictModel(Chosen(0), graph, 2));
  ASSERT_EQ(graph.ops[2].type, "relu");
  graph.ops[2].type = "mystery";
  ASSERT_OK_AND_ASSIGN(const ModelForecast partial, PredictModel(Chosen(0), graph, 2));
  ASSERT_EQ(partial.unknown_ops.size(), 1u);
  EXPECT_EQ(partial.unknown_ops[0].type, "mystery");
  EXPECT_LT(partial.whole.latency_ms, complete.whole.latency_ms);
}

// A name stands for a network inside the server and never for a file beside it.
TEST(ModelSourceTest, NamesNeverReachFiles) {
  EXPECT_OK(NamedModel("alexnet"));
  EXPECT_OK(NamedModel("BasicBlock7"));
  for (const char* name : {"README.md", "/etc/passwd", "./resnet18.lcg", ""}) {
    EXPECT_THAT(NamedModel(name),
                StatusIs(absl::StatusCode::kNotFound, HasSubstr("no zoo network or block")));
  }
  EXPECT_THAT(NamedModel("resnet19"), StatusIs(absl::StatusCode::kNotFound,
                                               AllOf(HasSubstr("'resnet19'"), HasSubstr("'?"))));
  EXPECT_THAT(NamedModel(std::string(5000, 'x')),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("5000 bytes")));
}

}  // namespace
}  // namespace latcast::server
