// Runs of a bench that is a script: how it ends, fails, hangs and gets further attempts.
#include "bench/agent/measurement.h"

#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "base/file.h"
#include "base/status_matchers.h"
#include "bench/agent/agent_folder.h"
#include "tests/support/processes.h"
#include "tests/support/temp_folder.h"

namespace latcast::bench {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class MeasurementTest : public ::testing::Test {
 protected:
  // A program that gets the points file and the journal as $1 and $2.
  BenchRun Run(const std::string& phase, const std::string& script) {
    const std::string program = Path(phase + ".sh");
    EXPECT_OK(WriteFileAtomically(program, "#!/bin/sh\n" + script + "\n"));
    ::chmod(program.c_str(), 0755);
    BenchRun run;
    run.phase = phase;
    run.points = Path(phase + ".csv");
    run.journal = Path(phase + ".jsonl");
    run.command = {program, run.points, run.journal};
    return run;
  }
  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }

  // Polls to the end.
  absl::Status See(Measurement& measurement) {
    while (true) {
      const absl::StatusOr<bool> through = measurement.Poll();
      if (!through.ok()) return through.status();
      if (*through) return absl::OkStatus();
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  Measurement Make(std::vector<BenchRun> runs, double hang_limit_s = 60.0) {
    return Measurement(std::move(runs), Path("log"), {hang_limit_s, 0.01});
  }

  test::TempFolder folder_;
};

// Runs follow each other, and their points become one file.
TEST_F(MeasurementTest, RunsOneAfterTheOther) {
  Measurement measurement = Make(
      {Run("blocks", "printf 'name,ms\\na,1\\n' > $1; echo '{}' > $1.provenance.json"),
       Run("networks", "test -s " + Path("blocks.csv") + " && printf 'name,ms\\nb,2\\n' > $1")});
  ASSERT_OK(See(measurement));
  EXPECT_THAT(measurement.Points(), IsOkAndHolds("name,ms\na,1\nb,2\n"));
  EXPECT_THAT(measurement.Provenance(), IsOkAndHolds("{}\n"));
}

// A run that fails without measuring anything is given up after some attempts, with its last words.
TEST_F(MeasurementTest, GivesUp) {
  Measurement measurement = Make(
      {Run("blocks", "echo x >> " + Path("attempts") + "; echo 'no such device' >&2; exit 1")});
  EXPECT_THAT(See(measurement),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("status 1"), HasSubstr("no such device"))));
  EXPECT_THAT(ReadFile(Path("attempts")), IsOkAndHolds("x\nx\nx\n"));
}

// As long as the journal grows, further attempts follow.
TEST_F(MeasurementTest, GoesOnWhileItBringsSomething) {
  Measurement measurement = Make({Run(
      "blocks", "echo visit >> $2; test $(wc -l < $2) -ge 9 && echo done > $1 && exit 0; exit 1")});
  ASSERT_OK(See(measurement));
  EXPECT_THAT(measurement.Points(), IsOkAndHolds("done\n"));
}

// A run that crashes is one that failed.
TEST_F(MeasurementTest, Crash) {
  Measurement measurement = Make({Run("blocks", "kill -SEGV $$")});
  EXPECT_THAT(See(measurement), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("status 139")));
}

// A run that hangs is ended with its children and counts as failed.
TEST_F(MeasurementTest, Hang) {
  Measurement measurement =
      Make({Run("blocks", "echo waiting; sleep 1000 & echo $! >> " + Path("pids") + "; wait")},
           /*hang_limit_s=*/0.2);
  EXPECT_THAT(See(measurement), StatusIs(absl::StatusCode::kUnavailable,
                                         AllOf(HasSubstr("did nothing"), HasSubstr("waiting"))));
  ASSERT_OK_AND_ASSIGN(const std::string pids, ReadFile(Path("pids")));
  for (size_t start = 0; start < pids.size();) {
    const size_t end = pids.find('\n', start);
    const pid_t pid = std::stoi(pids.substr(start, end - start));
    EXPECT_TRUE(test::EndsSoon(pid)) << pid;
    start = end + 1;
  }
}

// A program that is not there is said so at once.
TEST_F(MeasurementTest, NoProgram) {
  BenchRun run = Run("blocks", "");
  run.command[0] = Path("missing");
  Measurement measurement = Make({run});
  EXPECT_THAT(See(measurement), StatusIs(absl::StatusCode::kNotFound, HasSubstr("missing")));
}

// One agent a folder; it stays the same one.
TEST_F(MeasurementTest, FolderBelongsToOneAgent) {
  std::string instance;
  {
    ASSERT_OK_AND_ASSIGN(const auto folder, AgentFolder::Open(Path("agent")));
    instance = folder->instance();
    EXPECT_EQ(instance.size(), 16u);
    EXPECT_THAT(AgentFolder::Open(Path("agent")),
                StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another")));
  }
  ASSERT_OK_AND_ASSIGN(const auto folder, AgentFolder::Open(Path("agent")));
  EXPECT_EQ(folder->instance(), instance);
}

// The folders of the last ten jobs stay, and the one that is measured however old it is; nothing
// else in the agent's folder is touched.
TEST_F(MeasurementTest, OldJobsAreRemoved) {
  namespace fs = std::filesystem;
  ASSERT_OK_AND_ASSIGN(const auto folder, AgentFolder::Open(Path("agent")));
  const auto job = [](int i) { return "calibration-00000000000000" + std::to_string(10 + i); };
  const fs::file_time_type start = fs::file_time_type::clock::now();
  for (const int i : {3, 0, 12, 7, 1, 9, 2, 11, 4, 10, 5, 8, 6}) {  // as drawn: names have no order
    ASSERT_OK(folder->Subfolder(job(i)).status());
    ASSERT_OK(WriteFileAtomically(Path("agent/" + job(i) + "/blocks.csv"), "x"));
    fs::last_write_time(Path("agent/" + job(i)), start + std::chrono::seconds(i));
  }
  ASSERT_OK(folder->Subfolder("probes").status());
  folder->RemoveOld(/*current=*/job(0));
  for (int i = 0; i < 13; ++i) {
    EXPECT_EQ(fs::exists(Path("agent/" + job(i))), i == 0 || i >= 3) << i;
  }
  EXPECT_TRUE(fs::exists(Path("agent/probes")));
  EXPECT_TRUE(fs::exists(Path("agent/instance")));
}

}  // namespace
}  // namespace latcast::bench
