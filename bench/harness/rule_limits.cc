#include "bench/harness/stopping_rule.h"

namespace latcast::bench {
namespace {

class TimeLimitRule final : public StoppingRule {
 public:
  explicit TimeLimitRule(double seconds) : seconds_(seconds) {}
  std::optional<StopReason> Decide(const SampleView& view) const override {
    if (view.elapsed_s < seconds_) return std::nullopt;
    return StopReason::kTime;
  }

 private:
  double seconds_;
};

class CountLimitRule final : public StoppingRule {
 public:
  explicit CountLimitRule(size_t samples) : samples_(samples) {}
  std::optional<StopReason> Decide(const SampleView& view) const override {
    if (view.samples_ms.size() < samples_) return std::nullopt;
    return StopReason::kCount;
  }

 private:
  size_t samples_;
};

}  // namespace

std::unique_ptr<StoppingRule> TimeLimit(double seconds) {
  return std::make_unique<TimeLimitRule>(seconds);
}

std::unique_ptr<StoppingRule> CountLimit(size_t samples) {
  return std::make_unique<CountLimitRule>(samples);
}

}  // namespace latcast::bench
