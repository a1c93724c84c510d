// Bad input and bad usage: one line on stderr, nothing on stdout, the right exit status, and the
// place of the error in the line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/file.h"
#include "base/status_matchers.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace latcast::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Case {
  std::vector<std::string> arguments;
  int code = 0;
  std::vector<std::string> says;  // each a part of the line
};

constexpr char kSeedPoints[] = "tests/data/latency/seed-a100-blocks.csv";

class CliErrorsTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& content) {
    const std::string path = folder_.path() + "/" + name;
    EXPECT_OK(WriteFileAtomically(path, content));
    return path;
  }

  void Check(const std::vector<Case>& cases) {
    for (const Case& c : cases) {
      const Ran ran = RunProgram("latcast", c.arguments);
      const std::string command = ::testing::PrintToString(c.arguments);
      EXPECT_EQ(ran.code, c.code) << command << ran.err;
      EXPECT_EQ(ran.out, "") << command;
      EXPECT_THAT(ran.err, StartsWith("latcast: ")) << command;
      EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << command << ran.err;
      for (const std::string& text : c.says) EXPECT_THAT(ran.err, HasSubstr(text)) << command;
    }
  }

  TempFolder folder_;
};

// What is wrong with the command line itself.
TEST_F(CliErrorsTest, BadUsage) {
  Check(
      {{{}, 2, {"no subcommand"}},
       {{"analyse", "resnet18"}, 2, {"'analyse'", "did you mean 'analyze'"}},
       {{"xyzzy"}, 2, {"'xyzzy'", "--help"}},
       {{"analyze"}, 2, {"MODEL", "latcast analyze"}},
       {{"analyze", "resnet18", "--dept", "2"}, 2, {"--dept", "did you mean '--depth'"}},
       {{"analyze", "resnet18", "--format", "jsn"}, 2, {"--format", "'jsn'"}},
       {{"analyze", "resnet18", "--batch", "many"}, 2, {"--batch", "'many'"}},
       {{"analyze", "resnet18", "--batch=0"}, 2, {"--batch", "less than 1"}},
       {{"analyze", "resnet18", "--input", "1x-3x224"}, 2, {"--input"}},
       {{"analyze", "resnet18", "--convention", "torchvisio"}, 2, {"did you mean 'torchvision'"}},
       {{"analyze", "resnet18", "--convention", "all", "--top", "3"}, 2, {"--top"}},
       {{"analyze", "resnet18", "--convention", "all", "--units", "odd"}, 2, {"--units"}},
       {{"analyze", "resnet18", "--convention", "thop", "--measure"}, 2, {"dnn-analyzer"}},
       {{"analyze", "resnet18", "--convention", "thop", "--kind", "md"}, 2, {"--kind", "thoplw"}},
       {{"analyze", "resnet18", "--kind", "md"}, 2, {"--kind", "thoplw"}},
       {{"analyze", "resnet18", "--flops-unit", "G"}, 2, {"--flops-unit", "nns"}},
       {{"analyze", "resnet18", "--receptive-field"}, 2, {"--receptive-field", "torchscan"}},
       {{"analyze", "resnet18", "--convention", "thop", "--units", "raw"},
        2,
        {"--units", "true or thoplw"}},
       {{"analyze", "resnet18", "--convention", "thop", "--phase", "training"},
        2,
        {"--phase training", "true or nns"}},
       {{"analyze", "resnet18", "--convention", "thop", "--depth", "2"},
        2,
        {"--depth", "true or torchscan"}},
       {{"analyze", "resnet18", "--convention", "nns", "--optimizer", "adam"}, 2, {"--optimizer"}},
       {{"analyze", "resnet18", "--optimizer", "adam"}, 2, {"--phase training"}},
       {{"analyze", "resnet18", "--columns", "flps"}, 2, {"--columns", "did you mean 'flops'"}},
       {{"analyze", "resnet18", "--columns", "xyzzy"}, 2, {"'xyzzy'", "--columns help"}},
       {{"analyze", "resnet18", "--columns", "macs,,op"}, 2, {"--columns", "empty"}},
       {{"analyze", "resnet18", "--top", "2", "--sort", "speed"}, 2, {"--sort", "'speed'"}},
       {{"analyze", "resnet18", "--sort", "macs"}, 2, {"--sort", "--top"}},
       {{"analyze", "resnet18", "--by", "block"}, 2, {"--by", "'block'"}},
       {{"analyze", "resnet18", "--by", "op", "--format", "json"}, 2, {"--by", "json"}},
       {{"analyze", "resnet18", "--columns", "op", "--format", "json"}, 2, {"--columns", "json"}},
       {{"analyze", "resnet18", "--units", "raw", "--format", "json"}, 2, {"--units", "json"}},
       {{"analyze", "resnet18", "--convention", "thop", "--no-fold"}, 2, {"--no-fold"}},
       {{"diff", "resnet18"}, 2, {"B", "latcast diff"}},
       {{"diff", "resnet18", "resnet50", "--format", "csv"}, 2, {"--format", "'csv'"}},
       {{"sweep", "resnet18", "--batch", "1,0"}, 2, {"--batch", "'0'"}},
       {{"sweep", "resnet18", "--batch", "1,,2"}, 2, {"--batch", "empty"}},
       {{"sweep", "resnet18", "--input", "1x3x224x224,what"}, 2, {"--input", "what"}},
       {{"sweep", "resnet18", "--dtype", "float23"}, 2, {"--dtype", "float23"}},
       {{"sweep", "resnet18", "--columns", "mac"}, 2, {"did you mean 'macs'"}},
       {{"conventions", "xyzzy"}, 2, {"'xyzzy'", "latcast conventions"}},
       {{"predict", "resnet18"}, 2, {"--profile", "--server"}},
       {{"predict", "--profile", "p.json"}, 2, {"--features"}},
       {{"predict", "resnet18", "--profile", "p", "--interval", "1.5"}, 2, {"--interval", "1.5"}},
       {{"calibrate"}, 2, {"--out"}},
       {{"profiles", "lst"}, 2, {"did you mean 'list'"}},
       {{"profiles", "list"}, 2, {"--server"}},
       {{"profiles", "activate", "cpu", "--server", "127.0.0.1:1"}, 2, {"DEVICE VERSION"}},
       {{"fit", kSeedPoints, "--family", "quadratic"}, 2, {"quadratic"}}});
}

