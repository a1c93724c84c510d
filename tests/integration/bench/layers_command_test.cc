// latcast-bench layers: the operators of a network one by one, and how their sum meets the whole.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "analyzer/import/load_model.h"
#include "base/file.h"
#include "base/status_matchers.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace latcast::bench {
namespace {

// One layer an operator, in order; the sum and its ratio to the whole are those of the layers.
TEST(LayersCommandTest, SumsAndRatio) {
  const test::TempFolder folder;
  const std::string out = folder.path() + "/layers.json";
  const test::Ran ran = test::RunProgram(
      "latcast-bench", {"layers", "--model", "resnet18", "--device", "fake", "--out", out});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const nlohmann::json file = nlohmann::json::parse(ReadFile(out).value());
  ASSERT_OK_AND_ASSIGN(const graph::Graph g, import::LoadModel("resnet18"));
  ASSERT_EQ(file["layers"].size(), g.ops.size());
  double sum_ms = 0.0;
  for (size_t i = 0; i < g.ops.size(); ++i) {
    EXPECT_EQ(file["layers"][i]["op"], g.ops[i].type);
    sum_ms += file["layers"][i]["ms"].get<double>();
  }
  const double whole_ms = file["whole_ms"].get<double>();
  EXPECT_GT(whole_ms, 0.0);
  EXPECT_DOUBLE_EQ(file["sum_ms"].get<double>(), sum_ms);
  EXPECT_DOUBLE_EQ(file["additivity"].get<double>(), sum_ms / whole_ms);
}

}  // namespace
}  // namespace latcast::bench
