// latcast fit, evaluate, export and the terms of predict, as a user runs them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
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
using ::testing::StartsWith;
using Json = nlohmann::json;

constexpr char kXeon[] = "tests/data/latency/blocks-xeon-1core-fp32.csv";
constexpr char kSeed[] = "tests/data/latency/seed-a100-blocks.csv";

class CliFitTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }

  std::string Latcast(const std::vector<std::string>& arguments) {
    const Ran ran = RunProgram("latcast", arguments);
    EXPECT_EQ(ran.code, 0) << ran.err;
    return ran.out;
  }
  Json LatcastJson(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--format", "json"});
    return Json::parse(Latcast(arguments), nullptr, /*allow_exceptions=*/false);
  }

  // The points of the Xeon in every `step`-th row from `first` on, their latencies multiplied.
  std::string Probes(const std::string& name, size_t first, size_t step, double factor) {
    CsvTable table = ParseCsv(ReadFile(kXeon).value()).value();
    const size_t column = table.Column("latency_ms").value();
    std::vector<CsvRow> rows;
    for (size_t i = first; i < table.rows.size(); i += step) {
      rows.push_back(table.rows[i]);
      std::string& latency = rows.back().fields[column];
      latency = std::to_string(factor * std::stod(latency));
    }
    table.rows = std::move(rows);
    EXPECT_OK(WriteFileAtomically(Path(name), FormatCsv(table)));
    return Path(name);
  }

  TempFolder folder_;
};

// The page stands alone: a picture, the coefficients, every point, and nothing to fetch.
TEST_F(CliFitTest, ReportIsOnePage) {
  Latcast({"fit", kXeon, "--family", "relative", "--report", Path("r.html")});
  const std::string html = ReadFile(Path("r.html")).value();
  EXPECT_THAT(html, StartsWith("<!doctype html>"));
  EXPECT_THAT(html, AllOf(HasSubstr("<svg"), HasSubstr("GMAC/s"), HasSubstr("us a call"),
                          HasSubstr("dense_22"), HasSubstr("unseen families")));
  EXPECT_THAT(html, AllOf(Not(HasSubstr("src=\"http")), Not(HasSubstr("href=\"http"))));
  Latcast({"fit", kSeed, "--family", "auto", "--report", Path("a.html")});
  EXPECT_THAT(ReadFile(Path("a.html")).value(), HasSubstr(", taken</td>"));
  Latcast({"evaluate", kXeon, "--train", "200", "--repeats", "1", "--report", Path("e.html")});
  EXPECT_THAT(
      ReadFile(Path("e.html")).value(),
      AllOf(HasSubstr("relative on the cpu features"), HasSubstr("classic on the classic features"),
            HasSubstr("<svg"), HasSubstr("Forecasts of blocks-xeon-1core-fp32.csv")));
}

// A coefficient faster than the device can be is named, in the text and on the page.
TEST_F(CliFitTest, ChecksCoefficientsAgainstTheDevice) {
  const std::vector<std::string> fit = {"fit",      kSeed,          "--family",    "classic",
                                        "--report", Path("r.html"), "--peak-gmacs"};
  auto with = fit;
  with.emplace_back("78000");
  EXPECT_THAT(Latcast(with), HasSubstr("flops reads 9.703e+04 GMAC/s, the device's peak is "
                                       "7.8e+04: not physical"));
  EXPECT_THAT(ReadFile(Path("r.html")).value(), HasSubstr("beyond the device"));
  with = fit;
  with.emplace_back("98000");
  EXPECT_THAT(Latcast(with), Not(HasSubstr("not physical")));
  with = fit;
  with.emplace_back("fast");
  EXPECT_EQ(RunProgram("latcast", with).code, 1);
}

// A profile against measurements like its own, and against a device that lost a quarter of its
// speed.
TEST_F(CliFitTest, EvaluateSaysWhetherAProfileIsStale) {
  Latcast({"fit", kXeon, "--out", Path("p.json")});
  const std::string same = Probes("same.csv", 3, 9, 1.0);
  EXPECT_THAT(Latcast({"evaluate", same, "--profile", Path("p.json")}),
              HasSubstr("\nfresh: 41 probes"));
  const Json json =
      LatcastJson({"evaluate", Probes("slow.csv", 3, 9, 1.35), "--profile", Path("p.json")});
  EXPECT_EQ(json["staleness"]["stale"], true);
  EXPECT_EQ(json["staleness"]["probes"], 41);
  EXPECT_EQ(json["staleness"]["witnesses"], 14);
  EXPECT_NEAR(json["staleness"]["ratio"], 1.35, 0.1);
  EXPECT_EQ(json["staleness"]["thresholds"]["sigmas"], 3.0);
}