// Models that are none.
TEST_F(CliErrorsTest, BadModels) {
  const std::string truncated = Write("truncated.lcg", std::string("\x1f\x8b\x08\x00\x00", 5));
  const std::string text = Write("text.lcg", "this is no graph\n");
  Check({{{"analyze", "no/such/file.lcg"}, 1, {"no/such/file.lcg"}},
         {{"analyze", "resnet81"}, 1, {"resnet81", "did you mean 'resnet18'"}},
         {{"analyze", "two\nlines"}, 1, {"two lines"}},
         {{"analyze", truncated}, 1, {"truncated.lcg"}},
         {{"analyze", text}, 1, {"text.lcg"}},
         {{"analyze", folder_.path()}, 1, {folder_.path()}},
         {{"analyze", "block:NoSuchBlock"}, 1, {"NoSuchBlock"}},
         {{"analyze", "block:InvertedResidual?expnd=6"}, 1, {"expnd", "did you mean 'expand'"}},
         {{"analyze", "block:InvertedResidual?cin=-8"}, 1, {"cin", "-8"}},
         {{"analyze", "block:InvertedResidual?cin=1e3"}, 1, {"cin", "1e3"}},
         {{"analyze", "resnet18", "--input", "1x3"}, 1, {"resnet18"}},
         {{"analyze", "resnet18", "--input", "1x3x8x8", "--input", "1x3x8x8"}, 1, {"resnet18"}},
         {{"analyze", "resnet18", "--input", "1x4x224x224"}, 1, {"resnet18", "conv"}},
         {{"analyze", "resnet18", "--batch", "9000000000000000000"}, 1, {"resnet18"}},
         {{"blocks", "NoSuchBlock"}, 1, {"NoSuchBlock"}}});
}

