#include "bench/harness/stopping_rule.h"

namespace latcast::bench {

std::string_view Name(StopReason reason) {
  switch (reason) {
    case StopReason::kStable:
      return "stable";
    case StopReason::kNarrow:
      return "narrow";
    case StopReason::kPlateau:
      return "plateau";
    case StopReason::kTime:
      return "time";
    case StopReason::kCount:
      return "count";
  }
  return "";
}

std::optional<StopReason> FirstOf::Decide(const SampleView& view) const {
  if (view.samples_ms.size() < min_samples_ || view.elapsed_s < min_seconds_) return std::nullopt;
  for (const auto& rule : rules_) {
    if (const auto reason = rule->Decide(view)) return reason;
  }
  return std::nullopt;
}

}  // namespace latcast::bench