// From three probes of a device that is twice as slow: a factor, said so in text, JSON, profile.
TEST_F(CliFitTest, TransfersFromAKnownDevice) {
  Latcast({"fit", kXeon, "--device", "known", "--out", Path("p.json")});
  const std::string probes = Probes("probes.csv", 5, 130, 2.0);
  const Json json = LatcastJson({"fit", probes, "--from", Path("p.json"), "--out", Path("q.json")});
  EXPECT_EQ(json["transfer"]["method"], "scale");
  EXPECT_EQ(json["transfer"]["known_device"], "known");
  EXPECT_NEAR(json["transfer"]["scale"], 2.0, 0.3);
  EXPECT_THAT(json["profile"]["provenance"]["transfer"].get<std::string>(),
              StartsWith("from known: scale: "));
  EXPECT_THAT(Latcast({"fit", probes, "--from", Path("p.json")}),
              AllOf(StartsWith("from known: scale: "), HasSubstr("expects a median error of")));
  const Json before = LatcastJson({"predict", "resnet18", "--profile", Path("p.json")});
  const Json after = LatcastJson({"predict", "resnet18", "--profile", Path("q.json")});
  EXPECT_NEAR(after["forecasts"][0]["latency_ms"].get<double>() /
                  before["forecasts"][0]["latency_ms"].get<double>(),
              json["transfer"]["scale"].get<double>(), 1e-9);
  EXPECT_THAT(
      RunProgram("latcast", {"fit", Probes("two.csv", 5, 200, 2.0), "--from", Path("p.json")}).err,
      HasSubstr("needs 3 probes"));
}

// Points added later: whether they fit the others, then one fit of all, as of one file.
TEST_F(CliFitTest, AddsPoints) {
  const std::string half = Probes("half.csv", 0, 2, 1.0);
  const std::string other = Probes("other.csv", 1, 2, 1.0);
  const Json added = LatcastJson({"fit", half, "--add", other, "--device", "d"});
  EXPECT_EQ(added["points"]["used"], 364);
  EXPECT_EQ(added["added"]["points"], 182);
  EXPECT_EQ(added["added"]["staleness"]["stale"], false);
  const Json whole = LatcastJson({"fit", Probes("all.csv", 0, 1, 1.0), "--device", "d"});
  EXPECT_EQ(added["profile"], whole["profile"]);
}

// The closed form is a table; json is the profile; classic is what the family allows.
TEST_F(CliFitTest, Exports) {
  Latcast({"fit", kSeed, "--family", "classic", "--device", "a100", "--out", Path("p.json")});
  const std::string csv = Latcast({"export", "--profile", Path("p.json"), "--format", "csv"});
  EXPECT_THAT(csv, StartsWith("term,feature,coefficient,unit,reading\nmemory,acts,1.33916"));
  EXPECT_THAT(csv, AllOf(HasSubstr("\ncompute,flops,"), HasSubstr("\nother,intercept,"),
                         HasSubstr("\ntwo_piece,breakpoint,2.1254")));
  Latcast({"export", "--profile", Path("p.json"), "--format", "classic", "--out", Path("c.json")});
  const Json classic = Json::parse(ReadFile(Path("c.json")).value());
  EXPECT_NEAR(classic["breakpoint"], 2.125431, 1e-6);
  EXPECT_EQ(Latcast({"export", "--profile", Path("p.json"), "--format", "json"}),
            ReadFile(Path("p.json")).value());
  EXPECT_EQ(RunProgram("latcast", {"export"}).code, 2);
}