// Points no model can be learned from.
TEST_F(CliErrorsTest, BadPoints) {
  ASSERT_OK_AND_ASSIGN(const std::string seed, ReadFile(kSeedPoints));
  const std::string nan = Write("nan.csv", seed + "x,x,1,1,1,1,nan\n");
  const std::string negative = Write("negative.csv", seed + "x,x,1,-1,1,1,2.0\n");
  const std::string few = Write("few.csv", seed.substr(0, seed.find("\n", 200) + 1));
  const std::string no_latency = Write("candidates.csv", "name,acts\nx,1\n");
  const std::string good = Write("good.csv", seed);
  Write("good.csv.provenance.json", R"({"mode": {"threads": "two"}})");
  Check({{{"fit", "no-such.csv"}, 1, {"no-such.csv"}},
         {{"fit", nan}, 1, {"nan.csv", "line 119", "nan"}},
         {{"fit", negative}, 1, {"negative.csv", "line 119", "acts"}},
         {{"fit", few}, 1, {"few.csv"}},
         {{"fit", no_latency}, 1, {"candidates.csv", "latency_ms"}},
         {{"fit", good}, 1, {"good.csv.provenance.json", "threads"}},
         {{"fit", kSeedPoints, "--features", "cpu"}, 1, {"seed-a100-blocks.csv"}},
         {{"fit", kSeedPoints, "--device", "my device!"}, 1, {"device"}},
         {{"fit", kSeedPoints, "--out", folder_.path() + "/no/folder/p.json"}, 1, {"/no/folder"}},
         {{"evaluate", nan}, 1, {"nan.csv", "line 119"}}});
}

// Profiles that are none, of another schema, or that do not fit the model.
TEST_F(CliErrorsTest, BadProfiles) {
  const std::string good = folder_.path() + "/profile.json";
  ASSERT_EQ(RunProgram("latcast", {"fit", kSeedPoints, "--out", good}).code, 0);
  ASSERT_OK_AND_ASSIGN(const std::string text, ReadFile(good));
  const auto replaced = [&text](const std::string& from, const std::string& to) {
    std::string changed = text;
    const size_t at = changed.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? changed : changed.replace(at, from.size(), to);
  };
  const std::string newer =
      Write("newer.json", replaced("\"schema_version\": 1", "\"schema_version\": 99"));
  const std::string unknown = Write("unknown.json", replaced("\"description\"", "\"descripton\""));
  const std::string half = Write("half.json", text.substr(0, text.size() / 2));
  const auto predict = [](const std::string& profile) {
    return std::vector<std::string>{"predict", "resnet18", "--profile", profile};
  };
  Check({{predict("no-such.json"), 1, {"no-such.json"}},
         {predict(newer), 1, {"newer.json", "schema_version", "99"}},
         {predict(unknown), 1, {"unknown.json", "descript"}},
         {predict(half), 1, {"half.json"}},
         {{"predict", "resnet18", "--profile", good, "--threads", "64"}, 1, {"profile.json", "64"}},
         {{"predict", "resnet18", "--profile", good, "--dtype", "float16"}, 1, {"float16"}},
         {{"analyze", "resnet18", "--profile", half}, 1, {"half.json"}},
         {{"profiles", "create", newer, "--server", "127.0.0.1:1"}, 1, {"newer.json"}}});
}

// A server that is not there.
TEST_F(CliErrorsTest, UnreachableServer) {
  Check({{{"predict", "resnet18", "--server", "127.0.0.1:1"}, 3, {"127.0.0.1:1"}},
         {{"profiles", "list", "--server", "127.0.0.1:1"}, 3, {"127.0.0.1:1"}},
         {{"profiles", "list", "--server", "nowhere"}, 2, {"nowhere"}}});
}

}  // namespace
}  // namespace latcast::test
