#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "analyzer/report/json_writer.h"
#include "analyzer/report/report_builder.h"
#include "analyzer/report/scatter_svg.h"
#include "analyzer/report/table_writer.h"
#include "analyzer/report/totals_writer.h"
#include "analyzer/report/tree_writer.h"
#include "base/status_matchers.h"
#include "tests/unit/report/golden.h"
#include "tests/unit/report/tiny_network.h"

namespace latcast::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

AnalysisReport Tiny(bool with_unknown_op, bool with_latency, bool training = false) {
  absl::StatusOr<AnalysisReport> report =
      Analyze(TinyNetwork(with_unknown_op).Build(), {.training = training});
  EXPECT_TRUE(report.ok()) << report.status();
  if (with_latency) {
    std::vector<double> layer_ms;
    for (size_t i = 0; i < report->layers.size(); ++i) {
      layer_ms.push_back(0.25 * static_cast<double>(i));
    }
    EXPECT_OK(SetLatencies(*report, layer_ms, 8.0));
  }
  return *std::move(report);
}

// The whole tree with every kind of row.
TEST(TreeWriterTest, Golden) { ExpectGolden(ModuleTree(Tiny(false, false)), "tiny.tree.txt"); }

// The tree with latencies and with an operator nobody knows.
TEST(TreeWriterTest, GoldenWithLatencyAndUnknownOperator) {
  ExpectGolden(ModuleTree(Tiny(true, true)), "tiny-unknown-latency.tree.txt");
}

// A depth leaves the modules below it out and their costs in.
TEST(TreeWriterTest, DepthFoldsModules) {
  const std::string tree = ModuleTree(Tiny(false, false), {.max_depth = 1});
  EXPECT_THAT(tree, HasSubstr("body"));
  EXPECT_THAT(tree, Not(HasSubstr("conv ")));
  EXPECT_THAT(tree, HasSubstr("18.43 k"));  // the convolution inside
}

// Every style of the table.
TEST(TableWriterTest, Goldens) {
  const AnalysisReport report = Tiny(true, true);
  ExpectGolden(LayerTable(report, {.style = TableStyle::kPsql}), "tiny.psql.txt");
  ExpectGolden(LayerTable(report, {.style = TableStyle::kPlain}), "tiny.plain.txt");
  ExpectGolden(LayerTable(report, {.style = TableStyle::kMarkdown}), "tiny.md");
  ExpectGolden(LayerTable(report, {.style = TableStyle::kCsv}), "tiny.csv");
}

// The costliest layers come first: by MACs, or by latency where it is known.
TEST(TableWriterTest, TopIsByLatencyElseByMacs) {
  EXPECT_EQ(CostliestLayers(Tiny(false, false), 2), (std::vector<size_t>{1, 0}));
  EXPECT_EQ(CostliestLayers(Tiny(false, true), 2), (std::vector<size_t>{7, 6}));
}

// Totals in full, and as lower bounds.
TEST(TotalsWriterTest, Goldens) {
  ExpectGolden(TotalsText(Tiny(false, false)), "tiny.totals.txt");
  ExpectGolden(TotalsText(Tiny(true, true)), "tiny-unknown-latency.totals.txt");
}

// What a training step takes, in the totals and the table, known and as lower bounds.
TEST(TotalsWriterTest, TrainingGoldens) {
  const AnalysisReport known = Tiny(false, false, /*training=*/true);
  const AnalysisReport unknown = Tiny(true, false, /*training=*/true);
  ExpectGolden(TotalsText(known), "tiny-training.totals.txt");
  ExpectGolden(TotalsText(unknown), "tiny-unknown-training.totals.txt");
  ExpectGolden(LayerTable(unknown, {.style = TableStyle::kPsql}), "tiny-unknown-training.psql.txt");
}

// The JSON, byte for byte: other programs read it.
TEST(JsonWriterTest, Golden) { ExpectGolden(ToJson(Tiny(true, true)), "tiny.json"); }

// Unknown costs are null and never zero, and the status says that totals are lower bounds.
TEST(JsonWriterTest, UnknownIsNull) {
  const auto json = nlohmann::json::parse(ToJson(Tiny(true, false)));
  EXPECT_EQ(json["schema_version"], 1);
  EXPECT_EQ(json["status"], "partial");
  for (const auto& layer : json["layers"]) {
    EXPECT_EQ(layer["macs"].is_null(), layer["op"] == "mystery") << layer;
  }
}

// Training has a part of its own: layers add up to its totals, and what nobody knows is null.
TEST(JsonWriterTest, Training) {
  EXPECT_FALSE(nlohmann::json::parse(ToJson(Tiny(true, false)))["totals"].contains("training"));
  const auto json = nlohmann::json::parse(ToJson(Tiny(true, false, /*training=*/true)));
  const auto& training = json["totals"]["training"];
  EXPECT_EQ(training["status"], "partial");
  int64_t saved = 0;
  int64_t backward = 0;
  for (const auto& layer : json["layers"]) {
    EXPECT_EQ(layer["saved_bytes"].is_null(), layer["op"] == "mystery") << layer;
    EXPECT_EQ(layer["backward_macs"].is_null(), layer["op"] == "mystery") << layer;
    if (layer["op"] == "mystery") continue;
    saved += layer["saved_bytes"].get<int64_t>();
    backward += layer["backward_macs"].get<int64_t>();
  }
  EXPECT_EQ(training["saved_bytes"], saved);
  EXPECT_EQ(training["backward_macs"], backward);
  EXPECT_EQ(json["modules"][0]["saved_bytes"], saved);
  EXPECT_EQ(json["totals"]["memory"]["status"], "partial");
}

// Names from strangers' files that are no UTF-8 or hold quotes still give valid JSON.
TEST(JsonWriterTest, HostileNamesStayJson) {
  AnalysisReport report;
  report.model = "a\"b\\c\xff\n";
  const auto json = nlohmann::json::parse(ToJson(report), nullptr, /*allow_exceptions=*/false);
  ASSERT_TRUE(json.is_object());
  EXPECT_EQ(json["layers"].size(), 0u);
}

std::vector<ScatterPoint> SomePoints() {
  return {{"small", "basic", 0.1, 0.11},
          {"large <&>", "basic", 120.0, 90.0},
          {"far off", "mobile", 1.0, 4.0},
          {"resnet18", "whole networks", 35.0, 36.0, true},
          {"zero", "mobile", 2.0, 0.0}};
}

// The picture as drawn once and looked at.
TEST(ScatterSvgTest, Golden) {
  ASSERT_OK_AND_ASSIGN(const std::string svg,
                       ScatterSvg(SomePoints(), {.title = "Title", .subtitle = "n 5"}));
  ExpectGolden(svg, "scatter.svg");
  EXPECT_THAT(svg, HasSubstr("large &lt;&amp;&gt;"));
}

// What has no place on a logarithmic axis is refused with the point's name.
TEST(ScatterSvgTest, RefusesWhatCannotBeDrawn) {
  EXPECT_THAT(ScatterSvg({}), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("at least")));
  for (const double bad : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THAT(ScatterSvg({{"p7", "", bad, 1.0}}),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("p7")));
  }
}

// One point is enough: the axes have a width of their own.
TEST(ScatterSvgTest, OnePoint) {
  ASSERT_OK_AND_ASSIGN(const std::string svg, ScatterSvg({{"p", "", 1.0, 1.0}}));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
}

}  // namespace
}  // namespace latcast::report
