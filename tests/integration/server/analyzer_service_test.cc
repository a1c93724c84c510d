#include <nlohmann/json.hpp>
#include <thread>

#include "analyzer/blocks/block_library.h"
#include "analyzer/import/lcg.h"
#include "analyzer/import/load_model.h"
#include "tests/integration/server/server_fixture.h"

namespace latcast::test {
namespace {

using ::testing::HasSubstr;

class AnalyzerServiceTest : public ServerTest {};

v1::AnalyzeRequest Named(const std::string& model) {
  v1::AnalyzeRequest request;
  request.set_model(model);
  return request;
}

// ResNet-18 has its known counts, and the report is the command line's JSON.
TEST_F(AnalyzerServiceTest, CountsResNet18) {
  ASSERT_OK_AND_ASSIGN(const auto answer, client().Analyze(Named("resnet18")));
  EXPECT_EQ(answer.totals().parameters(), 11689512);
  EXPECT_EQ(answer.totals().macs(), 1814073344);
  EXPECT_GT(answer.totals().flops(), 2 * answer.totals().macs());
  EXPECT_GT(answer.totals().kernels(), 0);
  EXPECT_EQ(answer.unknown_ops_size(), 0);
  const auto report = nlohmann::json::parse(answer.report_json());
  EXPECT_EQ(report["schema_version"], 1);
  EXPECT_EQ(report["model"], "resnet18");
  EXPECT_EQ(report["status"], "complete");
  EXPECT_EQ(report["layers"].size(), import::LoadModel("resnet18")->ops.size());
}

// Memory comes with every answer; training adds its rows to the report, with the optimizer's
// states.
TEST_F(AnalyzerServiceTest, Memory) {
  v1::AnalyzeRequest request = Named("resnet18");
  ASSERT_OK_AND_ASSIGN(const auto plain, client().Analyze(request));
  EXPECT_EQ(plain.memory().eager_peak_bytes(), 6422528);
  EXPECT_EQ(plain.memory().saved_bytes(), 21616128);
  EXPECT_FALSE(plain.memory().partial());
  EXPECT_EQ(plain.totals().backward_macs(), 3510132736);
  EXPECT_FALSE(nlohmann::json::parse(plain.report_json())["totals"].contains("training"));
  request.set_training(true);
  request.set_optimizer("adam");
  ASSERT_OK_AND_ASSIGN(const auto adam, client().Analyze(request));
  EXPECT_EQ(adam.memory().training_peak_bytes() - plain.memory().training_peak_bytes(),
            2 * 4 * 11689512);
  const auto report = nlohmann::json::parse(adam.report_json());
  EXPECT_EQ(report["totals"]["training"]["optimizer"], "adam");
  EXPECT_EQ(report["totals"]["training"]["backward_macs"], 3510132736);
  request.set_autocast("bfloat16");
  ASSERT_OK_AND_ASSIGN(const auto half, client().Analyze(request));
  EXPECT_LT(half.memory().training_peak_bytes(), adam.memory().training_peak_bytes());
  request.set_autocast("int8");
  EXPECT_THAT(client().Analyze(request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'int8', one of none")));
  request.set_optimizer("lion");
  EXPECT_THAT(client().Analyze(request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'lion', one of sgd")));
}

// An uploaded graph is analysed like the network of that name; a batch multiplies its MACs.
TEST_F(AnalyzerServiceTest, AnalysesUploadedGraphs) {
  v1::AnalyzeRequest request;
  *request.mutable_graph() = import::ToProto(import::LoadModel("mobilenet_v2").value());
  ASSERT_OK_AND_ASSIGN(const auto uploaded, client().Analyze(request));
  ASSERT_OK_AND_ASSIGN(const auto named, client().Analyze(Named("mobilenet_v2")));
  EXPECT_EQ(uploaded.totals().SerializeAsString(), named.totals().SerializeAsString());
  EXPECT_EQ(uploaded.totals().macs(), 300774272);
  request.set_batch(8);
  ASSERT_OK_AND_ASSIGN(const auto batch, client().Analyze(request));
  EXPECT_EQ(batch.totals().macs(), 8 * uploaded.totals().macs());
  EXPECT_EQ(batch.totals().parameters(), uploaded.totals().parameters());
}

// What cannot be analysed is refused by its field, and what overflows is no wrong number.
TEST_F(AnalyzerServiceTest, RefusesBadSubjects) {
  EXPECT_THAT(client().Analyze({}), StatusIs(absl::StatusCode::kInvalidArgument,
                                             HasSubstr("subject: set model or graph")));
  EXPECT_THAT(client().Analyze(Named("resnet19")),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("model: no zoo network or block is called 'resnet19'")));
  v1::AnalyzeRequest huge = Named("resnet18");
  huge.set_batch(int64_t{1} << 60);
  EXPECT_EQ(client().Analyze(huge).status().code(), absl::StatusCode::kOutOfRange);
  v1::AnalyzeRequest large;
  large.mutable_graph()->set_name(std::string(9 << 20, 'x'));
  EXPECT_THAT(client().Analyze(large),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("larger than max")));
}

// The server offers exactly the blocks of the library, presets with their values as defaults.
TEST_F(AnalyzerServiceTest, ListsTheBlocksOfTheLibrary) {
  ASSERT_OK_AND_ASSIGN(const auto list, client().ListBlocks());
  const auto families = blocks::BuiltinFamilies();
  const auto presets = blocks::ClassicBlocks();
  ASSERT_EQ(static_cast<size_t>(list.blocks_size()), families.size() + presets.size());
  for (const v1::Block& block : list.blocks()) {
    ASSERT_OK_AND_ASSIGN(const auto spec, blocks::ParseBlockSpec(block.name()));
    ASSERT_EQ(static_cast<size_t>(block.parameters_size()), spec.arguments.size());
    for (const v1::BlockParameter& parameter : block.parameters()) {
      EXPECT_EQ(parameter.default_value(), spec.arguments.at(parameter.name()))
          << block.name() << " " << parameter.name();
    }
    EXPECT_NE(block.doc(), "");
  }
  EXPECT_EQ(list.blocks(0).family(), "");
  EXPECT_EQ(list.blocks(list.blocks_size() - 1).family(), presets.back().family);
}

// More analyses at once than run at once: each is answered, wholly or by "try again".
TEST_F(AnalyzerServiceTest, AnswersACrowd) {
  std::vector<absl::StatusCode> codes(90);
  std::vector<std::thread> threads;
  for (absl::StatusCode& code : codes) {
    threads.emplace_back([&code] { code = client().Analyze(Named("resnet50")).status().code(); });
  }
  for (std::thread& thread : threads) thread.join();
  size_t ok = 0;
  for (const absl::StatusCode code : codes) {
    if (code == absl::StatusCode::kOk) ++ok;
    EXPECT_TRUE(code == absl::StatusCode::kOk || code == absl::StatusCode::kResourceExhausted);
  }
  EXPECT_GE(ok, 2u);
  EXPECT_OK(client().Analyze(Named("resnet18")));
}

}  // namespace
}  // namespace latcast::test
