#include "analyzer/report/parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status_matchers.h"
#include "tests/unit/report/tiny_network.h"

namespace latcast::report {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Names(const std::vector<Part>& parts) {
  std::vector<std::string> names;
  for (const Part& part : parts) names.push_back(part.path + ":" + part.class_name);
  return names;
}

// At depth 1 the network's children are the parts, and operators of its own stand between them.
TEST(PartsTest, DepthOne) {
  const graph::Graph graph = TinyNetwork(false).Build();
  ASSERT_OK_AND_ASSIGN(const features::GraphFeatures features, features::ComputeFeatures(graph));
  EXPECT_THAT(Names(CutIntoParts(graph, features, 1)),
              ElementsAre("stem:Conv2d", "body:Residual", "pool:AdaptiveAvgPool2d", ":flatten",
                          "fc:Linear"));
}

// At depth 2 a module with children is cut open, with its own operators between its children.
TEST(PartsTest, DepthTwo) {
  const graph::Graph graph = TinyNetwork(false).Build();
  ASSERT_OK_AND_ASSIGN(const features::GraphFeatures features, features::ComputeFeatures(graph));
  EXPECT_THAT(Names(CutIntoParts(graph, features, 2)),
              ElementsAre("stem:Conv2d", "body.conv:Conv2d", "body.act:ReLU", "body:add",
                          "body.act:ReLU", "pool:AdaptiveAvgPool2d", ":flatten", "fc:Linear"));
}

// However a network is cut, the features of its parts add up to its own.
TEST(PartsTest, PartsAddUp) {
  const graph::Graph graph = TinyNetwork(false).Build();
  ASSERT_OK_AND_ASSIGN(const features::GraphFeatures features, features::ComputeFeatures(graph));
  for (const int depth : {1, 2, 3}) {
    double kernels = 0.0;
    double acts = 0.0;
    for (const Part& part : CutIntoParts(graph, features, depth)) {
      kernels += part.features[Feature::kKernels];
      acts += part.features[Feature::kActs];
    }
    EXPECT_EQ(kernels, features.total[Feature::kKernels]);
    EXPECT_EQ(acts, features.total[Feature::kActs]);
  }
}

}  // namespace
}  // namespace latcast::report
