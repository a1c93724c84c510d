#include "bench/harness/budget.h"

#include <map>

namespace latcast::bench {
namespace {

// Without a budget the settings stand, but for the samples that do not fit the time.
TEST(BudgetTest, NoBudget) {
  SamplingSettings settings;
  settings.max_sampling_s = 1.0;
  for (const auto& [latency_s, samples] :
       std::map<double, size_t>{{0.0, 10}, {0.001, 10}, {0.1, 10}, {0.2, 5}, {0.5, 3}, {7.0, 3}}) {
    const SamplingSettings shared =
        ShareBudget(settings, std::vector<VisitCost>{{0.1, latency_s}}, std::nullopt);
    EXPECT_EQ(shared.max_sampling_s, 1.0);
    EXPECT_EQ(shared.max_warmup_s, settings.max_warmup_s);
    EXPECT_EQ(shared.min_samples, samples) << latency_s;
  }
}

// A floor is the preparation, two warm-up runs and three samples.
TEST(BudgetTest, Floor) { EXPECT_DOUBLE_EQ(FloorSeconds({0.5, 0.1}, {}), 1.0); }

// Equal points share equally: 5 s, four floors of 0.5 s, so 0.5 + 0.75 s for running one.
TEST(BudgetTest, EqualShares) {
  const std::vector<VisitCost> pending(4, {0.0, 0.1});
  SamplingSettings settings;
  settings.max_warmup_s = 0.5;
  settings.max_sampling_s = 1.0;
  const SamplingSettings shared = ShareBudget(settings, pending, 5.0);
  EXPECT_DOUBLE_EQ(shared.max_warmup_s + shared.max_sampling_s, 1.25);
  EXPECT_EQ(shared.min_samples, 8u);  // of 0.1 s, in three quarters of that
}

// A point four times as slow gets twice the spare time.
TEST(BudgetTest, SharesByTheRootOfTheLatency) {
  SamplingSettings settings;
  settings.max_warmup_s = 10.0;
  settings.max_sampling_s = 10.0;
  const VisitCost slow = {0, 0.4};  // floor 2 s
  const VisitCost fast = {0, 0.1};  // floor 0.5 s
  SamplingSettings shared = ShareBudget(settings, std::vector{slow, fast}, 4.0);
  EXPECT_DOUBLE_EQ(shared.max_warmup_s + shared.max_sampling_s, 2.0 + 1.0);
  shared = ShareBudget(settings, std::vector{fast, slow}, 4.0);
  EXPECT_DOUBLE_EQ(shared.max_warmup_s + shared.max_sampling_s, 0.5 + 0.5);
}

// When the time is up, visits get their floor: three samples.
TEST(BudgetTest, OverspentRunsAtTheFloor) {
  const std::vector<VisitCost> pending(3, {0.2, 1.0});
  const SamplingSettings shared = ShareBudget({}, pending, -5.0);
  EXPECT_EQ(shared.min_samples, kFloorSamples);
  EXPECT_LT(shared.max_sampling_s, 5.0);
  EXPECT_EQ(shared.min_warmup, SamplingSettings().min_warmup);
}

// Limits never grow beyond the settings, however much time there is.
TEST(BudgetTest, AmpleTimeKeepsTheLimits) {
  const SamplingSettings shared = ShareBudget({}, std::vector<VisitCost>{{0, 0.1}}, 1e6);
  EXPECT_EQ(shared.max_sampling_s, SamplingSettings().max_sampling_s);
  EXPECT_EQ(shared.max_warmup_s, SamplingSettings().max_warmup_s);
}

}  // namespace
}  // namespace latcast::bench
