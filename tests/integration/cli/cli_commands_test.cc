// Every subcommand that needs neither a device nor a server, as a user runs it.
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

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

constexpr char kSeedPoints[] = "tests/data/latency/seed-a100-blocks.csv";

std::string Latcast(const std::vector<std::string>& arguments) {
  const Ran ran = RunProgram("latcast", arguments);
  EXPECT_EQ(ran.code, 0) << ran.err;
  return ran.out;
}

Json LatcastJson(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--format", "json"});
  const std::string text = Latcast(arguments);
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  EXPECT_FALSE(json.is_discarded()) << text;
  EXPECT_EQ(json.value("schema_version", 0), 1);
  return json;
}

// The version is one line, and the help shows every subcommand with an example of it.
TEST(CliTest, VersionAndHelp) {
  EXPECT_EQ(Latcast({"--version"}), "latcast 0.1.0\n");
  const std::string help = Latcast({"--help"});
  for (const char* name :
       {"analyze", "diff", "sweep", "predict", "calibrate", "bench", "fit", "evaluate", "export",
        "profiles", "serve", "agent", "jobs", "blocks", "zoo", "ops"}) {
    EXPECT_THAT(help, HasSubstr(std::string("\n  ") + name + " "));
    EXPECT_THAT(help, HasSubstr(std::string("\n  latcast ") + name));
  }
  EXPECT_THAT(Latcast({"fit", "--help"}), HasSubstr("Example: latcast fit points.csv"));
}

// The tree of a shipped network ends with the totals everyone knows.
TEST(CliTest, AnalyzeTree) {
  const std::string tree = Latcast({"analyze", "resnet18", "--depth", "2", "--top", "3"});
  EXPECT_THAT(tree, HasSubstr("layer1"));
  EXPECT_THAT(tree, HasSubstr("11689512"));
  EXPECT_THAT(tree, HasSubstr("1814073344"));
  EXPECT_THAT(tree, Not(HasSubstr("│  │  ")));  // nothing deeper than 2
}

// The JSON holds the exact totals, and its layers add up to them.
TEST(CliTest, AnalyzeJson) {
  const Json report = LatcastJson({"analyze", "resnet18"});
  EXPECT_EQ(report["status"], "complete");
  EXPECT_EQ(report["totals"]["params"], 11689512);
  EXPECT_EQ(report["totals"]["macs"], 1814073344);
  int64_t macs = 0;
  for (const Json& layer : report["layers"]) macs += layer["macs"].get<int64_t>();
  EXPECT_EQ(macs, 1814073344);
  EXPECT_EQ(report["modules"][0]["macs"], 1814073344);
}

// Training adds the backward pass and the memory of a step, with the states of the optimizer.
TEST(CliTest, AnalyzeTraining) {
  const std::vector<std::string> base = {"analyze", "resnet18", "--phase", "training"};
  const Json sgd = LatcastJson(base)["totals"]["training"];
  EXPECT_EQ(sgd["backward_macs"], 3510132736);
  EXPECT_EQ(sgd["saved_bytes"], 21616128);
  EXPECT_EQ(sgd["optimizer_bytes"], 0);
  std::vector<std::string> adam = base;
  adam.insert(adam.end(), {"--optimizer", "adamw"});
  EXPECT_EQ(LatcastJson(adam)["totals"]["training"]["optimizer_bytes"], 2 * 4 * 11689512);
  EXPECT_THAT(Latcast(base), HasSubstr("5.32 G MACs a step"));
  std::vector<std::string> half = base;
  half.insert(half.end(), {"--autocast", "bfloat16"});
  EXPECT_EQ(LatcastJson(half)["totals"]["memory"]["autocast"], "bfloat16");
  EXPECT_LT(LatcastJson(half)["totals"]["training"]["peak_bytes"].get<int64_t>(),
            sgd["peak_bytes"].get<int64_t>());
  EXPECT_EQ(LatcastJson({"analyze", "resnet18"})["totals"]["memory"]["eager_peak_bytes"], 6422528);
}

// A batch multiplies the MACs and leaves the parameters; --input does the same by hand.
TEST(CliTest, AnalyzeReshapes) {
  const Json batch = LatcastJson({"analyze", "resnet18", "--batch", "3"});
  EXPECT_EQ(batch["totals"]["macs"], 3 * int64_t{1814073344});
  EXPECT_EQ(batch["totals"]["params"], 11689512);
  const Json input = LatcastJson({"analyze", "resnet18", "--input", "3x3x224x224"});
  EXPECT_EQ(input["totals"], batch["totals"]);
  const Json half = LatcastJson({"analyze", "resnet18", "--dtype", "float16"});
  EXPECT_EQ(half["totals"]["parameter_bytes"], 2 * 11689512);
}

