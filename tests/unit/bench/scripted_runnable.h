// A runnable that plays a script of latencies and moves a manual clock by them.
#ifndef LATCAST_TESTS_UNIT_BENCH_SCRIPTED_RUNNABLE_H_
#define LATCAST_TESTS_UNIT_BENCH_SCRIPTED_RUNNABLE_H_

#include <functional>
#include <utility>
#include <vector>

#include "bench/harness/clock.h"
#include "bench/harness/runnable.h"

namespace latcast::bench {

class ScriptedRunnable final : public Runnable {
 public:
  // `script(run)` is the latency in ms, or the error, of the run with that number, from 0.
  ScriptedRunnable(Clock& clock, std::function<absl::StatusOr<double>(int)> script)
      : clock_(clock), script_(std::move(script)) {}

  absl::StatusOr<Measurement> MeasureOnce() override {
    const bool disturbed = disturbed_ != nullptr && disturbed_(runs_);
    const absl::StatusOr<double> ms = script_(runs_++);
    if (!ms.ok()) return ms.status();
    if (*ms > 0) clock_.SleepNs(static_cast<int64_t>(*ms * 1e6));
    return Measurement{*ms, disturbed};
  }

  // One part: the whole.
  absl::StatusOr<std::vector<double>> MeasureParts() override {
    const absl::StatusOr<Measurement> once = MeasureOnce();
    if (!once.ok()) return once.status();
    return std::vector<double>{once->ms};
  }

  // `disturbed(run)` says which runs are.
  void Disturb(std::function<bool(int)> disturbed) { disturbed_ = std::move(disturbed); }

 private:
  Clock& clock_;
  std::function<absl::StatusOr<double>(int)> script_;
  std::function<bool(int)> disturbed_;
  int runs_ = 0;
};

}  // namespace latcast::bench

#endif  // LATCAST_TESTS_UNIT_BENCH_SCRIPTED_RUNNABLE_H_
