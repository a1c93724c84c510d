#include "bench/harness/throttle_guard.h"

#include "bench/harness/sampler.h"
#include "tests/unit/bench/scripted_runnable.h"

namespace latcast::bench {
namespace {

Measurement At(double clock_mhz, bool throttled = false) {
  Measurement run;
  run.ms = 1.0;
  run.clock_mhz = clock_mhz;
  run.throttled = throttled;
  return run;
}

// Runs below 90 % of the usual clock are left out, and those that the device calls throttled; where
// the clock is unknown only these.
TEST(ThrottleGuardTest, LeavesOutSlowRuns) {
  ThrottleGuard guard;
  EXPECT_FALSE(guard.Discards(At(1500)));
  EXPECT_FALSE(guard.Discards(At(1400)));
  EXPECT_TRUE(guard.Discards(At(1200)));
  EXPECT_FALSE(guard.Discards(At(1480)));
  EXPECT_TRUE(guard.Discards(At(1500, true)));
  EXPECT_FALSE(guard.Discards(At(0)));
  EXPECT_TRUE(guard.Discards(At(0, true)));
  EXPECT_EQ(guard.discarded(), 3u);
  EXPECT_FALSE(guard.gave_up());
}

// Waits grow from 50 ms to 2 s; a device that stays throttled is measured as it is, and that is
// told.
TEST(ThrottleGuardTest, GivesUp) {
  ThrottleGuard guard;
  int64_t before = 0;
  for (size_t i = 0; i < ThrottleGuard::kMaxDiscarded; ++i) {
    ASSERT_TRUE(guard.Discards(At(1500, true)));
    EXPECT_GE(guard.RecoveryNs(), before);
    before = guard.RecoveryNs();
    if (i == 0) {
      EXPECT_EQ(before, 50'000'000);
    }
  }
  EXPECT_EQ(before, 2'000'000'000);
  EXPECT_FALSE(guard.Discards(At(1500, true)));
  EXPECT_TRUE(guard.gave_up());
  EXPECT_EQ(guard.discarded(), ThrottleGuard::kMaxDiscarded);
}

// A runnable on a device that is throttled from one run to another.
class ThrottledRunnable final : public Runnable {
 public:
  ThrottledRunnable(Clock& clock, int from, int to) : clock_(clock), from_(from), to_(to) {}
  absl::StatusOr<Measurement> MeasureOnce() override {
    Measurement run = At(1500, runs_ >= from_ && runs_ < to_);
    if (run.throttled) run.ms = 3.0;
    ++runs_;
    clock_.SleepNs(static_cast<int64_t>(run.ms * 1e6));
    return run;
  }
  absl::StatusOr<std::vector<double>> MeasureParts() override { return std::vector<double>{}; }

 private:
  Clock& clock_;
  int from_;
  int to_;
  int runs_ = 0;
};

// Sampling goes on with the runs at full speed; one that never recovers ends all the same.
TEST(ThrottleGuardTest, SamplingDiscards) {
  ManualClock clock;
  ThrottledRunnable recovers(clock, 10, 15);
  ASSERT_OK_AND_ASSIGN(Samples samples, Sample(recovers, {}, clock));
  EXPECT_EQ(samples.discarded_runs, 5u);
  EXPECT_FALSE(samples.throttled);
  for (const double ms : samples.samples_ms) EXPECT_EQ(ms, 1.0);

  ThrottledRunnable never(clock, 10, 1'000'000);
  ASSERT_OK_AND_ASSIGN(samples, Sample(never, {}, clock));
  EXPECT_EQ(samples.discarded_runs, ThrottleGuard::kMaxDiscarded);
  EXPECT_TRUE(samples.throttled);
}

}  // namespace
}  // namespace latcast::bench
