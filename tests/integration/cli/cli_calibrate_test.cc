// latcast bench, and latcast calibrate from end to end on a device that is a formula.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "base/file.h"
#include "base/status_matchers.h"
#include "regression/fit.h"
#include "regression/points.h"
#include "regression/profile.h"
#include "tests/support/background_program.h"
#include "tests/support/processes.h"
#include "tests/support/run_program.h"
#include "tests/support/server_process.h"
#include "tests/support/temp_folder.h"

namespace latcast::test {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

std::vector<std::string> Calibrate(const std::string& out) {
  return {"calibrate", "--device", "fake",       "--budget",        "20s",
          "--out",     out,        "--networks", "resnet18,alexnet"};
}

// One command leaves the points, the networks, a profile that forecasts, the classic predictor, the
// picture, the summary and the page.
TEST(CliCalibrateTest, LeavesEverything) {
  const TempFolder folder;
  const Ran ran = RunProgram("latcast", Calibrate(folder.path()));
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("resnet18"));
  EXPECT_THAT(ran.out, HasSubstr("median error on 2 whole networks"));
  EXPECT_THAT(ran.out, HasSubstr("random blocks held out: n "));
  for (const char* file : {"points.csv", "networks.csv", "profile.json", "predictor.json",
                           "calibration.svg", "calibration.md", "report.html"}) {
    EXPECT_TRUE(std::filesystem::exists(folder.path() + "/" + file)) << file;
  }
  for (const char* space : {"ofa_224_lookup_table.json", "fbnet_224_lookup_table.txt"}) {
    const std::string name = std::string(space).substr(0, std::string(space).find('_'));
    const Ran exported =
        RunProgram("latcast", {"export", "--profile", folder.path() + "/profile.json", "--space",
                               name, "--format", name});
    EXPECT_THAT(ReadFile(folder.path() + "/" + space), IsOkAndHolds(exported.out));
  }
  ASSERT_OK_AND_ASSIGN(const auto networks,
                       regression::ReadPoints(folder.path() + "/networks.csv"));
  EXPECT_EQ(networks.points.size(), 2u);
  ASSERT_OK_AND_ASSIGN(const auto profile,
                       regression::ReadProfile(folder.path() + "/profile.json"));
  ASSERT_EQ(profile.models.size(), 1u);
  EXPECT_EQ(profile.device, "fake");
  ASSERT_OK_AND_ASSIGN(auto points, regression::ReadPoints(folder.path() + "/points.csv"));
  EXPECT_FALSE(regression::TakeHeldOut(points.points).empty());
  ASSERT_OK_AND_ASSIGN(const regression::FitResult fit,
                       regression::Fit(points.points, {.mode = profile.models[0].mode}));
  EXPECT_EQ(profile.models[0], fit.model);
  EXPECT_EQ(profile.models[0].family, "relative");  // the formula is linear
  for (const char* file : {"profile.json", "predictor.json"}) {
    const Ran predict =
        RunProgram("latcast", {"predict", "resnet18", "--profile", folder.path() + "/" + file});
    EXPECT_EQ(predict.code, 0) << predict.err;
    EXPECT_THAT(predict.out, HasSubstr("resnet18"));
  }
}

// A calibration that was ended goes on where it stopped: no visit is made twice, every planned
// point is measured, and the result is there. Where nothing was begun there is nothing to resume.
TEST(CliCalibrateTest, GoesOnAfterItWasEnded) {
  const TempFolder folder;
  const std::string out = folder.path() + "/out";
  std::vector<std::string> command = {"calibrate", "--device", "fake",          "--budget", "60s",
                                      "--out",     out,        "--no-networks", "--resume"};
  const Ran nothing = RunProgram("latcast", command);
  EXPECT_EQ(nothing.code, 1);
  EXPECT_THAT(nothing.err, HasSubstr("nothing to resume"));
  const auto journal = [&out] {
    std::vector<nlohmann::json> lines;
    std::istringstream text(ReadFile(out + "/points.journal.jsonl").value_or(""));
    for (std::string line; std::getline(text, line);) {
      auto parsed = nlohmann::json::parse(line, nullptr, false);
      if (!parsed.is_discarded()) lines.push_back(std::move(parsed));
    }
    return lines;
  };
  command.pop_back();
  {
    BackgroundProgram first("latcast", command, folder.path() + "/log");
    while (journal().size() < 30) usleep(2000);
    EXPECT_EQ(first.SignalAndWait(SIGTERM), 130);
  }
  const size_t before = journal().size();
  EXPECT_FALSE(std::filesystem::exists(out + "/profile.json"));
  command.push_back("--resume");
  const Ran resumed = RunProgram("latcast", command);
  ASSERT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_THAT(resumed.err, HasSubstr("visits are done already"));
  EXPECT_TRUE(std::filesystem::exists(out + "/profile.json"));
  const auto lines = journal();
  EXPECT_GT(lines.size(), before);
  std::map<std::pair<std::string, int>, int> visits;
  std::set<std::string> measured;
  for (size_t i = 1; i < lines.size(); ++i) {
    if (lines[i].contains("probe")) continue;
    measured.insert(lines[i]["id"].get<std::string>());
    ++visits[{lines[i]["id"].get<std::string>(), lines[i]["pass"].get<int>()}];
  }
  for (const auto& [visit, times] : visits) EXPECT_EQ(times, 1) << visit.first;
  EXPECT_EQ(measured.size(), lines[0]["plan"]["items"].size());
}

