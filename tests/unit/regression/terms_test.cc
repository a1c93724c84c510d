#include "regression/terms.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "base/status_matchers.h"
#include "regression/predict.h"

namespace latcast::regression {
namespace {

double Sum(const LatencyTerms& t) { return t.memory_ms + t.compute_ms + t.launch_ms + t.other_ms; }

LatencyTerms Split(const FeatureVector& features, const LatencyModel& model) {
  return SplitLatency(features, model, Predict(features, model).latency_ms);
}

// Every feature that is no mere information has a kind, by its unit.
TEST(TermsTest, KindsOfFeatures) {
  EXPECT_EQ(KindOf(Feature::kActs), TermKind::kMemory);
  EXPECT_EQ(KindOf(Feature::kWeights), TermKind::kMemory);
  EXPECT_EQ(KindOf(Feature::kFlops), TermKind::kCompute);
  EXPECT_EQ(KindOf(Feature::kMacsDepthwise), TermKind::kCompute);
  EXPECT_EQ(KindOf(Feature::kKernels), TermKind::kLaunch);
  EXPECT_EQ(KindOf(Feature::kNMkl), TermKind::kLaunch);
  for (const FeatureSet& set : FeatureSets()) {
    for (const Feature feature : set.predictors) {
      EXPECT_NE(KindOf(feature), TermKind::kOther) << Info(feature).name;
    }
  }
  EXPECT_EQ(Name(TermKind::kLaunch), "launch");
}

LatencyModel Linear() {
  LatencyModel model;
  model.family = "relative";
  model.feature_set = "general";
  model.intercept_ms = 0.5;
  model.terms = {{Feature::kActs, 0.25}, {Feature::kMacsDense, 0.125}, {Feature::kKernels, 2.0}};
  return model;
}

FeatureVector Features(double acts, double macs, double kernels) {
  FeatureVector features;
  features.Set(Feature::kActs, acts);
  features.Set(Feature::kMacsDense, macs);
  features.Set(Feature::kKernels, kernels);
  return features;
}

// By hand: 0.25 * 8 + 0.125 * 16 + 2 * 3 + 0.5.
TEST(TermsTest, OfALinearModel) {
  EXPECT_EQ(Split(Features(8, 16, 3), Linear()),
            (LatencyTerms{.memory_ms = 2, .compute_ms = 2, .launch_ms = 6, .other_ms = 0.5}));
}

// Below the breakpoint latency = 0.5 x + 2.25 = 7.5 instead of x = 10.5: all terms shrink alike.
TEST(TermsTest, SecondPieceScalesAllTerms) {
  LatencyModel model = Linear();
  model.two_piece = TwoPiece{.breakpoint_ms = 20.0, .slope = 0.5, .offset_ms = 2.25};
  const LatencyTerms terms = Split(Features(8, 16, 3), model);
  EXPECT_NEAR(terms.memory_ms, 2 * 7.5 / 10.5, 1e-14);
  EXPECT_NEAR(terms.launch_ms, 6 * 7.5 / 10.5, 1e-14);
  EXPECT_NEAR(terms.other_ms, 0.5 * 7.5 / 10.5, 1e-14);
  EXPECT_EQ(Sum(terms), 7.5);
}

// A correction is a factor on the whole, so the shares are those of the linear model.
TEST(TermsTest, CorrectionKeepsTheShares) {
  LatencyModel model = Linear();
  model.correction = Correction{.size_length = 1.0,
                                .inputs = {{Feature::kActs, 1.0, 1.0}},
                                .bound = 1.0,
                                .weights = {0.7},
                                .at = {std::log(10.5), std::log1p(8 / 10.5)}};
  const double latency_ms = Predict(Features(8, 16, 3), model).latency_ms;
  ASSERT_NEAR(latency_ms, 10.5 * std::exp(0.7), 1e-12);
  const LatencyTerms terms = Split(Features(8, 16, 3), model);
  EXPECT_NEAR(terms.compute_ms / latency_ms, 2 / 10.5, 1e-15);
  EXPECT_EQ(Sum(terms), latency_ms);
}

// Without work there is the intercept; at the bound of zero there is nothing.
TEST(TermsTest, Nothing) {
  EXPECT_EQ(Split(Features(0, 0, 0), Linear()),
            (LatencyTerms{.memory_ms = 0, .compute_ms = 0, .launch_ms = 0, .other_ms = 0.5}));
  LatencyModel model = Linear();
  model.intercept_ms = -100.0;
  EXPECT_EQ(Split(Features(8, 16, 3), model), LatencyTerms{});
}

// The sum is the forecast to the last bit, whatever the model and the features: with and without an
// intercept, a second piece, a correction, terms over many orders of magnitude.
TEST(TermsTest, AddUpToTheLastBit) {
  std::mt19937_64 random(17);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  const auto anywhere = [&] { return std::pow(10.0, 12.0 * uniform(random) - 6.0); };
  const std::span<const Feature> predictors = FindFeatureSet("cpu")->predictors;
  int with_other = 0;
  for (int i = 0; i < 300'000; ++i) {
    LatencyModel model;
    FeatureVector features;
    for (const Feature feature : predictors) {
      if (random() % 3 == 0) continue;
      model.terms.push_back({feature, random() % 4 == 0 ? 0.0 : anywhere()});
      features.Set(feature, random() % 4 == 0 ? 0.0 : anywhere());
    }
    if (model.terms.empty()) continue;
    if (random() % 2 == 0) model.intercept_ms = anywhere();
    if (random() % 2 == 0) model.two_piece = TwoPiece{anywhere(), uniform(random), anywhere()};
    if (random() % 3 == 0) {
      model.correction = Correction{.size_length = 2.0,
                                    .inputs = {{model.terms[0].feature, 1.0, 5.0}},
                                    .bound = 0.5,
                                    .weights = {uniform(random) - 0.5},
                                    .at = {uniform(random), uniform(random)}};
    }
    const double latency_ms = Predict(features, model).latency_ms;
    const LatencyTerms terms = SplitLatency(features, model, latency_ms);
    ASSERT_EQ(Sum(terms), latency_ms) << i;
    ASSERT_TRUE(terms.memory_ms >= 0.0 && terms.compute_ms >= 0.0 && terms.launch_ms >= 0.0 &&
                terms.other_ms >= 0.0)
        << i;
    const double x = FirstPiece(features, model);
    if (model.intercept_ms == 0.0 && x > 0.0) {
      ASSERT_EQ(terms.other_ms, 0.0) << i;
    }
    if (model.intercept_ms > 0.0) {
      ASSERT_NEAR(terms.other_ms / latency_ms, model.intercept_ms / x, 1e-13) << i;
      ++with_other;
    }
  }
  EXPECT_GT(with_other, 100'000);
}

// However a network is cut, the forecast is that of its summed features, and the scaled
// contributions of the parts add up to it but for the intercept's share. Features are counts, so
// sums of them are exact and the forecast is the same to the last bit.
TEST(TermsTest, CutsDoNotMatter) {
  std::mt19937_64 random(5);
  LatencyModel model = Linear();
  for (int kind = 0; kind < 3; ++kind) {
    if (kind == 1) model.two_piece = TwoPiece{1e9, 0.75, 1.0};
    if (kind == 2) {
      model.two_piece.reset();
      model.correction = Correction{.size_length = 3.0,
                                    .inputs = {{Feature::kMacsDense, 1e3, 2.0}},
                                    .bound = 0.4,
                                    .weights = {0.3, -0.2},
                                    .at = {0.1, 2.5, 7.0, 0.5}};
    }
    for (int network = 0; network < 200; ++network) {
      std::vector<FeatureVector> ops(1 + random() % 60);
      FeatureVector whole;
      for (FeatureVector& op : ops) {
        op = Features(static_cast<double>(random() % 100'000),
                      static_cast<double>(random() % 10'000'000), random() % 2 ? 1.0 : 0.0);
        whole += op;
      }
      const double latency_ms = Predict(whole, model).latency_ms;
      const double scale = ContributionScale(whole, model, latency_ms);
      for (int cut = 0; cut < 10; ++cut) {
        // Every operator goes to a random part, in random order.
        std::shuffle(ops.begin(), ops.end(), random);
        std::vector<FeatureVector> parts(1 + random() % 8);
        for (FeatureVector& part : parts) part = Features(0, 0, 0);
        for (const FeatureVector& op : ops) parts[random() % parts.size()] += op;
        FeatureVector sum = Features(0, 0, 0);
        double shares = 0.0;
        for (const FeatureVector& part : parts) {
          sum += part;
          shares += scale * Contribution(part, model);
        }
        ASSERT_EQ(Predict(sum, model).latency_ms, latency_ms);
        const double intercept = scale * model.intercept_ms;
        ASSERT_NEAR(shares + intercept, latency_ms, 1e-12 * latency_ms);
      }
    }
  }
}

}  // namespace
}  // namespace latcast::regression
