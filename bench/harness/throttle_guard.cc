#include "bench/harness/throttle_guard.h"

#include <algorithm>
#include <cmath>

#include "bench/harness/statistics.h"

namespace latcast::bench {
namespace {

constexpr double kSlowBelow = 0.9;  // of the median clock
constexpr double kFirstRecovery_s = 0.05;
constexpr double kRecoveryGrowth = 1.5;
constexpr double kLongestRecovery_s = 2.0;

}  // namespace

bool ThrottleGuard::Discards(const Measurement& run) {
  bool is_slow = run.throttled;
  if (run.clock_mhz > 0.0) {
    is_slow |= !clocks_mhz_.empty() && run.clock_mhz < kSlowBelow * Quantile(clocks_mhz_, 0.5);
    if (!is_slow) {
      clocks_mhz_.insert(std::upper_bound(clocks_mhz_.begin(), clocks_mhz_.end(), run.clock_mhz),
                         run.clock_mhz);
    }
  }
  if (!is_slow) return false;
  if (discarded_ >= kMaxDiscarded) {
    gave_up_ = true;
    return false;
  }
  ++discarded_;
  return true;
}

int64_t ThrottleGuard::RecoveryNs() const {
  const double growth = std::pow(kRecoveryGrowth, static_cast<double>(discarded_) - 1.0);
  return static_cast<int64_t>(std::min(kFirstRecovery_s * growth, kLongestRecovery_s) * 1e9);
}

}  // namespace latcast::bench
