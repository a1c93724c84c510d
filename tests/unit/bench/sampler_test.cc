#include "bench/harness/sampler.h"

#include <limits>

#include "tests/unit/bench/scripted_runnable.h"

namespace latcast::bench {
namespace {

using ::testing::HasSubstr;

// Cold runs go to the warm-up, and a quiet point needs no more than the minimum of samples.
TEST(SamplerTest, WarmsUpThenSamples) {
  ManualClock clock;
  ScriptedRunnable runnable(clock, [](int run) { return run < 4 ? 40.0 - 5.0 * run : 10.0; });
  ASSERT_OK_AND_ASSIGN(const Samples samples, Sample(runnable, {}, clock));
  EXPECT_EQ(samples.warmup_runs, 9u);  // medians of runs 4-6 and 7-9: 10 and 10
  EXPECT_EQ(samples.warmup_stop, StopReason::kStable);
  EXPECT_EQ(samples.samples_ms, std::vector<double>(10, 10.0));
  EXPECT_EQ(samples.stop, StopReason::kNarrow);
}

// A point that never settles stops at its time limit, and says so.
TEST(SamplerTest, NoisyPointStopsAtTheTimeLimit) {
  ManualClock clock;
  ScriptedRunnable runnable(clock, [](int run) { return run % 2 == 0 ? 100.0 : 120.0; });
  SamplingSettings settings;
  settings.max_sampling_s = 2.0;
  ASSERT_OK_AND_ASSIGN(const Samples samples, Sample(runnable, settings, clock));
  EXPECT_EQ(samples.stop, StopReason::kTime);
  EXPECT_GE(samples.samples_ms.size(), 18u);
  EXPECT_LE(samples.samples_ms.size(), 20u);  // asked again at a sixteenth more
}

// A slow point still gets the minimum of samples, whatever the limit.
TEST(SamplerTest, MinimumHoldsAgainstTheTimeLimit) {
  ManualClock clock;
  ScriptedRunnable runnable(clock, [](int) { return 2000.0; });
  SamplingSettings settings;
  settings.min_samples = 4;
  ASSERT_OK_AND_ASSIGN(const Samples samples, Sample(runnable, settings, clock));
  EXPECT_EQ(samples.warmup_runs, 2u);
  EXPECT_EQ(samples.warmup_stop, StopReason::kTime);
  EXPECT_EQ(samples.samples_ms.size(), 4u);
}

// A point of microseconds is measured for longer than a blink.
TEST(SamplerTest, FastPointIsSampledForTheMinimumTime) {
  ManualClock clock;
  ScriptedRunnable runnable(clock, [](int) { return 0.05; });
  ASSERT_OK_AND_ASSIGN(const Samples samples, Sample(runnable, {}, clock));
  EXPECT_GE(samples.samples_ms.size(), 200u);  // 10 ms of 0.05 ms
  EXPECT_GE(samples.warmup_runs, 100u);
}

// Disturbed runs are left out while there are calm ones.
TEST(SamplerTest, DisturbedRunsDoNotCount) {
  ManualClock clock;
  ScriptedRunnable runnable(clock, [](int run) { return run % 3 == 0 ? 30.0 : 10.0; });
  runnable.Disturb([](int run) { return run % 3 == 0; });
  ASSERT_OK_AND_ASSIGN(const Samples samples, Sample(runnable, {}, clock));
  EXPECT_EQ(samples.samples_ms, std::vector<double>(10, 10.0));
  EXPECT_EQ(samples.stop, StopReason::kNarrow);
  EXPECT_EQ(samples.runs, 15u);
  EXPECT_EQ(samples.disturbed_runs, 5u);
}

// Where nearly all runs are disturbed, all count, without waiting for the time limit.
TEST(SamplerTest, ABusyMachineIsTakenAsItIs) {
  ManualClock clock;
  ScriptedRunnable runnable(clock, [](int) { return 10.0; });
  runnable.Disturb([](int run) { return run % 8 != 0; });
  ASSERT_OK_AND_ASSIGN(const Samples samples, Sample(runnable, {}, clock));
  EXPECT_EQ(samples.samples_ms.size(), 20u);
  EXPECT_EQ(samples.stop, StopReason::kNarrow);
}

// When the time is up with too few calm runs, all count.
TEST(SamplerTest, DisturbedRunsCountWhenTheTimeIsUp) {
  ManualClock clock;
  ScriptedRunnable runnable(clock, [](int) { return 100.0; });
  runnable.Disturb([](int run) { return run % 3 != 0; });
  SamplingSettings settings;
  settings.max_sampling_s = 1.2;
  ASSERT_OK_AND_ASSIGN(const Samples samples, Sample(runnable, settings, clock));
  EXPECT_EQ(samples.stop, StopReason::kTime);
  EXPECT_EQ(samples.samples_ms.size(), 12u);
}

// Times that no device can have are an error that names the run, never a sample.
TEST(SamplerTest, RefusesImpossibleTimes) {
  for (const double bad : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(),
                           std::numeric_limits<double>::infinity()}) {
    ManualClock clock;
    ScriptedRunnable runnable(clock, [bad](int run) { return run == 12 ? bad : 5.0; });
    EXPECT_THAT(Sample(runnable, {}, clock),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("measured run 7")))
        << bad;
  }
}

// The device's own error comes through unchanged.
TEST(SamplerTest, PassesErrorsOn) {
  ManualClock clock;
  ScriptedRunnable runnable(clock, [](int) { return absl::ResourceExhaustedError("no memory"); });
  EXPECT_THAT(Sample(runnable, {}, clock),
              StatusIs(absl::StatusCode::kResourceExhausted, "no memory"));
}

// An interrupt ends the sampling between two runs.
TEST(SamplerTest, Interrupt) {
  ManualClock clock;
  std::atomic<bool> interrupted = false;
  int runs = 0;
  ScriptedRunnable runnable(clock, [&](int run) {
    runs = run + 1;
    interrupted = runs == 5;
    return 1.0 + run;
  });
  EXPECT_THAT(Sample(runnable, {}, clock, &interrupted),
              StatusIs(absl::StatusCode::kCancelled, "interrupted"));
  EXPECT_EQ(runs, 5);
}

}  // namespace
}  // namespace latcast::bench
