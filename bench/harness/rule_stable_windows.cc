#include <algorithm>
#include <cmath>

#include "bench/harness/statistics.h"
#include "bench/harness/stopping_rule.h"

namespace latcast::bench {
namespace {

class StableWindowsRule final : public StoppingRule {
 public:
  StableWindowsRule(size_t window, double tolerance) : window_(window), tolerance_(tolerance) {}

  std::optional<StopReason> Decide(const SampleView& view) const override {
    if (view.samples_ms.size() < 2 * window_) return std::nullopt;
    const std::span<const double> both = view.samples_ms.last(2 * window_);
    const double before = Median(both.first(window_));
    const double now = Median(both.last(window_));
    if (std::abs(now - before) > tolerance_ * std::min(now, before)) return std::nullopt;
    return StopReason::kStable;
  }

 private:
  size_t window_;
  double tolerance_;
};

}  // namespace

std::unique_ptr<StoppingRule> StableWindows(size_t window, double tolerance) {
  return std::make_unique<StableWindowsRule>(window, tolerance);
}

}  // namespace latcast::bench
