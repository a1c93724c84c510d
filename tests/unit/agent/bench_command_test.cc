#include "bench/agent/bench_command.h"

#include "base/status_matchers.h"

namespace latcast::bench {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const BenchSetup& TheSetup() {
  static const auto& setup = *new BenchSetup{"/bin/latcast-bench", "cpu", {"--cores=2"}};
  return setup;
}

// As little as a server hands out: its defaults.
v1::CalibrationSpec Spec() {
  v1::CalibrationSpec spec;
  spec.set_budget_s(90.0);
  spec.set_threads(1);
  spec.set_plan("quick");
  return spec;
}

// A job, word by word.
TEST(BenchCommandTest, Blocks) {
  ASSERT_OK_AND_ASSIGN(const auto runs, JobRuns(TheSetup(), Spec(), "/data/job"));
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_EQ(runs[0].phase, "blocks");
  EXPECT_EQ(runs[0].journal, "/data/job/blocks.journal.jsonl");
  EXPECT_EQ(runs[0].points, "/data/job/blocks.csv");
  EXPECT_THAT(runs[0].command,
              ElementsAre("/bin/latcast-bench", "run", "--device=cpu", "--threads=1",
                          "--journal=/data/job/blocks.journal.jsonl", "--out=/data/job/blocks.csv",
                          "--cores=2", "--plan=quick", "--budget=90s"));
}

// Networks are a run of their own, outside the blocks' budget; modes pass where they are given.
TEST(BenchCommandTest, NetworksAndModes) {
  v1::CalibrationSpec spec;
  spec.set_budget_s(12.5);
  spec.set_threads(2);
  spec.set_plan("classic");
  spec.set_precision("tf32");
  spec.set_layout("nhwc");
  spec.set_execution("graph");
  spec.set_metric("wall");
  spec.add_networks("resnet18");
  spec.add_networks("alexnet");
  ASSERT_OK_AND_ASSIGN(const auto runs, JobRuns(TheSetup(), spec, "d"));
  ASSERT_EQ(runs.size(), 2u);
  for (const char* word : {"--threads=2", "--precision=tf32", "--layout=nhwc", "--execution=graph",
                           "--metric=wall", "--cores=2"}) {
    EXPECT_THAT(runs[0].command, Contains(word));
    EXPECT_THAT(runs[1].command, Contains(word));
  }
  EXPECT_THAT(runs[0].command, AllOf(Contains("--plan=classic"), Contains("--budget=12.5s"),
                                     Not(Contains("--model=resnet18"))));
  EXPECT_EQ(runs[1].phase, "networks");
  EXPECT_THAT(runs[1].command,
              AllOf(Contains("--model=resnet18"), Contains("--model=alexnet"),
                    Contains("--out=d/networks.csv"), Not(Contains("--plan=classic"))));
}

// What the server has to have filled in is not guessed here.
TEST(BenchCommandTest, RefusesWhatIsNotFilledIn) {
  v1::CalibrationSpec spec = Spec();
  spec.clear_budget_s();
  EXPECT_THAT(JobRuns(TheSetup(), spec, "d"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("spec.budget_s")));
  spec = Spec();
  spec.clear_threads();
  EXPECT_THAT(JobRuns(TheSetup(), spec, "d"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("spec.threads")));
  spec = Spec();
  spec.clear_plan();
  EXPECT_THAT(JobRuns(TheSetup(), spec, "d"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("spec.plan")));
}

// A job from another computer names no files of this one and no flags.
TEST(BenchCommandTest, RefusesFiles) {
  for (const char* plan : {"/etc/passwd", "plan.json", "--fake"}) {
    v1::CalibrationSpec spec = Spec();
    spec.set_plan(plan);
    EXPECT_THAT(JobRuns(TheSetup(), spec, "d"),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(plan)));
  }
  for (const char* network : {"../x.lcg", "/x", "a b", "", "x.lcg"}) {
    v1::CalibrationSpec spec = Spec();
    spec.add_networks(network);
    EXPECT_THAT(JobRuns(TheSetup(), spec, "d"),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("spec.networks")));
  }
  EXPECT_TRUE(IsOperationName("calibration-0123456789abcdef"));
  for (const char* name : {"", "calibration-", "calibration-0123456789ABCDEF",
                           "calibration-0123456789abcde/", "calibration-0123456789abcdef0"}) {
    EXPECT_FALSE(IsOperationName(name)) << name;
  }
}

// Two files of the same columns become one; of others they are refused.
TEST(BenchCommandTest, JoinsPoints) {
  EXPECT_THAT(JoinPoints("a,b\n1,2\n", "a,b\n3,4\n"), IsOkAndHolds("a,b\n1,2\n3,4\n"));
  EXPECT_THAT(JoinPoints("a,b\n1,2", "a,b\n3,4"), IsOkAndHolds("a,b\n1,2\n3,4"));
  EXPECT_THAT(JoinPoints("a,b\n1,2\n", ""), IsOkAndHolds("a,b\n1,2\n"));
  EXPECT_THAT(JoinPoints("a,b\n1,2\n", "a,c\n3,4\n"),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("columns")));
}

// What the bench says of its progress is understood; the last word counts.
TEST(BenchCommandTest, ReadsProgress) {
  const auto progress = LastProgress(
      "latcast-bench: 42 points on fake, 1 thread(s)\n"
      "4 of 42 measured, about 1:05 left\n17 of 42 measured, about 0:35 left\nother\n17 of");
  ASSERT_TRUE(progress.has_value());
  EXPECT_EQ(progress->done(), 17);
  EXPECT_EQ(progress->total(), 42);
  EXPECT_EQ(progress->left_s(), 35.0);
  EXPECT_FALSE(LastProgress("").has_value());
  EXPECT_FALSE(LastProgress("x of 42 measured, about 0:35 left").has_value());
  EXPECT_EQ(LastLine("latcast-bench: a\nlatcast-bench: device cpu: gone\n\n"), "device cpu: gone");
  EXPECT_EQ(LastLine(""), "it said nothing");
  EXPECT_EQ(LastLine(std::string(9999, 'x')).size(), 500u);
}

// Probes of a GPU are measured in the profile's mode; a CPU has but one.
TEST(BenchCommandTest, Probes) {
  v1::Mode mode;
  mode.set_threads(4);
  mode.set_metric("gpu");
  mode.set_precision("float16");
  const BenchRun cpu = ProbeRun(TheSetup(), mode, "plan.json", "d");
  EXPECT_THAT(cpu.command, AllOf(Contains("--threads=4"), Contains("--plan=plan.json"),
                                 Not(Contains("--precision=float16"))));
  const BenchRun cuda = ProbeRun({"b", "cuda:0", {}}, mode, "plan.json", "d");
  EXPECT_THAT(cuda.command, AllOf(Contains("--precision=float16"), Contains("--metric=gpu")));
}

}  // namespace
}  // namespace latcast::bench
