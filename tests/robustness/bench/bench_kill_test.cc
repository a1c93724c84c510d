// kill -9 of the bench in mid-run: no finished visit is lost, none is made twice.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <map>
#include <thread>

#include "absl/strings/str_cat.h"
#include "base/csv.h"
#include "base/file.h"
#include "bench/harness/journal.h"
#include "bench/plan/plan.h"
#include "tests/support/processes.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace latcast::bench {
namespace {

using test::ProgramPath;
using test::Ran;
using test::RunProgram;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr size_t kPoints = 6;
constexpr size_t kPasses = 2;

class BenchKillTest : public ::testing::Test {
 protected:
  BenchKillTest() {
    Plan plan;
    for (size_t i = 0; i < kPoints; ++i) {
      plan.items.push_back(
          {absl::StrCat("block:BasicBlock?cin=32&cout=32&h=28&w=28&batch=", i + 1), "BasicBlock"});
    }
    EXPECT_OK(WriteFileAtomically(plan_, FormatPlan(plan)));
  }

  // A visit takes tens of runs of 1 ms and more, by the real clock.
  std::vector<std::string> Arguments(const std::string& scale = "3") const {
    return {"run",    "--device", "fake",      "--fake", absl::StrCat("realtime=1,scale=", scale),
            "--plan", plan_,      "--journal", journal_, "--out",
            points_};
  }

  pid_t Start() const {
    const pid_t child = ::fork();
    if (child != 0) return child;
    const std::string program = ProgramPath("latcast-bench");
    std::vector<std::string> arguments = Arguments();
    std::vector<char*> argv = {const_cast<char*>(program.c_str())};
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    ::execv(program.c_str(), argv.data());
    ::_exit(127);
  }

  size_t Lines() const {
    const absl::StatusOr<std::string> text = ReadFile(journal_);
    return text.ok() ? static_cast<size_t>(std::count(text->begin(), text->end(), '\n')) : 0;
  }

