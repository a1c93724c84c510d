#include "bench/harness/statistics.h"
#include "bench/harness/stopping_rule.h"

namespace latcast::bench {
namespace {

class IntervalPlateauRule final : public StoppingRule {
 public:
  IntervalPlateauRule(size_t min_samples, double ratio)
      : min_samples_(min_samples), ratio_(ratio) {}

  std::optional<StopReason> Decide(const SampleView& view) const override {
    const size_t count = view.samples_ms.size();
    if (count < min_samples_) return std::nullopt;
    const auto all = Summarize(view.samples_ms).RelativeHalfWidth();
    const auto half = Summarize(view.samples_ms.first(count / 2)).RelativeHalfWidth();
    if (!all.has_value() || !half.has_value() || *all < ratio_ * *half) return std::nullopt;
    return StopReason::kPlateau;
  }

 private:
  size_t min_samples_;
  double ratio_;
};

}  // namespace

std::unique_ptr<StoppingRule> IntervalPlateau(size_t min_samples, double ratio) {
  return std::make_unique<IntervalPlateauRule>(min_samples, ratio);
}

}  // namespace latcast::bench
