#include "analyzer/report/report_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status_matchers.h"
#include "tests/unit/report/tiny_network.h"

namespace latcast::report {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kStemMacs = 2 * 8 * 8 * 4 * 3 * 9;
constexpr int64_t kConvMacs = 2 * 8 * 8 * 4 * 4 * 9;
constexpr int64_t kFcMacs = 2 * 4 * 10;

// The totals of a network one can count by hand are those counted by hand.
TEST(ReportBuilderTest, CountsTheTinyNetwork) {
  ASSERT_OK_AND_ASSIGN(const AnalysisReport report, Analyze(TinyNetwork(false).Build()));
  EXPECT_EQ(report.model, "tiny");
  EXPECT_EQ(report.convention, "true");
  EXPECT_FALSE(report.partial());
  EXPECT_EQ(report.totals.macs, kStemMacs + kConvMacs + kFcMacs);
  EXPECT_EQ(report.parameters.trainable, 3 * 4 * 9 + 4 * 4 * 9 + 10);
  EXPECT_EQ(report.parameters.frozen, 40);
  ASSERT_EQ(report.inputs.size(), 1u);
  EXPECT_EQ(report.inputs[0].shape, (graph::Shape{2, 3, 8, 8}));
}

// Layers add up to the totals, and a module to its layers: nothing is counted twice or lost.
TEST(ReportBuilderTest, LayersAddUpToTotalsAndModules) {
  ASSERT_OK_AND_ASSIGN(const AnalysisReport report, Analyze(TinyNetwork(false).Build()));
  int64_t macs = 0;
  int64_t params = 0;
  int64_t body_macs = 0;
  for (const LayerRow& layer : report.layers) {
    ASSERT_TRUE(layer.cost.has_value()) << layer.op;
    macs += layer.cost->macs;
    params += layer.parameters.parameters();
    if (layer.path.starts_with("body")) body_macs += layer.cost->macs;
  }
  EXPECT_EQ(macs, report.totals.macs);
  EXPECT_EQ(params, report.parameters.parameters());
  for (const ModuleRow& module : report.modules) {
    if (module.path == "body") {
      EXPECT_EQ(module.cost.macs, body_macs);
      EXPECT_EQ(body_macs, kConvMacs);
    }
  }
}

// The second call of a module is its own row and says that it is the second.
TEST(ReportBuilderTest, EveryCallIsARow) {
  ASSERT_OK_AND_ASSIGN(const AnalysisReport report, Analyze(TinyNetwork(false).Build()));
  std::vector<std::string> names;
  for (const LayerRow& layer : report.layers) names.push_back(DisplayName(report, layer));
  EXPECT_THAT(names, ::testing::ElementsAre("stem", "body.conv", "body.act", "body", "body.act #2",
                                            "pool", "tiny", "fc"));
}

// An operator nobody knows makes the report partial and is named; it is no layer of cost zero.
TEST(ReportBuilderTest, UnknownOperatorMakesTheReportPartial) {
  ASSERT_OK_AND_ASSIGN(const AnalysisReport report, Analyze(TinyNetwork(true).Build()));
  EXPECT_TRUE(report.partial());
  ASSERT_EQ(report.unknown_ops.size(), 1u);
  EXPECT_EQ(report.unknown_ops[0].type, "mystery");
  EXPECT_EQ(report.unknown_ops[0].calls, 1);
  bool found = false;
  for (const LayerRow& layer : report.layers) {
    if (layer.op == "mystery") {
      found = true;
      EXPECT_FALSE(layer.cost.has_value());
    }
  }
  EXPECT_TRUE(found);
}

// Latencies of layers add up in every module above them; the whole keeps the forecast it was given.
TEST(ReportBuilderTest, LatenciesAddUpInModules) {
  ASSERT_OK_AND_ASSIGN(AnalysisReport report, Analyze(TinyNetwork(false).Build()));
  std::vector<double> layer_ms(report.layers.size(), 0.5);
  ASSERT_OK(SetLatencies(report, layer_ms, 7.0));
  EXPECT_EQ(report.latency_ms, 7.0);
  EXPECT_EQ(report.modules[0].latency_ms, 0.5 * static_cast<double>(layer_ms.size()));
  for (const ModuleRow& module : report.modules) {
    if (module.path == "body") {
      EXPECT_EQ(module.latency_ms, 2.0);
    }
  }
  layer_ms.pop_back();
  EXPECT_THAT(SetLatencies(report, layer_ms, 7.0),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("7 latencies for 8 layers")));
}

}  // namespace
}  // namespace latcast::report