  // Starts the bench and sends `signal` when its journal has `lines` lines; returns how it ended.
  int StartAndSignal(int signal, size_t lines) const {
    const pid_t child = Start();
    int status = 0;
    while (Lines() < lines && ::waitpid(child, &status, WNOHANG) == 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    ::kill(child, signal);
    ::waitpid(child, &status, 0);
    return status;
  }

  std::map<std::pair<std::string, int>, std::vector<double>> VisitsOf(
      const JournalContent& content) const {
    std::map<std::pair<std::string, int>, std::vector<double>> visits;
    for (const Visit& visit : content.visits) {
      if (visit.is_probe) continue;
      const bool is_new = visits.emplace(std::pair(visit.id, visit.pass), visit.samples_ms).second;
      EXPECT_TRUE(is_new) << visit.id << " pass " << visit.pass << " was measured twice";
    }
    return visits;
  }

  test::TempFolder folder_;
  std::string plan_ = folder_.path() + "/plan.json";
  std::string journal_ = folder_.path() + "/journal.jsonl";
  std::string points_ = folder_.path() + "/points.csv";
};

// Killed three times, at different places, the run still ends with every planned visit exactly
// once, and what a killed run had finished is kept as it was.
TEST_F(BenchKillTest, KilledRunsResume) {
  std::map<std::pair<std::string, int>, std::vector<double>> before;
  for (const size_t lines : {2, 5, 9}) {
    const int status = StartAndSignal(SIGKILL, lines);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "it ended too early";
    ASSERT_OK_AND_ASSIGN(const JournalContent content, ParseJournal(*ReadFile(journal_)));
    const auto now = VisitsOf(content);
    EXPECT_GE(content.visits.size(), lines - 1);
    EXPECT_GE(now.size(), before.size());
    EXPECT_LT(now.size(), kPoints * kPasses);
    for (const auto& [visit, samples] : before) EXPECT_EQ(now.at(visit), samples);
    before = now;
  }
  const Ran ran = RunProgram("latcast-bench", Arguments());
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("visits are done already"));
  ASSERT_OK_AND_ASSIGN(const JournalContent content, ReadJournal(journal_));
  const auto visits = VisitsOf(content);
  EXPECT_THAT(visits, SizeIs(kPoints * kPasses));
  for (const auto& [visit, samples] : before) EXPECT_EQ(visits.at(visit), samples);
  ASSERT_OK_AND_ASSIGN(const CsvTable points, ParseCsv(*ReadFile(points_)));
  EXPECT_THAT(points.rows, SizeIs(kPoints));
}

// The measuring process dies with the bench: it does not go on and disturb the next run.
TEST_F(BenchKillTest, MeasuringProcessEndsWithTheBench) {
  const pid_t bench = Start();
  while (Lines() < 2) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  ASSERT_THAT(test::ChildrenOf(bench), SizeIs(1));
  const pid_t worker = test::ChildrenOf(bench).front();
  ASSERT_TRUE(test::Runs(worker));
  ::kill(bench, SIGKILL);
  ::waitpid(bench, nullptr, 0);
  EXPECT_TRUE(test::EndsSoon(worker));
}

// kill -9 of the measuring process costs the point it was at, and not the run.
TEST_F(BenchKillTest, KilledMeasuringProcessCostsOnePoint) {
  const pid_t bench = Start();
  while (Lines() < 2) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  ASSERT_THAT(test::ChildrenOf(bench), SizeIs(1));
  ::kill(test::ChildrenOf(bench).front(), SIGKILL);
  int status = 0;
  ::waitpid(bench, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  ASSERT_OK_AND_ASSIGN(const CsvTable points, ParseCsv(*ReadFile(points_)));
  ASSERT_THAT(points.rows, SizeIs(kPoints));
  size_t failed = 0;
  for (const auto& row : points.rows) {
    if (row.fields[*points.Column("outcome")] == "failed") ++failed;
  }
  EXPECT_EQ(failed, 1u);
}

// A journal that lost the end of its last line, as in a power cut, loses that visit alone.
TEST_F(BenchKillTest, TruncatedTailIsMeasuredAgain) {
  ASSERT_EQ(RunProgram("latcast-bench", Arguments()).code, 0);
  ASSERT_OK_AND_ASSIGN(const std::string whole, ReadFile(journal_));
  ASSERT_OK_AND_ASSIGN(const JournalContent complete, ParseJournal(whole));
  // The last line is a probe, the one before it a visit.
  ASSERT_TRUE(complete.visits.back().is_probe);
  const size_t visit_end = whole.rfind('\n', whole.size() - 2);
  ASSERT_OK(WriteFileAtomically(journal_, whole.substr(0, visit_end - 20)));
  const Ran ran = RunProgram("latcast-bench", Arguments());
  ASSERT_EQ(ran.code, 0) << ran.err;
  ASSERT_OK_AND_ASSIGN(const JournalContent resumed, ReadJournal(journal_));
  ASSERT_EQ(resumed.visits.size(), complete.visits.size() + 1);  // it goes on with a probe
  for (size_t i = 0; i + 2 < complete.visits.size(); ++i) {
    EXPECT_EQ(resumed.visits[i].samples_ms, complete.visits[i].samples_ms);
  }
  EXPECT_THAT(VisitsOf(resumed), SizeIs(kPoints * kPasses));
}

// A finished run measures nothing more and writes the same points.
TEST_F(BenchKillTest, FinishedRunIsNotRepeated) {
  ASSERT_EQ(RunProgram("latcast-bench", Arguments()).code, 0);
  ASSERT_OK_AND_ASSIGN(const std::string journal, ReadFile(journal_));
  ASSERT_OK_AND_ASSIGN(const std::string points, ReadFile(points_));
  ASSERT_EQ(RunProgram("latcast-bench", Arguments()).code, 0);
  EXPECT_EQ(*ReadFile(journal_), journal);
  EXPECT_EQ(*ReadFile(points_), points);
}

// SIGTERM and SIGINT end the run in good order: a status of their own, a word on how to go on, a
// journal without a torn line.
TEST_F(BenchKillTest, SignalsEndInGoodOrder) {
  for (const int signal : {SIGTERM, SIGINT}) {
    const size_t lines = Lines() + 2;
    const int status = StartAndSignal(signal, lines);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 130);
    ASSERT_OK_AND_ASSIGN(const std::string text, ReadFile(journal_));
    ASSERT_OK_AND_ASSIGN(const JournalContent content, ParseJournal(text));
    EXPECT_EQ(content.complete_bytes, text.size());
    EXPECT_FALSE(ReadFile(points_).ok());
  }
}

// A second writer, another plan and another device are refused; the journal stays.
TEST_F(BenchKillTest, ForeignJournalsAreRefused) {
  ASSERT_TRUE(WIFSIGNALED(StartAndSignal(SIGKILL, 3)));
  ASSERT_OK_AND_ASSIGN(const std::string before, ReadFile(journal_));
  Ran ran = RunProgram("latcast-bench", Arguments("4"));
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, HasSubstr("measured with scale 3, this run has 4"));
  ASSERT_OK(WriteFileAtomically(plan_,
                                R"({"version":1,"items":[{"spec":"block:Fire","group":"Fire"}]})"));
  ran = RunProgram("latcast-bench", Arguments());
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, HasSubstr("the journal of another plan"));
  EXPECT_EQ(*ReadFile(journal_), before);
  {
    ASSERT_OK_AND_ASSIGN(const JournalContent content, ReadJournal(journal_));
    ASSERT_OK_AND_ASSIGN(const Journal held, Journal::Open(journal_, content.header));
    ran = RunProgram("latcast-bench", Arguments());
  }
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, HasSubstr("another process is writing this journal"));
}

}  // namespace
}  // namespace latcast::bench