// CSV has exact numbers, a header and one row a layer.
TEST(CliTest, AnalyzeCsv) {
  const std::string text =
      Latcast({"analyze", "block:InvertedResidual?cin=24&cout=24&h=56&w=56", "--format", "csv"});
  ASSERT_OK_AND_ASSIGN(const CsvTable table, ParseCsv(text));
  EXPECT_EQ(table.header.front(), "layer");
  EXPECT_GE(table.rows.size(), 8u);
  EXPECT_THAT(Latcast({"analyze", "alexnet", "--format", "table"}), HasSubstr("+---"));
  EXPECT_THAT(Latcast({"analyze", "alexnet", "--format", "md"}), HasSubstr("| --- |"));
}

// The listings name what there is, in text and in JSON.
TEST(CliTest, Listings) {
  EXPECT_THAT(Latcast({"blocks"}), HasSubstr("InvertedResidual"));
  EXPECT_EQ(LatcastJson({"blocks"})["presets"].size(), 15u);
  EXPECT_THAT(Latcast({"blocks", "InvertedResidual"}), HasSubstr("expand"));
  EXPECT_EQ(LatcastJson({"blocks", "InvertedResidual?cin=32"})["arguments"]["cin"], 32);
  EXPECT_THAT(Latcast({"ops"}), HasSubstr("conv2d"));
  EXPECT_GT(LatcastJson({"ops"})["ops"].size(), 20u);
  EXPECT_THAT(Latcast({"zoo"}), HasSubstr("25557032"));
  EXPECT_EQ(LatcastJson({"zoo"})["networks"].size(), 5u);
}

// The user's own formulas take the place of the built-in counts, of an operator and of a module.
TEST(CliTest, AnalyzeWithRules) {
  const TempFolder folder;
  const std::string rules = folder.path() + "/rules.json";
  ASSERT_OK(WriteFileAtomically(rules, R"({"schema_version": 1,
      "ops": {"conv2d": {"macs": "7"}}, "modules": {"Linear": {"macs": "out0.numel"}}})"));
  const Json report = LatcastJson({"analyze", "resnet18", "--rules", rules});
  EXPECT_EQ(report["totals"]["macs"], 20 * 7 + 1000);
  EXPECT_EQ(report["status"], "complete");

  ASSERT_OK(WriteFileAtomically(rules, R"({"schema_version": 1, "ops": {"relu": {"macs": "x"}}})"));
  const Ran ran = RunProgram("latcast", {"analyze", "resnet18", "--rules", rules});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err,
              AllOf(HasSubstr("ops 'relu': macs: column 1 of 'x'"), HasSubstr("rules.json)")));
}

// A classic fit writes a profile and a picture, and the profile forecasts at once.
TEST(CliTest, FitThenPredict) {
  const TempFolder folder;
  const std::string profile = folder.path() + "/profile.json";
  const std::string plot = folder.path() + "/fit.svg";
  const std::string report = Latcast({"fit", kSeedPoints, "--family", "classic", "--device", "a100",
                                      "--out", profile, "--plot", plot});
  EXPECT_THAT(report, HasSubstr("1.339"));
  ASSERT_OK_AND_ASSIGN(const std::string svg, ReadFile(plot));
  EXPECT_THAT(svg, HasSubstr("MBConv"));

  const Json forecast =
      LatcastJson({"predict", "resnet18", "--profile", profile, "--parts", "--depth", "1"});
  EXPECT_EQ(forecast["source"]["device"], "a100");
  EXPECT_EQ(forecast["source"]["family"], "classic");
  const Json& one = forecast["forecasts"][0];
  EXPECT_GT(one["latency_ms"].get<double>(), 0.0);
  EXPECT_LE(one["lower_ms"].get<double>(), one["latency_ms"].get<double>());
  double share = 0.0;
  for (const Json& part : one["parts"]) share += part["share"].get<double>();
  EXPECT_NEAR(share, 1.0, 1e-9);
  const std::string table = Latcast({"predict", "resnet18", "--profile", profile, "--parts"});
  EXPECT_THAT(table, HasSubstr("layer4.1"));
  EXPECT_THAT(table, HasSubstr("sum of the parts"));
  EXPECT_THAT(Latcast({"analyze", "resnet18", "--profile", profile}), HasSubstr("latency"));
}

