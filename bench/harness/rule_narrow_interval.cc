#include "bench/harness/statistics.h"
#include "bench/harness/stopping_rule.h"

namespace latcast::bench {
namespace {

class NarrowIntervalRule final : public StoppingRule {
 public:
  explicit NarrowIntervalRule(double half_width) : half_width_(half_width) {}

  std::optional<StopReason> Decide(const SampleView& view) const override {
    const auto half_width = Summarize(view.samples_ms).RelativeHalfWidth();
    if (!half_width.has_value() || *half_width >= half_width_) return std::nullopt;
    return StopReason::kNarrow;
  }

 private:
  double half_width_;
};

}  // namespace

std::unique_ptr<StoppingRule> NarrowInterval(double half_width) {
  return std::make_unique<NarrowIntervalRule>(half_width);
}

}  // namespace latcast::bench