// kill -9 of a calibration ends its bench and the process that measures in mid-run; nothing is lost
// but the visit they were at.
TEST(CliCalibrateTest, BenchEndsWithIt) {
  const TempFolder folder;
  const std::string journal = folder.path() + "/points.journal.jsonl";
  const std::vector<std::string> command = {"calibrate",   "--device",     "fake",
                                            "--budget",    "10min",        "--out",
                                            folder.path(), "--no-networks"};
  const auto lines = [&journal] {
    const std::string text = ReadFile(journal).value_or("");
    return std::count(text.begin(), text.end(), '\n');
  };
  BackgroundProgram calibration("latcast", command, folder.path() + "/log");
  while (lines() < 10) usleep(2000);
  ASSERT_THAT(ChildrenOf(calibration.pid()), SizeIs(1));
  const pid_t bench = ChildrenOf(calibration.pid()).front();
  ASSERT_THAT(ChildrenOf(bench), SizeIs(1));
  const pid_t worker = ChildrenOf(bench).front();
  EXPECT_EQ(calibration.SignalAndWait(SIGKILL), -SIGKILL);
  EXPECT_TRUE(EndsSoon(bench));
  EXPECT_TRUE(EndsSoon(worker));
  EXPECT_FALSE(std::filesystem::exists(folder.path() + "/points.csv")) << "the bench went on";
  const auto before = lines();
  EXPECT_EQ(RunProgram("latcast", command).code, 0);
  EXPECT_GT(lines(), before);
  EXPECT_TRUE(std::filesystem::exists(folder.path() + "/profile.json"));
}

// A journal becomes the points file that the run wrote, with its provenance; what is no journal is
// named.
TEST(CliPointsTest, ImportsAJournal) {
  const TempFolder folder;
  const std::string points = folder.path() + "/points.csv";
  ASSERT_EQ(RunProgram("latcast",
                       {"bench", "run", "--device", "fake", "--model", "alexnet", "--out", points})
                .code,
            0);
  const std::string home = folder.path() + "/home.csv";
  const Ran ran =
      RunProgram("latcast", {"points", "import", points + ".journal.jsonl", "-o", home});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr(home));
  for (const char* file : {"", ".provenance.json"}) {
    EXPECT_EQ(*ReadFile(home + file), *ReadFile(points + file));
  }
  const Ran wrong = RunProgram("latcast", {"points", "import", points, "-o", home + "2"});
  EXPECT_EQ(wrong.code, 1);
  EXPECT_THAT(wrong.err, HasSubstr("not a journal"));
  const Ran nowhere = RunProgram("latcast", {"points", "import", points});
  EXPECT_EQ(nowhere.code, 2);
  EXPECT_THAT(nowhere.err, HasSubstr("-o FILE"));
}

// Repeated with the same folder it measures nothing twice: the journal does not grow, and the
// profile is the same.
TEST(CliCalibrateTest, Resumes) {
  const TempFolder folder;
  ASSERT_EQ(RunProgram("latcast", Calibrate(folder.path())).code, 0);
  const auto size = std::filesystem::file_size(folder.path() + "/points.journal.jsonl");
  ASSERT_OK_AND_ASSIGN(const auto first, regression::ReadProfile(folder.path() + "/profile.json"));
  const Ran again = RunProgram("latcast", Calibrate(folder.path()));
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(std::filesystem::file_size(folder.path() + "/points.journal.jsonl"), size);
  ASSERT_OK_AND_ASSIGN(const auto second, regression::ReadProfile(folder.path() + "/profile.json"));
  EXPECT_EQ(first.models, second.models);
}

// With a server the profile is stored there, and forecasts use it at once.
TEST(CliCalibrateTest, UploadsToAServer) {
  const TempFolder folder;
  ASSERT_OK_AND_ASSIGN(const auto server, ServerProcess::Start(folder.path() + "/data"));
  std::vector<std::string> arguments = Calibrate(folder.path() + "/calibration");
  arguments.insert(arguments.end(), {"--name", "my-fake", "--server", server->address()});
  const Ran ran = RunProgram("latcast", arguments);
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("my-fake version 1, active"));
  const Ran predict =
      RunProgram("latcast", {"predict", "alexnet", "--parts", "--server", server->address()});
  EXPECT_EQ(predict.code, 0) << predict.err;
  EXPECT_THAT(predict.out, HasSubstr("my-fake version 1"));
}

