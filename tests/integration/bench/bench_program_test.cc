// latcast-bench as a user runs it, on the fake device.
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "analyzer/features/graph_features.h"
#include "analyzer/import/load_model.h"
#include "base/csv.h"
#include "base/file.h"
#include "bench/harness/journal.h"
#include "bench/harness/rough_latency.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace latcast::bench {
namespace {

using test::Ran;
using test::RunProgram;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class BenchProgramTest : public ::testing::Test {
 protected:
  static Ran Bench(const std::vector<std::string>& arguments) {
    return RunProgram("latcast-bench", arguments);
  }
  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }

  // Runs on the fake device and reads the points back.
  CsvTable Points(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(),
                     {"run", "--no-isolate", "--device", "fake", "--out", Path("points.csv")});
    const Ran ran = Bench(arguments);
    EXPECT_EQ(ran.code, 0) << ran.err;
    return ParseCsv(ReadFile(Path("points.csv")).value()).value();
  }

  test::TempFolder folder_;
};

std::string Cell(const CsvTable& table, size_t row, std::string_view column) {
  return table.rows.at(row).fields.at(table.Column(column).value());
}

double Number(const CsvTable& table, size_t row, std::string_view column) {
  double value = -1.0;
  EXPECT_TRUE(absl::SimpleAtod(Cell(table, row, column), &value)) << column;
  return value;
}

// Points carry name, spec, group, the features for the run's threads, and the statistics.
TEST_F(BenchProgramTest, PointsHoldFeaturesAndStatistics) {
  for (const int threads : {1, 2}) {
    const std::string spec = "block:BasicBlock?batch=2&cin=16&cout=16&h=8&w=8";
    const CsvTable points =
        Points({"--model", "resnet18", "--model", spec, "--threads", absl::StrCat(threads),
                "--journal", Path(absl::StrCat("j", threads))});
    ASSERT_THAT(points.rows, SizeIs(2));
    EXPECT_EQ(Cell(points, 0, "name"), "resnet18");
    EXPECT_EQ(Cell(points, 0, "group"), "network");
    EXPECT_EQ(Cell(points, 1, "spec"), spec);
    EXPECT_EQ(Cell(points, 1, "group"), "BasicBlock");
    EXPECT_EQ(Cell(points, 1, "batch"), "2");
    ASSERT_OK_AND_ASSIGN(const graph::Graph graph, import::LoadModel("resnet18"));
    ASSERT_OK_AND_ASSIGN(const auto features,
                         features::ComputeFeatures(graph, {.threads = threads}));
    for (const std::string_view name : FeatureNames()) {
      EXPECT_EQ(Number(points, 0, name), features.total[*FindFeature(name)]) << name;
    }
    const double latency_ms = RoughLatencyMs(features.total);
    EXPECT_NEAR(Number(points, 0, "latency_ms"), latency_ms, 1e-9 * latency_ms);
    EXPECT_EQ(Cell(points, 0, "noise"), "0");
    EXPECT_EQ(Cell(points, 0, "outcome"), "ok");
    EXPECT_GE(Number(points, 0, "samples"), 20);
  }
}

// Beside the points lies how they were measured.
TEST_F(BenchProgramTest, ProvenanceLiesBesideThePoints) {
  Points({"--model", "alexnet", "--threads", "2", "--budget", "30s", "--seed", "7"});
  const auto json = nlohmann::json::parse(ReadFile(Path("points.csv.provenance.json")).value());
  EXPECT_EQ(json["mode"], nlohmann::json({{"metric", "wall"},
                                          {"precision", "float32"},
                                          {"execution", "eager"},
                                          {"layout", "nchw"},
                                          {"threads", 2}}));
  const auto provenance = json["provenance"].get<std::map<std::string, std::string>>();
  EXPECT_EQ(provenance.at("device"), "fake");
  EXPECT_EQ(provenance.at("threads"), "2");
  EXPECT_EQ(provenance.at("seed"), "7");
  EXPECT_EQ(provenance.at("budget_s"), "30");
  for (const char* key : {"cpu_model", "kernel", "load_average", "date", "harness_version"}) {
    EXPECT_TRUE(provenance.contains(key)) << key;
  }
}

