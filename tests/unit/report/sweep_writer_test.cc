#include "analyzer/report/sweep_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "analyzer/ops/infer.h"
#include "analyzer/report/report_builder.h"
#include "base/status_matchers.h"
#include "tests/unit/report/golden.h"
#include "tests/unit/report/tiny_network.h"

namespace latcast::report {
namespace {

// Two batches and an input that does not fit.
std::vector<SweepRow> Rows() {
  std::vector<SweepRow> rows;
  for (const int64_t batch : {1, 4}) {
    SweepRow& row = rows.emplace_back();
    row.batch = batch;
    absl::StatusOr<graph::Graph> graph =
        ops::WithInputs(TinyNetwork(false).Build(), {.batch = batch});
    EXPECT_OK(graph);
    row.report = *Analyze(*graph);
  }
  SweepRow& failed = rows.emplace_back();
  failed.inputs = {{1, 5, 8, 8}};
  failed.dtype = graph::DType::kFloat16;
  failed.status = absl::InvalidArgumentError("5 channels, \"3\" expected");
  return rows;
}

// Every form; a combination that cannot be is a row with its reason.
TEST(SweepWriterTest, Goldens) {
  ExpectGolden(SweepTable(Rows()), "tiny.sweep.txt");
  ExpectGolden(SweepTable(Rows(), {.style = TableStyle::kCsv}), "tiny.sweep.csv");
  ExpectGolden(SweepTable(Rows(), {.style = TableStyle::kMarkdown}), "tiny.sweep.md");
  ExpectGolden(SweepJson("tiny", Rows()), "tiny.sweep.json");
}

// Columns of one's choice.
TEST(SweepWriterTest, Columns) {
  ASSERT_OK_AND_ASSIGN(const std::vector<const Column*> columns, FindColumns({"kernels"}));
  EXPECT_EQ(SweepTable(Rows(), {.style = TableStyle::kCsv, .columns = columns}),
            "batch,input,dtype,kernels,error\n"
            "1,1x3x8x8,float32,7,\n"
            "4,4x3x8x8,float32,7,\n"
            "1,1x5x8x8,float16,,\"5 channels, \"\"3\"\" expected\"\n");
}

}  // namespace
}  // namespace latcast::report