// A folder that cannot be made is an error of one line, before anything is measured.
TEST(CliCalibrateTest, FolderThatCannotBe) {
  const TempFolder folder;
  const std::string file = folder.path() + "/file";
  ASSERT_OK(WriteFileAtomically(file, "x"));
  const Ran ran = RunProgram("latcast", Calibrate(file + "/below"));
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, HasSubstr(file));
}

// Noise reaches the forecasts: points whose passes disagree are left out of the fit, which says
// which, and intervals are wider where the points were noisier.
TEST(CliCalibrateTest, NoiseReachesTheForecasts) {
  const TempFolder folder;
  std::map<std::string, double> log_width;
  for (const std::string noise : {"0.01", "0.6"}) {
    const std::string points = folder.path() + "/" + noise + ".csv";
    const std::string profile = folder.path() + "/" + noise + ".json";
    const Ran bench = RunProgram(
        "latcast-bench", {"run", "--device", "fake", "--fake", "unsteady=Conv,noise=" + noise,
                          "--plan", "quick", "--budget", "30s", "--out", points});
    ASSERT_EQ(bench.code, 0) << bench.err;
    std::istringstream rows(ReadFile(points).value());
    int unstable = 0;
    for (std::string row; std::getline(rows, row);) {
      if (row.find(",unstable") == std::string::npos) continue;
      EXPECT_THAT(row, HasSubstr("Conv"));
      ++unstable;
    }
    EXPECT_GT(unstable, 1);
    const Ran fit = RunProgram("latcast", {"fit", points, "--out", profile, "--format", "json"});
    ASSERT_EQ(fit.code, 0) << fit.err;
    const auto fitted = nlohmann::json::parse(fit.out)["points"];
    EXPECT_EQ(fitted["skipped"], unstable);
    EXPECT_THAT(fitted["notes"].dump(), HasSubstr("their outcome is 'unstable'"));
    const Ran predict =
        RunProgram("latcast", {"predict", "alexnet", "--profile", profile, "--format", "json"});
    ASSERT_EQ(predict.code, 0) << predict.err;
    const auto forecast = nlohmann::json::parse(predict.out)["forecasts"][0];
    log_width[noise] =
        std::log(forecast["upper_ms"].get<double>() / forecast["lower_ms"].get<double>());
  }
  EXPECT_GT(log_width["0.6"], 5.0 * log_width["0.01"]);
}

// bench hands its arguments on and ends with the bench's own status.
TEST(CliBenchTest, PassesOn) {
  EXPECT_EQ(RunProgram("latcast", {"bench", "--help"}).out,
            RunProgram("latcast-bench", {"--help"}).out);
  const Ran through = RunProgram("latcast", {"bench", "no-such-thing"});
  const Ran direct = RunProgram("latcast-bench", {"no-such-thing"});
  EXPECT_NE(direct.code, 0);
  EXPECT_EQ(through.code, direct.code);
  EXPECT_EQ(through.err, direct.err);
}

// Measured durations are the column that DNN analyzer measures, their shares add up.
TEST(CliMeasureTest, DurationsOfTheDnnAnalyzer) {
  const Ran ran =
      RunProgram("latcast", {"analyze", "alexnet", "--convention", "dnn-analyzer", "--measure"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  std::istringstream lines(ran.out);
  double sum = 0.0;
  int rows = 0;
  for (std::string line; std::getline(lines, line);) {
    const size_t last = line.find_last_of('|');
    if (last == std::string::npos || line.find("module name") != std::string::npos) continue;
    const std::string cell = line.substr(line.find_last_of('|', last - 1) + 1);
    char* end = nullptr;
    const double share = std::strtod(cell.c_str(), &end);
    if (end == cell.c_str()) continue;  // a frame
    EXPECT_GE(share, 0.0) << line;
    sum += share;
    ++rows;
  }
  EXPECT_EQ(rows, 21);
  EXPECT_NEAR(sum, 100.0, 0.1);
}

// Measured layers stand beside the counts; the network's own time may differ from their sum.
TEST(CliMeasureTest, EveryLayerHasItsTime) {
  const Ran ran = RunProgram("latcast", {"analyze", "resnet18", "--batch", "2", "--measure",
                                         "--device", "fake", "--format", "json"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const auto report = nlohmann::json::parse(ran.out);
  EXPECT_EQ(report["totals"]["latency_source"], "measured");
  EXPECT_GT(report["totals"]["latency_ms"], 0.0);
  EXPECT_EQ(report["layers"].size(), 69u);
  for (const auto& layer : report["layers"]) EXPECT_TRUE(layer.contains("latency_ms"));

  const Ran both = RunProgram("latcast", {"analyze", "resnet18", "--measure", "--profile", "x"});
  EXPECT_EQ(both.code, 2);
  const Ran unknown =
      RunProgram("latcast", {"analyze", "resnet18", "--measure", "--device", "tpu"});
  EXPECT_EQ(unknown.code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("unknown device 'tpu'"));
}

}  // namespace
}  // namespace latcast::test