// Points that fail are rows with their outcome, the others are measured, and the reason is told.
TEST_F(BenchProgramTest, FailuresAreOutcomes) {
  const std::vector<std::string> arguments = {"run",
                                              "--device",
                                              "fake",
                                              "--fake",
                                              "oom_above_ms=50,fail=alexnet,nan=resnet18",
                                              "--out",
                                              Path("points.csv"),
                                              "--model",
                                              "vgg16",
                                              "--model",
                                              "alexnet",
                                              "--model",
                                              "resnet18",
                                              "--model",
                                              "mobilenet_v2"};
  const Ran ran = Bench(arguments);
  EXPECT_EQ(ran.code, 0);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("vgg16: oom: told to have no memory"),
                             HasSubstr("alexnet: failed: told to fail"),
                             HasSubstr("resnet18: failed: warm-up run 1 took nan ms"),
                             HasSubstr("1 ok, 1 oom, 2 failed")));
  ASSERT_OK_AND_ASSIGN(const CsvTable points, ParseCsv(*ReadFile(Path("points.csv"))));
  std::vector<std::string> outcomes;
  std::vector<bool> has_latency;
  for (size_t row = 0; row < points.rows.size(); ++row) {
    outcomes.push_back(Cell(points, row, "outcome"));
    has_latency.push_back(!Cell(points, row, "latency_ms").empty());
  }
  EXPECT_THAT(outcomes, ElementsAre("oom", "failed", "failed", "ok"));
  EXPECT_THAT(has_latency, ElementsAre(false, false, false, true));
}

// A point that hangs, crashes, loses the device or takes no time or none that is a number costs
// itself: the others are measured, each fault is told, and no point is missing.
TEST_F(BenchProgramTest, FaultsCostTheirPoint) {
  const Ran ran = Bench({"run",
                         "--device",
                         "fake",
                         "--fake",
                         "hang=alexnet,crash=resnet18,vanish=vgg16,zero=resnet50,nan=GlobalPool",
                         "--point-limit",
                         "0.3s",
                         "--passes",
                         "2",
                         "--out",
                         Path("points.csv"),
                         "--model",
                         "alexnet",
                         "--model",
                         "mobilenet_v2",
                         "--model",
                         "resnet18",
                         "--model",
                         "vgg16",
                         "--model",
                         "block:Fire",
                         "--model",
                         "resnet50",
                         "--model",
                         "block:GlobalPool"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.err,
              AllOf(HasSubstr("alexnet: failed: measuring process: no answer within"),
                    HasSubstr("resnet18: failed: measuring process: ended by signal 6"),
                    HasSubstr("vgg16: failed: told to lose the device"),
                    HasSubstr("resnet50: failed: warm-up run 1 took 0 ms"),
                    HasSubstr("failed: warm-up run 1 took nan ms"), HasSubstr("2 ok, 5 failed")));
  ASSERT_OK_AND_ASSIGN(const CsvTable points, ParseCsv(*ReadFile(Path("points.csv"))));
  EXPECT_THAT(points.rows, SizeIs(7));
  ASSERT_OK_AND_ASSIGN(const JournalContent journal, ReadJournal(Path("points.csv.journal.jsonl")));
  EXPECT_EQ(std::count_if(journal.visits.begin(), journal.visits.end(),
                          [](const Visit& visit) { return !visit.is_probe; }),
            2 * 2 + 5);
}

// When the device fails every point, the run ends and says how to go on; points that were told are
// not measured again, so that going on gets further each time.
TEST_F(BenchProgramTest, LostDeviceEndsTheRun) {
  std::vector<std::string> arguments = {"run",        "--device", "fake",        "--fake",
                                        "crash=Fire", "--out",    Path("p.csv"), "--probe-every",
                                        "0"};  // a probe that works shows a working device
  for (int batch = 1; batch <= 6; ++batch) {
    arguments.insert(arguments.end(), {"--model", absl::StrCat("block:Fire?batch=", batch)});
  }
  Ran ran = Bench(arguments);
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("points in a row were lost with their process"),
                             HasSubstr("the same command goes on where it stopped")));
  ran = Bench(arguments);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("6 failed"));
}