// The evidence of a fit is there in JSON: one residual a point, and the profile itself.
TEST(CliTest, FitJson) {
  const Json fit = LatcastJson({"fit", kSeedPoints});
  EXPECT_EQ(fit["points"]["used"], 117);
  EXPECT_EQ(fit["summary"]["residuals"].size(), 117u);
  EXPECT_EQ(fit["summary"]["family"], "relative");
  EXPECT_EQ(fit["profile"]["models"].size(), 1u);
}

// Every row of a points file is forecast, beside its measurement where it has one.
TEST(CliTest, PredictFeatures) {
  const TempFolder folder;
  const std::string profile = folder.path() + "/profile.json";
  Latcast({"fit", kSeedPoints, "--out", profile});
  const Json all = LatcastJson({"predict", "--features", kSeedPoints, "--profile", profile});
  ASSERT_EQ(all["forecasts"].size(), 117u);
  EXPECT_TRUE(all["forecasts"][0].contains("measured_ms"));
  EXPECT_THAT(Latcast({"predict", "--features", kSeedPoints, "--profile", profile}),
              HasSubstr("against the measurements: n 117"));

  const std::string candidates = folder.path() + "/candidates.csv";
  ASSERT_OK(WriteFileAtomically(candidates, "name,acts,inp,flops\nx,75264,125440,180031488\n"));
  const Json one = LatcastJson({"predict", "--features", candidates, "--profile", profile});
  ASSERT_EQ(one["forecasts"].size(), 1u);
  EXPECT_FALSE(one["forecasts"][0].contains("measured_ms"));
  EXPECT_EQ(one["forecasts"][0]["latency_ms"], all["forecasts"][0]["latency_ms"]);
}

// The mode and provenance beside the points file travel into the profile.
TEST(CliTest, FitTakesProvenanceAlong) {
  const TempFolder folder;
  const std::string points = folder.path() + "/points.csv";
  ASSERT_OK_AND_ASSIGN(const std::string seed, ReadFile(kSeedPoints));
  ASSERT_OK(WriteFileAtomically(points, seed));
  ASSERT_OK(WriteFileAtomically(points + ".provenance.json",
                                R"({"mode": {"metric": "wall", "threads": 2},
          "provenance": {"cpu_model": "Fine(R) CPU 7 @ 3.0GHz", "date": "2026-01-02"}})"));
  const Json fit = LatcastJson({"fit", points});
  EXPECT_EQ(fit["profile"]["device"], "fine-cpu-7");
  EXPECT_EQ(fit["profile"]["models"][0]["mode"]["threads"], 2);
  EXPECT_EQ(fit["profile"]["provenance"]["date"], "2026-01-02");
}

// Bad rows are left out and counted where the user asks for that, and said on stderr.
TEST(CliTest, FitSkipsBadRows) {
  const TempFolder folder;
  const std::string points = folder.path() + "/points.csv";
  ASSERT_OK_AND_ASSIGN(std::string text, ReadFile(kSeedPoints));
  text += "broken,x,1,1,1,1,nan\n";
  ASSERT_OK(WriteFileAtomically(points, text));
  const Ran ran = RunProgram("latcast", {"fit", points, "--skip-bad"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("line 119"));
  EXPECT_EQ(LatcastJson({"fit", points, "--skip-bad"})["points"]["skipped"], 1);
}

// Evaluation compares families on points held out: one object a family.
TEST(CliTest, Evaluate) {
  const Json drawn = LatcastJson({"evaluate", kSeedPoints, "--train", "87", "--repeats", "2"});
  ASSERT_EQ(drawn["families"].size(), 3u);
  for (const Json& row : drawn["families"]) {
    EXPECT_EQ(row["n_train"], 87);
    EXPECT_EQ(row["n_test"], 60);
    EXPECT_GT(row["mdre"].get<double>(), 1.0);  // per cent
  }
  const Json groups = LatcastJson({"evaluate", kSeedPoints, "--leave-group-out"});
  EXPECT_EQ(groups["families"][0]["n_test"], 117);
  const TempFolder folder;
  const std::string profile = folder.path() + "/profile.json";
  Latcast({"fit", kSeedPoints, "--out", profile});
  const Json own = LatcastJson({"evaluate", kSeedPoints, "--profile", profile});
  const Json test =
      LatcastJson({"evaluate", kSeedPoints, "--test", kSeedPoints, "--family", "auto"});
  EXPECT_EQ(own["families"][0]["mdre"], test["families"][0]["mdre"]);
}

}  // namespace
}  // namespace latcast::test
