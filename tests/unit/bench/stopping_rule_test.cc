#include "bench/harness/stopping_rule.h"

namespace latcast::bench {
namespace {

using Samples = std::vector<double>;

struct Scene {
  const char* what;
  Samples samples;
  std::optional<StopReason> decision;
};

void Check(const StoppingRule& rule, const std::vector<Scene>& scenes) {
  for (const Scene& scene : scenes) {
    EXPECT_EQ(rule.Decide({scene.samples, 0.0}), scene.decision) << scene.what;
  }
}

Samples Repeat(size_t n, const Samples& pattern) {
  Samples samples;
  while (samples.size() < n) samples.push_back(pattern[samples.size() % pattern.size()]);
  return samples;
}

// Warm means that the last two windows agree, whatever came before them.
TEST(StoppingRuleTest, StableWindows) {
  Check(*StableWindows(3, 0.02),
        {{"too few", {1, 1, 1, 1, 1}, std::nullopt},
         {"equal", {1, 1, 1, 1, 1, 1}, StopReason::kStable},
         {"still falling", {9, 8, 7, 6, 5, 4}, std::nullopt},
         {"cold start forgotten", {50, 20, 1, 1, 1, 1.01, 1.01, 1.01}, StopReason::kStable},
         {"one outlier in a window", {1, 9, 1, 1, 1, 1}, StopReason::kStable},
         {"2.1 % apart", {1, 1, 1, 1.021, 1.021, 1.021}, std::nullopt},
         {"getting faster by 1.9 %", {1.019, 1.019, 1.019, 1, 1, 1}, StopReason::kStable}});
}

// Narrow means that the interval of the median is, not that all samples are alike.
TEST(StoppingRuleTest, NarrowInterval) {
  Samples outliers = Repeat(20, {10});
  outliers[3] = outliers[11] = 40;
  Check(*NarrowInterval(0.01),
        {{"no interval below six", Repeat(5, {10}), std::nullopt},
         {"equal", Repeat(6, {10}), StopReason::kNarrow},
         {"two of twenty far off", outliers, StopReason::kNarrow},
         {"two levels 10 % apart", Repeat(20, {10, 11}), std::nullopt},
         {"two levels 1.9 % apart", Repeat(20, {10, 10.19}), StopReason::kNarrow}});
}

// A second half that widens the interval again ends the sampling; one that narrows it does not.
TEST(StoppingRuleTest, IntervalPlateau) {
  Samples drifting;
  for (int i = 0; i < 128; ++i) drifting.push_back(10.0 + 0.1 * i);
  // First half: five levels around 10; second half: three of them, so that the interval shrinks.
  Samples settling = Repeat(64, {9, 9.5, 10, 10.5, 11});
  for (const double x : Repeat(64, {9.9, 10, 10.1})) settling.push_back(x);
  Check(*IntervalPlateau(128, 0.9), {{"too few", Repeat(127, {9, 10, 11}), std::nullopt},
                                     {"drift", drifting, StopReason::kPlateau},
                                     {"settling", settling, std::nullopt}});
}

// Limits decide by time and by number alone.
TEST(StoppingRuleTest, Limits) {
  EXPECT_EQ(TimeLimit(2.0)->Decide({{}, 1.99}), std::nullopt);
  EXPECT_EQ(TimeLimit(2.0)->Decide({{}, 2.0}), StopReason::kTime);
  EXPECT_EQ(CountLimit(3)->Decide({Samples{1, 1}, 9.0}), std::nullopt);
  EXPECT_EQ(CountLimit(3)->Decide({Samples{1, 1, 1}, 0.0}), StopReason::kCount);
}

// The first rule that wants to stop gives the reason, but none is asked below the minima.
TEST(StoppingRuleTest, FirstOfKeepsMinimaAndOrder) {
  FirstOf rule(3, 0.5);
  rule.Add(NarrowInterval(0.01));
  rule.Add(CountLimit(6));
  rule.Add(TimeLimit(1.0));
  EXPECT_EQ(rule.Decide({Samples{1, 1}, 99.0}), std::nullopt);
  EXPECT_EQ(rule.Decide({Repeat(6, {1}), 0.49}), std::nullopt);
  EXPECT_EQ(rule.Decide({Repeat(6, {1}), 0.5}), StopReason::kNarrow);
  EXPECT_EQ(rule.Decide({Repeat(6, {1, 2}), 0.5}), StopReason::kCount);
  EXPECT_EQ(rule.Decide({Repeat(3, {1}), 1.0}), StopReason::kTime);
}

// Reasons have the names that journals hold.
TEST(StoppingRuleTest, Names) {
  EXPECT_EQ(Name(StopReason::kStable), "stable");
  EXPECT_EQ(Name(StopReason::kNarrow), "narrow");
  EXPECT_EQ(Name(StopReason::kPlateau), "plateau");
  EXPECT_EQ(Name(StopReason::kTime), "time");
  EXPECT_EQ(Name(StopReason::kCount), "count");
}

}  // namespace
}  // namespace latcast::bench