// Points whose visits disagree are unstable; runs of a throttled device are discarded and counted.
TEST_F(BenchProgramTest, UnsteadyAndThrottled) {
  const CsvTable points = Points({"--fake", "unsteady=alexnet,throttle=resnet18", "--model",
                                  "alexnet", "--model", "resnet18", "--model", "mobilenet_v2"});
  EXPECT_EQ(Cell(points, 0, "outcome"), "unstable");
  EXPECT_EQ(Cell(points, 1, "outcome"), "ok");
  EXPECT_EQ(Number(points, 1, "discarded"), 2 * 3);
  ASSERT_OK_AND_ASSIGN(const graph::Graph graph, import::LoadModel("resnet18"));
  ASSERT_OK_AND_ASSIGN(const auto features, features::ComputeFeatures(graph, {.threads = 1}));
  const double latency_ms = RoughLatencyMs(features.total);
  EXPECT_NEAR(Number(points, 1, "latency_ms"), latency_ms, 1e-9 * latency_ms);
  EXPECT_EQ(Number(points, 2, "discarded"), 0);
}

// While the device is slow for a while, the probes show it, and the points are measured again.
TEST_F(BenchProgramTest, DriftIsFoundAndMeasuredAgain) {
  std::vector<std::string> models;
  for (int batch = 1; batch <= 20; ++batch) {
    models.insert(models.end(), {"--model", absl::StrCat("block:Fire?batch=", batch)});
  }
  std::vector<std::string> drifting = models;
  drifting.insert(drifting.end(), {"--passes", "1", "--probe-every", "4", "--fake",
                                   "drift=1.5,drift_from=12,drift_to=17", "--journal", Path("d")});
  const CsvTable with = Points(drifting);
  const auto json = nlohmann::json::parse(ReadFile(Path("points.csv.provenance.json")).value());
  EXPECT_NEAR(std::stod(json["provenance"]["largest_drift"].get<std::string>()), 0.5, 1e-6);
  EXPECT_GE(std::stoi(json["provenance"]["drifted_visits"].get<std::string>()), 4);
  models.insert(models.end(), {"--passes", "1"});
  const CsvTable without = Points(models);
  for (size_t row = 0; row < 20; ++row) {
    EXPECT_EQ(Cell(with, row, "outcome"), "ok");
    EXPECT_EQ(Cell(with, row, "latency_ms"), Cell(without, row, "latency_ms")) << row;
  }
}