// A search space's table: forecasts in the space's own form; measurements of its plan go before
// them, and need no profile.
TEST_F(CliFitTest, ExportsLookupTables) {
  Latcast({"fit", kXeon, "--out", Path("p.json")});
  const Json ofa = Json::parse(
      Latcast({"export", "--profile", Path("p.json"), "--space", "ofa", "--format", "ofa"}));
  EXPECT_EQ(ofa.size(), 96u);
  const Json& entry = ofa.at(
      "expanded_conv-input:7x7x160-output:7x7x160-expand:960-kernel:5-stride:1-idskip:1-se:1-hs:1");
  const Json forecast = LatcastJson(
      {"predict", "block:OFABlock?cin=160&cout=160&h=7&w=7&expand=6&kernel=5&stride=1&se=1&hs=1",
       "--profile", Path("p.json")});
  EXPECT_EQ(entry["mean"], forecast["forecasts"][0]["latency_ms"]);
  EXPECT_EQ(entry["count"], 0);
  EXPECT_GT(entry["std"].get<double>(), 0.0);

  // A profile in another precision forecasts blocks in it.
  Json half = Json::parse(ReadFile(Path("p.json")).value());
  half["models"][0]["mode"]["precision"] = "float16";
  ASSERT_OK(WriteFileAtomically(Path("half.json"), half.dump()));
  EXPECT_EQ(Json::parse(Latcast({"export", "--profile", Path("half.json"), "--space", "ofa",
                                 "--format", "ofa"}))
                .size(),
            96u);

  Latcast({"export", "--space", "fbnet", "--format", "plan", "--out", Path("plan.json")});
  const Json plan = Json::parse(ReadFile(Path("plan.json")).value());
  const size_t cells = plan["items"].size();
  std::string points = "name,spec,kernels,latency_ms,mad_ms\n";
  for (size_t i = 0; i < cells; ++i) {
    absl::StrAppend(&points, i, ",", plan["items"][i]["spec"].get<std::string>(), ",1,", i + 1,
                    ",2\n");
  }
  ASSERT_OK(WriteFileAtomically(Path("cells.csv"), points));
  const std::string table =
      Latcast({"export", "--points", Path("cells.csv"), "--space", "fbnet", "--format", "fbnet"});
  EXPECT_THAT(table, StartsWith("ir_k3_e1 ir_k3_s2 ir_k3_e3 ir_k3_e6 ir_k5_e1 ir_k5_s2 ir_k5_e3 "
                                "ir_k5_e6 skip\n1000 2000 3000 4000 5000 6000 7000 8000 0\n9000 "));
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 23);
  EXPECT_THAT(Latcast({"export", "--points", Path("cells.csv"), "--space", "fbnet"}),
              HasSubstr(",1,2.9652,measured,0\n"));

  EXPECT_THAT(
      RunProgram("latcast", {"export", "--points", Path("cells.csv"), "--space", "ofa"}).err,
      HasSubstr("block:ConvBnAct?batch=1&h=224&w=224&cin=3&cout=16&stride=2&act=4: not measured"));
  for (const std::vector<std::string>& bad :
       {std::vector<std::string>{"--space", "fbnet", "--format", "ofa"},
        {"--space", "fbnet", "--format", "json"},
        {"--space", "darts"},
        {"--space", "ofa"},
        {"--format", "ofa"},
        {"--space", "ofa", "--format", "plan", "--resolution", "16"}}) {
    std::vector<std::string> arguments = {"export"};
    arguments.insert(arguments.end(), bad.begin(), bad.end());
    EXPECT_EQ(RunProgram("latcast", arguments).code, 2) << bad.back();
  }
}

// The four terms of a forecast add up to it exactly, in JSON and in CSV, and the table shows them.
TEST_F(CliFitTest, TermsAddUp) {
  Latcast({"fit", kXeon, "--out", Path("p.json")});
  const Json json =
      LatcastJson({"predict", "resnet18", "mobilenet_v2", "vgg16", "--profile", Path("p.json")});
  for (const Json& forecast : json["forecasts"]) {
    const Json& terms = forecast["terms"];
    EXPECT_EQ(terms["memory_ms"].get<double>() + terms["compute_ms"].get<double>() +
                  terms["launch_ms"].get<double>() + terms["other_ms"].get<double>(),
              forecast["latency_ms"].get<double>());
    EXPECT_GT(terms["compute_ms"].get<double>(), 0.0);
  }
  EXPECT_THAT(Latcast({"predict", "resnet18", "--profile", Path("p.json"), "--terms"}),
              AllOf(HasSubstr("memory"), HasSubstr("compute"), HasSubstr("launch")));
  EXPECT_THAT(
      Latcast({"predict", "resnet18", "--profile", Path("p.json"), "--terms", "--format", "csv"}),
      HasSubstr(",measured_ms,memory_ms,compute_ms,launch_ms,other_ms\n"));
}

}  // namespace
}  // namespace latcast::test
