// The forms of `latcast analyze`: columns, units, groups, folding.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/csv.h"
#include "base/status_matchers.h"
#include "tests/support/run_program.h"

namespace latcast::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Json = nlohmann::json;

std::string Analyze(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "analyze");
  const Ran ran = RunProgram("latcast", arguments);
  EXPECT_EQ(ran.code, 0) << ran.err;
  return ran.out;
}

// The columns asked for, in that order, and the receptive field everyone knows.
TEST(CliOutputTest, ColumnsAndReceptiveField) {
  const std::string csv = Analyze({"resnet18", "--format", "csv", "--columns", "rf,rf_stride,op"});
  EXPECT_THAT(csv, StartsWith("layer,rf,rf_stride,op\nconv1,7,2,conv2d\n"));
  EXPECT_THAT(csv, HasSubstr("\nlayer4.1.relu #2,435,32,relu\navgpool,whole,,"));
  EXPECT_THAT(Analyze({"resnet18", "--columns", "help"}), HasSubstr("\nbytes_read "));
}

// In JSON the field is there for every layer and module, with the input it speaks of.
TEST(CliOutputTest, ReceptiveFieldInJson) {
  const Json report = Json::parse(Analyze({"vgg16", "--format", "json"}));
  EXPECT_EQ(report["receptive_field"]["axes"], Json::parse("[2,3]"));
  for (const Json& module : report["modules"]) {
    if (module["path"] != "features.30") continue;
    EXPECT_EQ(module["receptive_field"][0],
              Json::parse(R"({"kind":"local","size":212,"stride":32,"padding":90})"));
  }
}

// Numbers exact, with a unit, or as a share of the network.
TEST(CliOutputTest, Units) {
  const std::vector<std::string> head = {"alexnet", "--by", "op", "--columns", "macs", "--units"};
  const auto with = [&head](const char* units) {
    std::vector<std::string> arguments = head;
    arguments.emplace_back(units);
    return Analyze(arguments);
  };
  EXPECT_THAT(with("raw"), HasSubstr("| 655566528 |"));
  EXPECT_THAT(with("clever"), HasSubstr("655.57 M |"));
  EXPECT_THAT(with("ratio"), HasSubstr("| 91.8 % |"));
}

// Operator types and modules add up to the network's totals.
TEST(CliOutputTest, GroupsAddUp) {
  for (const char* by : {"layer", "module", "op"}) {
    ASSERT_OK_AND_ASSIGN(const CsvTable table,
                         ParseCsv(Analyze({"mobilenet_v2", "--by", by, "--format", "csv",
                                           "--columns", "macs,params"})));
    int64_t macs = 0;
    int64_t params = 0;
    for (const CsvRow& row : table.rows) {
      macs += std::stoll(row.fields[1]);
      params += std::stoll(row.fields[2]);
    }
    EXPECT_EQ(macs, 300774272) << by;
    EXPECT_EQ(params, 3504872) << by;
  }
}

// Equal blocks are one line of the tree, unless asked otherwise.
TEST(CliOutputTest, FoldsRepeatedBlocks) {
  EXPECT_THAT(Analyze({"resnet50"}), HasSubstr("1..5 x5 "));
  EXPECT_THAT(Analyze({"resnet50", "--no-fold"}), Not(HasSubstr(" x5 ")));
}

// The largest by a column of one's choice, which is shown with them.
TEST(CliOutputTest, Sort) {
  ASSERT_OK_AND_ASSIGN(
      const CsvTable table,
      ParseCsv(Analyze({"vgg16", "--top", "1", "--sort", "params", "--format", "csv"})));
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_EQ(table.rows[0].fields[0], "classifier.0");
  EXPECT_THAT(Analyze({"vgg16", "--top", "1", "--sort", "bytes"}), HasSubstr("traffic"));
}

// A drawing for Graphviz: blocks alike folded unless asked otherwise, cut at a depth.
TEST(CliOutputTest, Dot) {
  const std::string folded = Analyze({"resnet50", "--format", "dot", "--depth", "2"});
  EXPECT_THAT(folded, StartsWith("digraph \"resnet50\" {\n"));
  EXPECT_THAT(folded, HasSubstr("[label=\"1..5 x5\\nBottleneck\\n1x1024x14x14\\n"));
  const std::string all = Analyze({"resnet50", "--format", "dot", "--depth", "2", "--no-fold"});
  EXPECT_THAT(all, Not(HasSubstr(" x5")));
}

// One page with all there is, which fetches nothing.
TEST(CliOutputTest, Html) {
  const std::string html = Analyze({"resnet18", "--format", "html", "--top", "3"});
  EXPECT_THAT(html, StartsWith("<!doctype html>"));
  EXPECT_THAT(html, HasSubstr("<div class=\"value\">11.69 M</div>"));
  EXPECT_THAT(html, HasSubstr("6.12 MiB at bn1 (batch_norm)"));
  EXPECT_THAT(html, HasSubstr("The 3 layers with the largest number of MACs"));
  for (const char* fetch : {"http://", "https://", " src=", "@import", "url("}) {
    EXPECT_THAT(html, Not(HasSubstr(fetch)));
  }
}

// Flags that a form has no place for are wrong usage, named.
TEST(CliOutputTest, FlagsThatDoNotFitTheForm) {
  const auto refused = [](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"analyze", "resnet18"});
    const Ran ran = RunProgram("latcast", arguments);
    EXPECT_EQ(ran.code, 2);
    EXPECT_EQ(ran.out, "");
    return ran.err;
  };
  EXPECT_THAT(refused({"--format", "html", "--by", "op"}),
              HasSubstr("--by does not go with --format html"));
  EXPECT_THAT(refused({"--format", "dot", "--columns", "macs"}),
              HasSubstr("--columns does not go with --format dot"));
  EXPECT_THAT(refused({"--format", "html", "--no-fold"}),
              HasSubstr("--no-fold does not go with --format html"));
  EXPECT_THAT(refused({"--format", "dot", "--convention", "thop"}),
              HasSubstr("--format dot goes with --convention true"));
}

}  // namespace
}  // namespace latcast::test
