// `analyze --convention` and `conventions`, as a user runs them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/csv.h"
#include "base/file.h"
#include "base/status_matchers.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace latcast::test {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Json = nlohmann::json;

std::string Latcast(const std::vector<std::string>& arguments) {
  const Ran ran = RunProgram("latcast", arguments);
  EXPECT_EQ(ran.code, 0) << ran.err;
  return ran.out;
}

Json LatcastJson(const std::vector<std::string>& arguments) {
  const std::string text = Latcast(arguments);
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  EXPECT_FALSE(json.is_discarded()) << text;
  EXPECT_EQ(json.value("schema_version", 0), 1);
  return json;
}

// "true" is what analyze prints anyway.
TEST(CliConventionsTest, TrueIsTheDefault) {
  EXPECT_EQ(Latcast({"analyze", "resnet18", "--convention", "true"}),
            Latcast({"analyze", "resnet18"}));
}

// Every form of one convention carries its rows and the exact total.
TEST(CliConventionsTest, OneConvention) {
  const std::vector<std::string> base = {"analyze", "resnet18", "--convention", "torchvision"};
  const auto as = [&base](const std::string& format) {
    std::vector<std::string> arguments = base;
    arguments.insert(arguments.end(), {"--format", format});
    return arguments;
  };
  EXPECT_THAT(Latcast(as("table")), HasSubstr("1814073344"));
  EXPECT_THAT(Latcast(as("md")), HasSubstr("| conv_matmul_macs | 1814073344 |"));
  ASSERT_OK_AND_ASSIGN(const CsvTable rows, ParseCsv(Latcast(as("csv"))));
  EXPECT_EQ(rows.header, (std::vector<std::string>{"name", "module", "op", "MACs"}));
  EXPECT_EQ(rows.rows.size(), 21u);

  const Json json = LatcastJson(as("json"));
  EXPECT_EQ(json["convention"], "torchvision");
  EXPECT_EQ(json["status"], "complete");
  EXPECT_EQ(json["inputs"][0]["shape"], Json({1, 3, 224, 224}));
  EXPECT_EQ(json["totals"]["conv_matmul_macs"], 1814073344);
  int64_t macs = 0;
  for (const Json& layer : json["layers"]) macs += layer["values"]["MACs"].get<int64_t>();
  EXPECT_EQ(macs, 1814073344);
  EXPECT_EQ(json["layers"][0]["path"], "conv1");
  EXPECT_EQ(json["layers"][0]["class"], "Conv2d");
  EXPECT_EQ(json["layers"][0]["op"], "conv2d");
  EXPECT_EQ(json["layers"][0]["depth"], 1);
}

// All conventions at once: one header and one row, the columns fixed, and the same numbers as JSON.
TEST(CliConventionsTest, AllConventions) {
  ASSERT_OK_AND_ASSIGN(
      const CsvTable csv,
      ParseCsv(Latcast({"analyze", "resnet18", "--convention", "all", "--format", "csv"})));
  ASSERT_EQ(csv.rows.size(), 1u);
  ASSERT_EQ(csv.header.size(), 36u);
  EXPECT_EQ(csv.header[4], "conv_matmul_macs");
  EXPECT_EQ(csv.header.back(), "dnn_rows");
  const std::vector<std::string> start(csv.rows[0].fields.begin(), csv.rows[0].fields.begin() + 5);
  EXPECT_EQ(start, (std::vector<std::string>{"resnet18", "1x3x224x224", "11689512", "38560",
                                             "1814073344"}));
  const Json json = LatcastJson({"analyze", "resnet18", "--convention", "all", "--format", "json"});
  EXPECT_EQ(json["totals"]["buffers_bytes"], 38560);
  EXPECT_EQ(json["totals"]["conv_matmul_macs"], 1814073344);
  EXPECT_THAT(Latcast({"analyze", "resnet18", "--convention", "all"}),
              ContainsRegex("conv_matmul_macs +1814073344"));
}

