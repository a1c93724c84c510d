#include "regression/select.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/status_matchers.h"
#include "sample_points.h"

namespace latcast::regression {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

std::vector<int> Alone(size_t n) {
  std::vector<int> units(n);
  std::iota(units.begin(), units.end(), 0);
  return units;
}

std::vector<double> Errors(size_t n, double size, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::vector<double> errors(n);
  for (double& error : errors) error = std::abs(size * normal(random));
  return errors;
}

// The simplest of equals, the best where it is clearly better.
TEST(OneStandardErrorTest, SimplestOfEqualsBestOfUnequal) {
  const std::vector<double> some = Errors(100, 0.1, 1);
  EXPECT_EQ(OneStandardError({some, some, some}, Alone(100)), 0u);
  EXPECT_EQ(OneStandardError({some, Errors(100, 0.04, 2)}, Alone(100)), 1u);
  EXPECT_EQ(OneStandardError({Errors(100, 0.04, 2), some}, Alone(100)), 0u);
  EXPECT_EQ(OneStandardError({some, Errors(100, 0.05, 2), Errors(100, 0.05, 2)}, Alone(100)), 1u);
}

// Hand-checked. Eight points, each better or worse by 0.02. Six better: mean 0.01, the squared
// deviations sum to 0.0024, so that the standard error is sqrt(0.0024 8 / 7) / 8 = 0.0065: it
// counts. Five better: mean 0.005, and sqrt(0.003 8 / 7) / 8 = 0.0073: it does not.
TEST(OneStandardErrorTest, ADifferenceCountsInItsStandardErrors) {
  const std::vector<double> flat(8, 0.10);
  EXPECT_EQ(OneStandardError({flat, std::vector<double>(8, 0.09)}, Alone(8)), 1u);
  EXPECT_EQ(OneStandardError({flat, {.08, .12, .08, .12, .08, .08, .08, .08}}, Alone(8)), 1u);
  EXPECT_EQ(OneStandardError({flat, {.08, .12, .08, .12, .08, .12, .08, .08}}, Alone(8)), 0u);
}

// Groups are the units: a gain in one group of four alone is chance, whatever its size in points.
TEST(OneStandardErrorTest, GroupsAreTheUnits) {
  std::vector<double> plain(100, 0.1), better(100, 0.1);
  std::vector<int> units(100);
  for (size_t i = 0; i < 100; ++i) {
    units[i] = static_cast<int>(i) / 25;
    if (units[i] == 0) better[i] = 0.05;
  }
  EXPECT_EQ(OneStandardError({plain, better}, units), 0u);
  EXPECT_EQ(OneStandardError({plain, better}, Alone(100)), 1u);
}

// Where the simple candidate is right to eight digits, being right to nine is no reason for more.
TEST(OneStandardErrorTest, NobodyMeasuresThatWell) {
  const std::vector<double> plain(50, 2e-9), better(50, 1e-9);
  EXPECT_EQ(OneStandardError({plain, better}, Alone(50)), 0u);
  EXPECT_EQ(OneStandardError({std::vector<double>(50, 2e-3), better}, Alone(50)), 1u);
}

// One wild error does not decide.
TEST(OneStandardErrorTest, OutliersDecideNothing) {
  std::vector<double> plain = Errors(100, 0.1, 1);
  std::vector<double> better = Errors(100, 0.05, 2);
  better[3] = 6.9;
  EXPECT_EQ(OneStandardError({plain, better}, Alone(100)), 1u);
}

// A linear truth stays linear, but for the chance that one standard error leaves; a smooth factor
// takes the correction. The summary says what was compared.
TEST(SelectTest, AutoFindsTheFormOfTheTruth) {
  int linear = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    ASSERT_OK_AND_ASSIGN(const FitResult fit, Fit(GeneralPoints(120, 5, 0.05, seed)));
    linear += fit.model.family == "relative";
    ASSERT_OK_AND_ASSIGN(const FitResult bent, Fit(BentPoints(120, 5, 0.05, seed)));
    EXPECT_EQ(bent.model.family, "corrected") << seed;
  }
  EXPECT_GE(linear, 15);

  ASSERT_OK_AND_ASSIGN(const FitResult fit, Fit(GeneralPoints(200, 5, 0.05)));
  std::vector<std::string> compared;
  for (const Candidate& c : fit.summary.candidates)
    compared.push_back(c.family + " " + c.feature_set);
  EXPECT_THAT(compared,
              ElementsAre("relative general", "relative-joined general", "corrected general"));
  EXPECT_GT(fit.summary.candidates[0].median_log_error, 0.0);
  ASSERT_OK_AND_ASSIGN(const FitResult named,
                       Fit(GeneralPoints(40, 5, 0.05), {.family = "relative"}));
  EXPECT_TRUE(named.summary.candidates.empty());
}

// Few points are not asked for a correction.
TEST(SelectTest, FewPointsStayLinear) {
  ASSERT_OK_AND_ASSIGN(const FitResult fit, Fit(SamplePoints(20, 0, 0.05)));
  for (const Candidate& c : fit.summary.candidates) EXPECT_NE(c.family, "corrected");
}

// Few points for the general columns are asked whether their sums do.
TEST(SelectTest, FewPointsMayTakeTheCompactSet) {
  const auto sets_of = [](int n) {
    std::vector<Point> points = GeneralPoints(n, 0, 0.05);
    std::mt19937_64 random(3);
    for (Point& point : points) {
      for (const Feature f : {Feature::kMacsPointwise, Feature::kElementwise, Feature::kWeights}) {
        point.features.Set(f, static_cast<double>(random() % 1000));
      }
      AddSums(point.features);
    }
    std::vector<std::string> sets;
    const absl::StatusOr<FitResult> fit = Fit(points);
    if (!fit.ok()) return std::vector<std::string>{std::string(fit.status().message())};
    for (const Candidate& candidate : fit->summary.candidates) {
      if (candidate.family == "relative") sets.push_back(candidate.feature_set);
    }
    return sets;
  };
  EXPECT_THAT(sets_of(60), ElementsAre("general"));
  EXPECT_THAT(sets_of(20), UnorderedElementsAre("compact", "general"));
}

// Between two sets that count calls, the larger has to pay.
TEST(SelectTest, TheLargerSetHasToPay) {
  std::vector<Point> points = GeneralPoints(150, 0, 0.05);
  std::mt19937_64 random(2);
  for (Point& point : points) {
    for (const Feature f : FindFeatureSet("cpu")->predictors) {
      if (!point.features.Has(f)) point.features.Set(f, static_cast<double>(random() % 1000));
    }
  }
  ASSERT_OK_AND_ASSIGN(const FitResult noise, Fit(points));
  EXPECT_EQ(noise.model.feature_set, "general");
  for (Point& point : points) {
    point.latency_ms += 0.02 * point.features[Feature::kNDw];
  }
  ASSERT_OK_AND_ASSIGN(const FitResult paid, Fit(points));
  const std::vector<Term>& terms = paid.model.terms;
  const auto depthwise = std::find_if(terms.begin(), terms.end(),
                                      [](const Term& t) { return t.feature == Feature::kNDw; });
  ASSERT_NE(depthwise, terms.end()) << paid.model.feature_set;
  EXPECT_NEAR(depthwise->coefficient, 0.02, 0.002);
}

}  // namespace
}  // namespace latcast::regression
