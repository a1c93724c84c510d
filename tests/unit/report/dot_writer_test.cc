#include "analyzer/report/dot_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/report/report_builder.h"
#include "base/status_matchers.h"
#include "tests/unit/report/golden.h"
#include "tests/unit/report/repeated_blocks.h"
#include "tests/unit/report/tiny_network.h"

namespace latcast::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Clusters, operators outside modules, a module's second call, an operator nobody knows.
TEST(DotWriterTest, Golden) {
  const absl::StatusOr<AnalysisReport> report = Analyze(TinyNetwork(true).Build());
  ASSERT_OK(report);
  ExpectGolden(DotText(*report), "tiny-unknown.dot");
}

// Blocks folded into one: none of their arrows to each other is left, those in and out are.
TEST(DotWriterTest, FoldedBlocks) {
  const absl::StatusOr<AnalysisReport> report = Analyze(RepeatedBlocks());
  ASSERT_OK(report);
  ExpectGolden(DotText(*report, {.fold = true}), "blocks-folded.dot");
}

// A depth makes modules nodes; edges between their insides become edges between them.
TEST(DotWriterTest, DepthMakesModulesNodes) {
  const absl::StatusOr<AnalysisReport> report = Analyze(RepeatedBlocks());
  ASSERT_OK(report);
  const std::string dot = DotText(*report, {.max_depth = 1});
  EXPECT_THAT(dot, Not(HasSubstr("subgraph")));
  EXPECT_THAT(dot, HasSubstr("n0 [label=\"stem\\nStem"));
  EXPECT_THAT(dot, HasSubstr("n0 -> n1;"));
  EXPECT_THAT(dot, Not(HasSubstr("n0 -> n0;")));
}

// Names that would end the text they stand in, or are very long, do no harm.
TEST(DotWriterTest, HostileNames) {
  graph::GraphBuilder builder("net\"]; evil [", "test");
  const graph::ValueId x = builder.AddInput("in\\\"\n", graph::DType::kFloat32, {1, 3, 8, 8});
  builder.EnterCall(std::string(500, 'a'), "Class\"];", {x});
  const auto y = ops::AddInferred(builder, "relu", {x});
  ASSERT_OK(y);
  builder.LeaveCall({y->front()});
  const absl::StatusOr<AnalysisReport> report = Analyze(std::move(builder).Finish({y->front()}));
  ASSERT_OK(report);
  const std::string dot = DotText(*report);
  EXPECT_THAT(dot, HasSubstr(R"(digraph "net\"]; evil [" {)"));
  EXPECT_THAT(dot, HasSubstr(R"(label="in\\\" \n1x3x8x8 float32")"));
  EXPECT_THAT(dot, HasSubstr(R"(\nClass\"];\n)"));
  EXPECT_THAT(dot, Not(HasSubstr(std::string(100, 'a'))));
}

}  // namespace
}  // namespace latcast::report
