#include "analyzer/report/html_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/report/memory_chart.h"
#include "analyzer/report/report_builder.h"
#include "base/status_matchers.h"
#include "tests/unit/report/golden.h"
#include "tests/unit/report/repeated_blocks.h"
#include "tests/unit/report/tiny_network.h"

namespace latcast::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

AnalysisReport Tiny(bool with_unknown_op, bool training = false) {
  absl::StatusOr<AnalysisReport> report =
      Analyze(TinyNetwork(with_unknown_op).Build(), {.training = training});
  EXPECT_TRUE(report.ok()) << report.status();
  return *std::move(report);
}

size_t Count(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

// The body of the page, without style and script.
std::string Body(const std::string& html) {
  const size_t begin = html.find("<main>");
  return html.substr(begin, html.find("</main>") - begin);
}

// Everything a page of a whole, trained, partly unknown network with latencies says.
TEST(HtmlWriterTest, Golden) {
  AnalysisReport report = Tiny(true, /*training=*/true);
  const std::vector<double> layer_ms(report.layers.size(), 0.5);
  ASSERT_OK(SetLatencies(report, layer_ms, 6.0));
  ExpectGolden(Body(HtmlText(report)), "tiny-unknown-training.html");
}

// Lower bounds are said at the top and marked; a complete report says nothing of the kind.
TEST(HtmlWriterTest, Status) {
  EXPECT_THAT(HtmlText(Tiny(true)), HasSubstr("nobody knows the operators mystery"));
  EXPECT_THAT(HtmlText(Tiny(true)), HasSubstr("&gt;= "));
  EXPECT_THAT(Body(HtmlText(Tiny(false))), Not(HasSubstr("&gt;= ")));
}

// Latencies and training stand in the page only where the report has them.
TEST(HtmlWriterTest, OptionalParts) {
  const std::string plain = Body(HtmlText(Tiny(false)));
  EXPECT_THAT(plain, Not(HasSubstr("latency")));
  EXPECT_THAT(plain, Not(HasSubstr("A training step")));
  AnalysisReport timed = Tiny(false);
  ASSERT_OK(SetLatencies(timed, std::vector<double>(timed.layers.size(), 1.0), 9.0));
  timed.is_measured = true;
  EXPECT_THAT(HtmlText(timed), HasSubstr("<div class=\"value\">9.00 ms</div>"
                                         "<div class=\"note\">measured</div>"));
}

// The tree has a row of its own for every module, however alike: folding is the reader's.
TEST(HtmlWriterTest, TreeHasEveryModule) {
  const absl::StatusOr<AnalysisReport> report = Analyze(RepeatedBlocks());
  ASSERT_OK(report);
  const std::string body = Body(HtmlText(*report, {.open_levels = 1}));
  EXPECT_EQ(Count(body, "<td>Block</td>"), 4U);
  EXPECT_THAT(body, HasSubstr("data-open=\"1\""));
}

// Columns asked for replace those of the tree, and are explained.
TEST(HtmlWriterTest, Columns) {
  const auto columns = FindColumns({"dmas"});
  ASSERT_OK(columns);
  const std::string body = Body(HtmlText(Tiny(false), {.columns = *columns}));
  EXPECT_THAT(body, HasSubstr("<th class=\"right sortable\">DMAs</th></tr>"));
  EXPECT_THAT(body, HasSubstr("<dt>DMAs</dt><dd>elements read and written</dd>"));
}

// Names of modules, classes, operators, inputs and the model cannot bring markup in.
TEST(HtmlWriterTest, HostileNames) {
  const std::string hostile = "<img src=x onerror=alert(1)>\"'</script>";
  graph::GraphBuilder builder(hostile, hostile);
  const graph::ValueId x = builder.AddInput(hostile, graph::DType::kFloat32, {1, 3, 8, 8});
  builder.EnterCall(hostile, hostile, {x});
  const auto y = ops::AddInferred(builder, "relu", {x});
  ASSERT_OK(y);
  const graph::ValueId z = builder.AddActivation(graph::DType::kFloat32, {1, 3, 8, 8});
  builder.AddOp(hostile, {y->front()}, {z});
  builder.LeaveCall({z});
  const absl::StatusOr<AnalysisReport> report = Analyze(std::move(builder).Finish({z}));
  ASSERT_OK(report);
  const std::string html = HtmlText(*report);
  EXPECT_THAT(html, Not(HasSubstr("<img")));
  EXPECT_EQ(Count(html, "</script>"), 1U);
  EXPECT_THAT(html, HasSubstr("&lt;img src=x"));
}

// A network without operators has a page without a tree's costs or a chart.
TEST(HtmlWriterTest, EmptyNetwork) {
  graph::GraphBuilder builder("empty", "test");
  const graph::ValueId x = builder.AddInput("x", graph::DType::kFloat32, {1});
  const absl::StatusOr<AnalysisReport> report = Analyze(std::move(builder).Finish({x}));
  ASSERT_OK(report);
  EXPECT_THAT(Body(HtmlText(*report)), Not(HasSubstr("<svg")));
}

// The chart names the peak's layer and has a step a layer; a long network has at most 600.
TEST(MemoryChartTest, Steps) {
  const AnalysisReport tiny = Tiny(false);
  EXPECT_EQ(Count(MemoryChart(tiny), "class=\"tip\""), tiny.layers.size());
  EXPECT_THAT(MemoryChart(tiny), HasSubstr("at body.act (relu)"));

  graph::GraphBuilder builder("long", "test");
  graph::ValueId x = builder.AddInput("x", graph::DType::kFloat32, {1, 3, 8, 8});
  for (int i = 0; i < 1000; ++i) x = ops::AddInferred(builder, "relu", {x})->front();
  const absl::StatusOr<AnalysisReport> report = Analyze(std::move(builder).Finish({x}));
  ASSERT_OK(report);
  EXPECT_EQ(Count(MemoryChart(*report), "class=\"tip\""), 600U);
}

}  // namespace
}  // namespace latcast::report
