// When to stop repeating a measurement. A rule looks at the samples so far and decides; it keeps no
// state, reads no clock and is therefore tested by tables of samples. Each rule is one file, listed
// here; a new rule is a new file.
//
//   FirstOf rule(/*min_samples=*/10);
//   rule.Add(NarrowInterval(0.01));  // 1 %
//   rule.Add(TimeLimit(3.0));
//   while (!(reason = rule.Decide({samples, elapsed_s}))) samples.push_back(Measure());
#ifndef LATCAST_BENCH_HARNESS_STOPPING_RULE_H_
#define LATCAST_BENCH_HARNESS_STOPPING_RULE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace latcast::bench {

enum class StopReason : uint8_t {
  kStable,   // two successive windows agree
  kNarrow,   // the median is known well enough
  kPlateau,  // more samples no longer narrow the median's interval
  kTime,
  kCount,
};

std::string_view Name(StopReason reason);  // "stable", "narrow", "plateau", "time", "count"

struct SampleView {
  std::span<const double> samples_ms;
  double elapsed_s = 0.0;
};

class StoppingRule {
 public:
  virtual ~StoppingRule() = default;
  // Why to stop now, or nullopt to go on. Pure.
  virtual std::optional<StopReason> Decide(const SampleView& view) const = 0;
};

// The medians of the last `window` samples and of the `window` before them differ by at most
// `tolerance` of the smaller one: the device is warm.
std::unique_ptr<StoppingRule> StableWindows(size_t window, double tolerance);

// The relative half-width of the median's 95 % interval is below `half_width`.
std::unique_ptr<StoppingRule> NarrowInterval(double half_width);

// The interval of all samples is not clearly narrower than that of their first half. Independent
// samples would have made it 0.71 times as wide; above `ratio` times what they add is drift and
// disturbance, of which more samples bring only more. Asks for at least `min_samples`.
std::unique_ptr<StoppingRule> IntervalPlateau(size_t min_samples, double ratio);

std::unique_ptr<StoppingRule> TimeLimit(double seconds);
std::unique_ptr<StoppingRule> CountLimit(size_t samples);

// The first of its rules, in the order they were added, that wants to stop; none is asked before
// there are `min_samples` and `min_seconds` have gone by, so a time limit never leaves a point
// without data, and a point of microseconds is not decided within a blink.
class FirstOf final : public StoppingRule {
 public:
  explicit FirstOf(size_t min_samples, double min_seconds = 0.0)
      : min_samples_(min_samples), min_seconds_(min_seconds) {}
  void Add(std::unique_ptr<StoppingRule> rule) { rules_.push_back(std::move(rule)); }
  std::optional<StopReason> Decide(const SampleView& view) const override;

 private:
  size_t min_samples_;
  double min_seconds_;
  std::vector<std::unique_ptr<StoppingRule>> rules_;
};

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_HARNESS_STOPPING_RULE_H_