// The same plan twice: a formula agrees with itself, in words and in the file, and both runs'
// points are there.
TEST_F(BenchProgramTest, Repeats) {
  const std::string out = Path("repeat.json");
  const Ran ran = Bench(
      {"repeat", "--device", "fake", "--out", out, "--model", "block:Fire", "--model", "alexnet"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("2 points twice: medians differ by 0.0 % (median)"));
  const auto json = nlohmann::json::parse(ReadFile(out).value());
  EXPECT_EQ(json["points"], 2);
  EXPECT_EQ(json["only_in_one"], 0);
  EXPECT_EQ(json["largest"], 0.0);
  EXPECT_EQ(*ReadFile(out + ".1"), *ReadFile(out + ".2"));
  EXPECT_TRUE(ReadFile(out + ".2.provenance.json").ok());
  const Ran none = Bench({"repeat", "--device", "fake", "--fake", "fail=Fire", "--out",
                          Path("none.json"), "--model", "block:Fire"});
  EXPECT_EQ(none.code, 1);
  EXPECT_THAT(none.err, HasSubstr("nothing to compare"));
}

// Out of memory is a row of its own beside that of the smaller batch that was measured instead.
TEST_F(BenchProgramTest, SmallerBatchIsMeasuredInstead) {
  const CsvTable points = Points({"--fake", "oom_above_ms=5", "--model",
                                  "block:BasicBlock?batch=64&cin=64&cout=64&h=56&w=56"});
  ASSERT_THAT(points.rows, SizeIs(2));
  EXPECT_EQ(Cell(points, 0, "outcome"), "oom");
  EXPECT_EQ(Cell(points, 0, "latency_ms"), "");
  EXPECT_EQ(Cell(points, 1, "outcome"), "ok");
  EXPECT_EQ(Cell(points, 1, "group"), "BasicBlock");
  EXPECT_LT(Number(points, 1, "batch"), 64);
  EXPECT_LT(Number(points, 1, "latency_ms"), 5);
}

// Measuring in a process of its own and in the bench's gives the same points.
TEST_F(BenchProgramTest, IsolationChangesNothing) {
  std::string before;
  for (const char* isolate : {"--isolate", "--no-isolate"}) {
    Points({isolate, "--plan", "quick", "--budget", "30s", "--fake", "noise=0.1", "--journal",
            Path(isolate)});
    const std::string points = ReadFile(Path("points.csv")).value();
    if (!before.empty()) {
      EXPECT_EQ(points, before);
    }
    before = points;
  }
}

// A plan goes to a file or to standard output, is the same each time, and can be run; the journal
// gives the same points again.
TEST_F(BenchProgramTest, PlanRunPoints) {
  const Ran printed = Bench({"plan", "--plan", "classic", "--budget", "60s"});
  ASSERT_EQ(printed.code, 0) << printed.err;
  ASSERT_EQ(
      Bench({"plan", "--plan", "classic", "--budget", "60s", "--out", Path("plan.json")}).code, 0);
  EXPECT_EQ(*ReadFile(Path("plan.json")), printed.out);
  const CsvTable points = Points({"--plan", Path("plan.json"), "--journal", Path("j")});
  EXPECT_GE(points.rows.size(), 60u);
  EXPECT_EQ(Cell(points, 0, "spec"), "block:classic/BasicBlock7?batch=1");
  ASSERT_EQ(Bench({"points", "--journal", Path("j"), "--out", Path("again.csv")}).code, 0);
  EXPECT_EQ(*ReadFile(Path("again.csv")), *ReadFile(Path("points.csv")));
  EXPECT_EQ(*ReadFile(Path("again.csv.provenance.json")),
            *ReadFile(Path("points.csv.provenance.json")));
}

// The program can be carried to a machine that has LibTorch and nothing else.
TEST_F(BenchProgramTest, NeedsOnlyLibTorch) {
  const std::string list = Path("needed");
  const std::string command =
      absl::StrCat("readelf -d ", test::ProgramPath("latcast-bench"), " >", list);
  ASSERT_EQ(std::system(command.c_str()), 0);
  ASSERT_OK_AND_ASSIGN(const std::string text, ReadFile(list));
  size_t needed = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (!absl::StrContains(line, "(NEEDED)")) continue;
    ++needed;
    const std::string library(line.substr(line.find('[')));
    EXPECT_THAT(library, ::testing::MatchesRegex(
                             "\\[(libtorch.*|libc10.*|libcud.*|libstdc\\+\\+|libgcc_s|libm|libc|"
                             "libasan|libubsan|libtsan|ld-linux.*)\\.so.*"));
  }
  EXPECT_GT(needed, 0u);
}

// A GPU is measured by a program of its own: without one, or without a GPU, the reason is told and
// nothing is written.
TEST_F(BenchProgramTest, NoGpu) {
  const Ran ran =
      Bench({"run", "--device", "cuda:99", "--model", "alexnet", "--out", Path("p.csv")});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("latcast-bench: "),
                             ::testing::AnyOf(HasSubstr("latcast-bench-cuda does not lie beside"),
                                              HasSubstr("no GPU"), HasSubstr("this machine has"))));
  EXPECT_FALSE(ReadFile(Path("p.csv")).ok());
  EXPECT_FALSE(ReadFile(Path("p.csv.journal.jsonl")).ok());
}

