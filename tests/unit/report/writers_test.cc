#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
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
#include "tests/unit/report/repeated_blocks.h"
#include "tests/unit/report/tiny_network.h"

namespace latcast::report {
namespace {

using ::testing::ElementsAre;
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
  const std::string tree = ModuleTree(Tiny(false, false), {.tree = {.max_depth = 1}});
  EXPECT_THAT(tree, HasSubstr("body"));
  EXPECT_THAT(tree, Not(HasSubstr("conv ")));
  EXPECT_THAT(tree, HasSubstr("18.43 k"));  // the convolution inside
}

// Four equal blocks after one that differs: the four become one row that is their sum, so that the
// children of a module still add up to it; without folding each has its own.
TEST(TreeWriterTest, FoldsRepeatedBlocks) {
  absl::StatusOr<AnalysisReport> report = Analyze(RepeatedBlocks());
  ASSERT_OK(report);
  ExpectGolden(ModuleTree(*report, {.tree = {.fold = true}}), "blocks-folded.tree.txt");
  const TreeNode root = BuildTree(*report, {.fold = true});
  ASSERT_EQ(root.children.size(), 3u);
  EXPECT_EQ(root.children[1].repeats, 4);
  EXPECT_EQ(root.children[1].row.label, "block1..block4 x4");
  int64_t macs = 0;
  for (const TreeNode& child : root.children) macs += child.row.cost->macs;
  EXPECT_EQ(macs, report->totals.macs);
  EXPECT_EQ(BuildTree(*report).children.size(), 6u);
}

// Calls of one module are not folded: its parameters are there once.
TEST(TreeWriterTest, FoldsNoSecondCalls) {
  graph::GraphBuilder builder("calls", "test");
  graph::ValueId x = builder.AddInput("x", graph::DType::kFloat32, {1, 4});
  for (int i = 0; i < 3; ++i) {
    builder.EnterCall("act", "ReLU", {x});
    x = ops::AddInferred(builder, "relu", {x})->front();
    builder.LeaveCall({x});
  }
  ASSERT_OK_AND_ASSIGN(const AnalysisReport report, Analyze(std::move(builder).Finish({x})));
  EXPECT_EQ(BuildTree(report, {.fold = true}).children.size(), 3u);
}

// Every style of the table.
TEST(TableWriterTest, Goldens) {
  const AnalysisReport report = Tiny(true, true);
  ExpectGolden(CostTable(report, {.style = TableStyle::kPsql}), "tiny.psql.txt");
  ExpectGolden(CostTable(report, {.style = TableStyle::kPlain}), "tiny.plain.txt");
  ExpectGolden(CostTable(report, {.style = TableStyle::kMarkdown}), "tiny.md");
  ExpectGolden(CostTable(report, {.style = TableStyle::kCsv}), "tiny.csv");
}

std::vector<std::string> Names(const std::vector<Row>& rows) {
  std::vector<std::string> names;
  for (const Row& row : rows) names.push_back(row.name);
  return names;
}

// The costliest layers come first: by MACs, by latency where it is known, or by any column.
TEST(TableWriterTest, TopIsByLatencyElseByMacs) {
  const AnalysisReport report = Tiny(false, false);
  EXPECT_THAT(Names(LargestRows(report, LayerRows(report), 2)), ElementsAre("body.conv", "stem"));
  EXPECT_THAT(Names(LargestRows(report, LayerRows(report), 1, &GetColumn("bytes_read"))),
              ElementsAre("body"));
  const AnalysisReport timed = Tiny(false, true);
  EXPECT_THAT(Names(LargestRows(timed, LayerRows(timed), 2)), ElementsAre("fc", "tiny"));
}

// What nobody knows is never among the largest.
TEST(TableWriterTest, UnknownComesLast) {
  const AnalysisReport report = Tiny(true, false);
  const std::vector<Row> rows = LargestRows(report, LayerRows(report), 0, &GetColumn("flops"));
  EXPECT_EQ(rows.size(), report.layers.size());
  EXPECT_EQ(rows.back().op, "mystery");
}

// Parts down to a depth and operator types both add up to the network.
TEST(TableWriterTest, GroupsAddUp) {
  const AnalysisReport report = Tiny(false, true);
  const auto check = [&report](const std::vector<Row>& rows) {
    cost::CostSum sum;
    int64_t params = 0;
    double latency_ms = 0.0;
    for (const Row& row : rows) {
      sum.macs += row.cost->macs;
      sum.bytes_read += row.cost->bytes_read;
      sum.kernels += row.cost->kernels;
      params += row.parameters.parameters();
      latency_ms += *row.latency_ms;
    }
    EXPECT_EQ(sum.macs, report.totals.macs);
    EXPECT_EQ(sum.bytes_read, report.totals.bytes_read);
    EXPECT_EQ(sum.kernels, report.totals.kernels);
    EXPECT_EQ(params, report.parameters.parameters());
    EXPECT_EQ(latency_ms, *report.modules[0].latency_ms);
  };
  check(OpRows(report));
  for (const int depth : {0, 1, 2}) check(PartRows(report, depth));
  EXPECT_THAT(Names(PartRows(report, 1)), ElementsAre("stem", "body", "pool", "tiny", "fc"));
  EXPECT_THAT(Names(OpRows(report)),
              ElementsAre("linear", "relu", "flatten", "adaptive_avg_pool2d", "add", "conv2d"));
}

// Tables of parts and of operator types, in three units.
TEST(TableWriterTest, GroupGoldens) {
  const AnalysisReport report = Tiny(true, true);
  ExpectGolden(CostTable(report, {.by = GroupBy::kModule, .depth = 1}), "tiny-modules.psql.txt");
  ExpectGolden(CostTable(report, {.units = Units::kRaw, .by = GroupBy::kOp}),
               "tiny-ops-raw.psql.txt");
  ExpectGolden(CostTable(report, {.units = Units::kRatio, .by = GroupBy::kOp}),
               "tiny-ops-ratio.psql.txt");
}

// Every column has a name of its own, a documentation and a value for every row.
TEST(ColumnsTest, All) {
  const AnalysisReport report = Tiny(true, true);
  std::vector<std::string> names;
  for (const Column& column : Columns()) {
    EXPECT_EQ(std::ranges::count(names, column.name), 0) << column.name;
    EXPECT_FALSE(column.doc.empty()) << column.name;
    EXPECT_EQ(column.quantity == Quantity::kShare, column.cell == nullptr) << column.name;
    names.emplace_back(column.name);
  }
  ASSERT_OK_AND_ASSIGN(const std::vector<const Column*> columns, FindColumns(names));
  ExpectGolden(CostTable(report, {.style = TableStyle::kCsv, .columns = columns}),
               "tiny-all-columns.csv");
  ExpectGolden(CostTable(report, {.style = TableStyle::kPlain, .columns = columns}),
               "tiny-all-columns.txt");
  EXPECT_THAT(FindColumns({"macs", "flps"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("did you mean 'flops'")));
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
  ExpectGolden(CostTable(unknown, {.style = TableStyle::kPsql}), "tiny-unknown-training.psql.txt");
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

// Highlighted points have the name of their file beside them, but for those where another stands.
TEST(ScatterSvgTest, LabelsKeepApart) {
  ASSERT_OK_AND_ASSIGN(const std::string svg, ScatterSvg({{"nets/first.lcg", "", 10.0, 10.0, true},
                                                          {"nets/hidden.lcg", "", 10.1, 10.1, true},
                                                          {"apart", "", 1.0, 1.0, true}}));
  EXPECT_THAT(svg,
              AllOf(HasSubstr(">first</text>"), HasSubstr(">apart</text>"),
                    Not(HasSubstr(">hidden</text>")), HasSubstr("nets/hidden.lcg: predicted")));
}

// One point is enough: the axes have a width of their own.
TEST(ScatterSvgTest, OnePoint) {
  ASSERT_OK_AND_ASSIGN(const std::string svg, ScatterSvg({{"p", "", 1.0, 1.0}}));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
}

}  // namespace
}  // namespace latcast::report