// The row of a shipped network is the published row, to the letter (but of VGG-16, for which
// torchprofile was not run).
TEST(CliConventionsTest, AllConventionsAsPublished) {
  ASSERT_OK_AND_ASSIGN(const std::string published,
                       ReadFile("tests/data/golden/torchvision-13-tools.csv"));
  for (const char* model : {"alexnet", "mobilenet_v2", "resnet18", "resnet50"}) {
    const std::string text = Latcast({"analyze", model, "--convention", "all", "--format", "csv"});
    const size_t end_of_header = text.find('\n') + 1;
    EXPECT_THAT(published, StartsWith(text.substr(0, end_of_header)));
    const std::string row = "\n" + text.substr(end_of_header);
    EXPECT_THAT(published, HasSubstr(row));
  }
}

// Every layout of a tool that has one, and of its choices, as the library prints it and people
// published it.
TEST(CliConventionsTest, Layouts) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> layouts = {
      {{"mobilenet_v2", "--convention", "dnn-analyzer"}, "mobilenet_v2.dnn-analyzer.txt"},
      {{"resnet18", "--convention", "thoplw"}, "resnet18.thoplw.txt"},
      {{"resnet18", "--convention", "thoplw", "--units", "raw"}, "resnet18.thoplw.raw.txt"},
      {{"resnet18", "--convention", "thoplw", "--kind", "md", "--units", "ratio"},
       "resnet18.thoplw.ratio.md"},
      {{"alexnet", "--convention", "thoplw", "--kind", "csv", "--units", "raw"},
       "alexnet.thoplw.raw.csv"},
      {{"vgg16", "--convention", "torchscan", "--effective-rf-stats"},
       "vgg16.torchscan.field.txt"},
      {{"alexnet", "--convention", "nns"}, "alexnet.nns.txt"},
      {{"alexnet", "--convention", "nns", "--phase", "training", "--flops-unit", "M",
        "--memory-unit", "B"},
       "alexnet.nns.training.txt"}};
  for (const auto& [arguments, file] : layouts) {
    std::vector<std::string> all = {"analyze"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    ASSERT_OK_AND_ASSIGN(const std::string published, ReadFile("tests/data/conventions/" + file));
    EXPECT_EQ(Latcast(all), published) << file;
  }
  // One more column than without the effective numbers.
  const std::vector<std::string> field = {"analyze", "vgg16", "--convention",     "torchscan",
                                          "--depth", "1",     "--receptive-field"};
  EXPECT_THAT(Latcast(field), HasSubstr("Receptive field"));
  EXPECT_THAT(Latcast(field), Not(HasSubstr("Effective stride")));
}

// Durations of a profile become the column that DNN analyzer measures.
TEST(CliConventionsTest, Durations) {
  const TempFolder folder;
  const std::string profile = folder.path() + "/profile.json";
  Latcast({"fit", "tests/data/latency/seed-a100-blocks.csv", "--family", "classic", "--device",
           "a100", "--out", profile});
  const std::vector<std::string> base = {"analyze", "resnet18", "--convention", "dnn-analyzer"};
  EXPECT_THAT(Latcast(base), Not(HasSubstr("duration")));
  std::vector<std::string> with_profile = base;
  with_profile.insert(with_profile.end(), {"--profile", profile});
  EXPECT_THAT(Latcast(with_profile), HasSubstr("duration[%]"));
}

// The list names every convention with its tool, and explains the columns of one.
TEST(CliConventionsTest, Listing) {
  EXPECT_THAT(Latcast({"conventions"}), HasSubstr("torchvision"));
  EXPECT_THAT(Latcast({"conventions", "torchvision"}), HasSubstr("conv_matmul_macs"));
  const Json all = LatcastJson({"conventions", "--format", "json"});
  ASSERT_GE(all["conventions"].size(), 1u);
  for (const Json& convention : all["conventions"]) {
    EXPECT_FALSE(convention["tool"].get<std::string>().empty());
    EXPECT_FALSE(convention["totals"].empty()) << convention["name"];
  }
  EXPECT_EQ(LatcastJson({"conventions", "torchvision", "--format", "json"})["totals"][0]["unit"],
            "MACs");
}

}  // namespace
}  // namespace latcast::test
