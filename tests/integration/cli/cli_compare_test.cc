// latcast diff and latcast sweep, as a user runs them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/csv.h"
#include "base/status_matchers.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace latcast::test {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

std::string Latcast(const std::vector<std::string>& arguments) {
  const Ran ran = RunProgram("latcast", arguments);
  EXPECT_EQ(ran.code, 0) << ran.err;
  return ran.out;
}

// The totals everyone knows and their difference; a network does not differ from itself.
TEST(CliCompareTest, Diff) {
  const Json diff = Json::parse(Latcast({"diff", "resnet18", "resnet50", "--format", "json"}));
  EXPECT_EQ(diff["totals"]["params"]["before"], 11689512);
  EXPECT_EQ(diff["totals"]["params"]["after"], 25557032);
  EXPECT_EQ(diff["totals"]["params"]["change"], 25557032 - 11689512);
  EXPECT_GT(diff["summary"]["same"], 5);
  EXPECT_EQ(diff["summary"]["same"].get<int>() + diff["summary"]["changed"].get<int>() +
                diff["summary"]["renamed"].get<int>() + diff["summary"]["added"].get<int>() +
                diff["summary"]["removed"].get<int>(),
            diff["layers"].size());
  EXPECT_THAT(Latcast({"diff", "vgg16", "vgg16", "--batch", "2"}), HasSubstr("layers: 40 same\n"));
  EXPECT_THAT(Latcast({"diff", "vgg16", "alexnet", "--format", "md"}), HasSubstr("| MACs |"));
}

// A row a combination, in order; the batch multiplies, the type halves.
TEST(CliCompareTest, Sweep) {
  ASSERT_OK_AND_ASSIGN(
      const CsvTable table,
      ParseCsv(Latcast({"sweep", "alexnet", "--batch", "1,4", "--dtype", "float32,float16",
                        "--format", "csv", "--columns", "macs,param_bytes"})));
  ASSERT_EQ(table.rows.size(), 4u);
  EXPECT_EQ(table.rows[1].fields, (std::vector<std::string>{"4", "4x3x224x224", "float32",
                                                            "2856753920", "244403360", ""}));
  EXPECT_EQ(table.rows[2].fields[4], "122201680");
}

// What cannot be inferred is a row with its reason; where nothing can, the exit status says so.
TEST(CliCompareTest, SweepGoesOnAfterAnError) {
  const Json json =
      Json::parse(Latcast({"sweep", "alexnet", "--input", "1x3x20x20,1x3x224x224,1x1x224x224",
                           "--batch", "2", "--format", "json"}));
  ASSERT_EQ(json["rows"].size(), 3u);
  EXPECT_EQ(json["rows"][0]["status"], "failed");
  EXPECT_EQ(json["rows"][1]["status"], "complete");
  EXPECT_EQ(json["rows"][1]["inputs"], Json::parse("[[2,3,224,224]]"));
  EXPECT_THAT(json["rows"][2]["error"].get<std::string>(), HasSubstr("conv2d"));
  const Ran none = RunProgram("latcast", {"sweep", "alexnet", "--input", "1x3x20x20"});
  EXPECT_EQ(none.code, 1);
  EXPECT_THAT(none.out, HasSubstr("max_pool2d"));
}

// With a profile both say how long it takes.
TEST(CliCompareTest, Latency) {
  const TempFolder folder;
  const std::string profile = folder.path() + "/profile.json";
  Latcast({"fit", "tests/data/latency/seed-a100-blocks.csv", "--out", profile});
  const Json sweep = Json::parse(
      Latcast({"sweep", "resnet18", "--batch", "1,16", "--profile", profile, "--format", "json"}));
  EXPECT_GT(sweep["rows"][1]["latency_ms"], sweep["rows"][0]["latency_ms"]);
  EXPECT_THAT(Latcast({"diff", "resnet18", "resnet50", "--profile", profile}),
              HasSubstr("latency B"));
}

}  // namespace
}  // namespace latcast::test
