#include "bench/harness/visit.h"

namespace latcast::bench {
namespace {

Visit Of(std::string id, int pass, std::vector<double> samples) {
  Visit visit;
  visit.id = std::move(id);
  visit.pass = pass;
  visit.samples_ms = std::move(samples);
  return visit;
}

// The result's median is over all samples; the noise compares the passes' medians.
TEST(VisitTest, MergesPasses) {
  const std::vector<Visit> visits = {Of("a", 0, {10, 10, 10}), Of("b", 0, {1, 2, 3}),
                                     Of("a", 1, {11, 11, 11, 11, 11})};
  const std::vector<PointResult> results = MergeAll(visits);
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0].id, "a");
  EXPECT_EQ(results[0].passes, 2);
  EXPECT_EQ(results[0].statistics.count, 8u);
  EXPECT_DOUBLE_EQ(results[0].statistics.median, 11);
  EXPECT_DOUBLE_EQ(*results[0].noise, 1.0 / 10.5);
  EXPECT_EQ(results[0].outcome, Outcome::kOk);
  EXPECT_EQ(results[1].noise, std::nullopt);  // one pass tells nothing of noise
}

// One disturbed pass of three does not count; of two, nobody knows which it was.
TEST(VisitTest, NoiseIsThatOfTheMajority) {
  EXPECT_EQ(PassNoise({}), std::nullopt);
  EXPECT_EQ(PassNoise({10}), std::nullopt);
  EXPECT_DOUBLE_EQ(*PassNoise({30, 10}), 1.0);
  EXPECT_DOUBLE_EQ(*PassNoise({10, 14, 10}), 0.0);
  EXPECT_DOUBLE_EQ(*PassNoise({10, 14, 10, 12}), 2.0 / 11.0);  // three of four
}

// Passes that disagree too much make the point unstable.
TEST(VisitTest, UnstableAboveTheLimit) {
  const std::vector<Visit> visits = {Of("a", 0, {10}), Of("a", 1, {12})};
  EXPECT_EQ(MergeAll(visits, 0.19)[0].outcome, Outcome::kOk);
  EXPECT_EQ(MergeAll(visits, 0.18)[0].outcome, Outcome::kUnstable);
}

// Visits beside probes that were off do not count where there are others; where there are none,
// their samples are brought to the device's usual speed by these probes.
TEST(VisitTest, DriftedVisitsAreLeftOutOrCorrected) {
  const auto probe = [](double ms) {
    Visit visit = Of("probe", 0, {ms});
    visit.is_probe = true;
    return visit;
  };
  const std::vector<Visit> visits = {
      probe(2),         Of("a", 0, {10, 12}), probe(2), Of("c", 0, {5}),  probe(3),
      Of("a", 1, {15}), Of("b", 0, {30, 60}), probe(3), Of("b", 1, {20}), probe(2)};
  const std::vector<PointResult> results = MergeAll(visits);
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[1].statistics.median, 4);
  EXPECT_EQ(results[1].outcome, Outcome::kOk);
  EXPECT_DOUBLE_EQ(results[0].statistics.median, 11);
  EXPECT_EQ(results[0].passes, 1);
  EXPECT_EQ(results[0].drifted_visits, 1u);
  EXPECT_EQ(results[0].slowdown, 1.0);
  EXPECT_EQ(results[2].statistics.min, 16);
  EXPECT_EQ(results[2].statistics.median, 20);
  EXPECT_EQ(results[2].passes, 2);
  EXPECT_EQ(results[2].drifted_visits, 2u);
  EXPECT_EQ(results[2].slowdown, 1.375);
  EXPECT_DOUBLE_EQ(*results[2].noise, 14.0 / 23.0);
  EXPECT_EQ(results[2].outcome, Outcome::kUnstable);  // since the passes disagree
}

// A point whose second pass ran out of memory is not a good point.
TEST(VisitTest, WorstOutcomeWins) {
  std::vector<Visit> visits = {Of("a", 0, {10}), Of("a", 1, {})};
  visits[1].outcome = Outcome::kOom;
  visits[1].message = "12 GiB wanted";
  const PointResult result = MergeAll(visits)[0];
  EXPECT_EQ(result.outcome, Outcome::kOom);
  EXPECT_EQ(result.message, "12 GiB wanted");
}

// Outcomes have the names of points files, both ways.
TEST(VisitTest, OutcomeNames) {
  for (const Outcome outcome :
       {Outcome::kOk, Outcome::kUnstable, Outcome::kOom, Outcome::kFailed}) {
    EXPECT_EQ(FindOutcome(Name(outcome)), outcome);
  }
  EXPECT_EQ(Name(Outcome::kOom), "oom");
  EXPECT_EQ(FindOutcome("fine"), std::nullopt);
}

// What was measured instead of a point without memory is a result of its own, and joins the visits
// of the point of that name.
TEST(VisitTest, InsteadIsAResultOfItsOwn) {
  std::vector<Visit> visits = {Of("b8", 0, {4, 4, 4}), Of("b4", 0, {5})};
  visits[0].outcome = Outcome::kOom;
  visits[0].message = "12 GiB wanted";
  visits[0].instead = "b2";
  std::vector<PointResult> results = MergeAll(visits);
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[0].outcome, Outcome::kOom);
  EXPECT_EQ(results[0].statistics.count, 0u);
  EXPECT_EQ(results[1].id, "b2");
  EXPECT_EQ(results[1].instead_of, "b8");
  EXPECT_EQ(results[1].outcome, Outcome::kOk);
  EXPECT_EQ(results[1].statistics.median, 4.0);
  EXPECT_EQ(results[2].instead_of, "");

  visits[0].instead = "b4";
  results = MergeAll(visits);
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[1].id, "b4");
  EXPECT_EQ(results[1].statistics.count, 4u);
}

}  // namespace
}  // namespace latcast::bench