// Noise shows in the points: passes differ, and the spread is there.
TEST_F(BenchProgramTest, NoiseShows) {
  const CsvTable points = Points({"--model", "resnet18", "--fake", "noise=0.3"});
  EXPECT_GT(Number(points, 0, "noise"), 0.0);
  EXPECT_GT(Number(points, 0, "mad_ms"), 0.0);
  EXPECT_LT(Number(points, 0, "p10_ms"), Number(points, 0, "latency_ms"));
}

// Off a terminal progress is plain lines, without control characters, up to the last visit.
TEST_F(BenchProgramTest, PlainProgress) {
  const Ran ran = Bench({"run", "--device", "fake", "--plan", "quick", "--budget", "20s", "--out",
                         Path("points.csv")});
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(ran.err.find('\r'), std::string::npos);
  EXPECT_EQ(ran.err.find('\033'), std::string::npos);
  EXPECT_THAT(ran.err, HasSubstr("about 0:00 left\n"));
  EXPECT_EQ(ran.out, "");
}

struct Mistake {
  std::vector<std::string> arguments;
  int code;
  std::string message;
};

// Each mistake ends in one line that names it, and in the status for bad input or bad usage.
TEST_F(BenchProgramTest, MistakesAreNamed) {
  ASSERT_OK(WriteFileAtomically(
      Path("bad.json"),
      R"({"version":1,"items":[{"spec":"block:Fire","group":"x"},{"spec":"block:Fyre","group":"x"}]})"));
  ASSERT_OK(WriteFileAtomically(Path("torn.json"), R"({"version":1,"items":[)"));
  ASSERT_OK(WriteFileAtomically(Path("letter.txt"), "Dear all\n"));
  const auto run = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"run", "--no-isolate", "--device", "fake", "--out", Path("p.csv")});
    return more;
  };
  for (const Mistake& mistake : std::vector<Mistake>{
           {run({}), 1, "nothing to measure: --plan or --model expected"},
           {run({"--plan", "quik"}), 1, "plan 'quik': neither quick nor classic nor a file"},
           {run({"--plan", Path("bad.json")}), 1, "items[1].spec: block 'Fyre': no block 'Fyre'"},
           {run({"--plan", Path("torn.json")}), 1, "torn.json: not JSON"},
           {run({"--model", "resnet19"}), 1, "resnet18"},
           {run({"--plan", "quick", "--budget", "soon"}), 1, "--budget: 'soon' is no time"},
           {run({"--plan", "quick", "--budget", "-5s"}), 1, "--budget"},
           {run({"--plan", "quick", "--threads", "0"}), 1, "--threads: less than 1"},
           {run({"--model", "alexnet", "--fake", "scal=2"}), 1, "did you mean 'scale'"},
           {run({"--model", "alexnet", "--journal", Path("letter.txt")}), 1,
            "letter.txt: line 1: not a journal"},
           {run({"--model", "alexnet", "--journal", "/nowhere/j"}), 1, "/nowhere/j"},
           {{"run", "--device", "gpu", "--model", "alexnet", "--out", Path("p.csv")},
            1,
            "unknown device 'gpu': cpu, cuda or fake expected"},
           {{"points", "--journal", Path("none"), "--out", Path("p.csv")}, 1, "none"},
           {{"run", "--plan", "quick"}, 2, "--out is required"},
           {{"run", "--passes", "0", "--out", "x"}, 2, "--passes"},
           {{"measure"}, 2, "subcommand"},
           {{}, 2, "subcommand"}}) {
    const Ran ran = Bench(mistake.arguments);
    EXPECT_EQ(ran.code, mistake.code) << mistake.message;
    EXPECT_THAT(ran.err, HasSubstr(mistake.message));
    EXPECT_FALSE(ReadFile(Path("p.csv")).ok());
  }
}

}  // namespace
}  // namespace latcast::bench
