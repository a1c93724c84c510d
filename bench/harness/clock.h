// Time as the harness sees it: a monotonic clock, and a manual one that makes tests and the fake
// device take no time at all.
#ifndef LATCAST_BENCH_HARNESS_CLOCK_H_
#define LATCAST_BENCH_HARNESS_CLOCK_H_

#include <cstdint>

namespace latcast::bench {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual int64_t NowNs() = 0;  // from an arbitrary start; never goes back
  virtual void SleepNs(int64_t ns) = 0;
  virtual bool is_virtual() const { return false; }  // stands still while the world goes on

  double SecondsSince(int64_t start_ns) { return static_cast<double>(NowNs() - start_ns) * 1e-9; }
};

// std::chrono::steady_clock.
class SteadyClock final : public Clock {
 public:
  int64_t NowNs() override;
  void SleepNs(int64_t ns) override;
};

// Stands still but for SleepNs.
class ManualClock final : public Clock {
 public:
  int64_t NowNs() override { return now_ns_; }
  void SleepNs(int64_t ns) override { now_ns_ += ns; }
  bool is_virtual() const override { return true; }

 private:
  int64_t now_ns_ = 0;
};

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_HARNESS_CLOCK_H_
