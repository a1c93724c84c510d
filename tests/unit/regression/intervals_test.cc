#include "regression/intervals.h"

#include <cmath>

#include "base/status_matchers.h"
#include "regression/correction.h"
#include "regression/fit.h"
#include "regression/leverage.h"
#include "regression/predict.h"
#include "sample_points.h"

namespace latcast::regression {
namespace {

using ::testing::ElementsAre;

// The ratios stand in the order of the points, are symmetric, and capped at a factor of a thousand.
TEST(AbsLogRatiosTest, SymmetricAndCapped) {
  const std::vector<double> ratios = AbsLogRatios(std::vector<double>{2.0, 0.0, 1.0, 0.5},
                                                  std::vector<double>{1.0, 1.0, 1.0, 1.0});
  EXPECT_THAT(ratios, ElementsAre(std::log(2.0), std::log(1000.0), 0.0, std::log(2.0)));
}

struct Sample {
  Unseen unseen;
  std::vector<double> measured;
};

// Forecasts from 1 to 100 ms whose errors are normal, of the width that `width` gives them.
template <typename Width>
Sample MakeSample(int n, uint64_t seed, Width width) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  std::normal_distribution<double> normal;
  Sample sample;
  for (int i = 0; i < n; ++i) {
    const double forecast = std::pow(100.0, uniform(random));
    const double leverage = 0.02 + std::pow(uniform(random), 4);
    const double distance = std::pow(uniform(random), 4);
    sample.unseen.latency_ms.push_back(forecast);
    sample.unseen.leverage.push_back(leverage);
    sample.unseen.distance.push_back(distance);
    const double error = 0.1 * width(forecast, leverage, distance) * normal(random);
    sample.measured.push_back(forecast * std::exp(error));
  }
  return sample;
}

LatencyModel ModelOf(const Sample& sample, bool corrected) {
  LatencyModel model;
  if (corrected) model.correction.emplace();
  model.min_latency_ms = 1.0;
  model.max_latency_ms = 100.0;
  SetIntervals(sample.unseen, {}, sample.measured, model);
  return model;
}

// Errors of one width have no spread to scale.
TEST(IntervalsTest, EqualErrorsHaveNoSpread) {
  int scaled = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const LatencyModel model =
        ModelOf(MakeSample(200, seed, [](double, double, double) { return 1.0; }), true);
    EXPECT_EQ(model.abs_log_ratios.size(), 200u);
    EXPECT_TRUE(std::is_sorted(model.abs_log_ratios.begin(), model.abs_log_ratios.end()));
    scaled += model.interval_scale.has_value();
  }
  EXPECT_LE(scaled, 2);
}

// Errors that depend on size, on leverage or on distance: the spread follows them.
TEST(IntervalsTest, SpreadFollowsTheErrors) {
  const LatencyModel by_size = ModelOf(
      MakeSample(300, 1, [](double ms, double, double) { return std::pow(ms, -0.5); }), false);
  ASSERT_TRUE(by_size.interval_scale.has_value());
  EXPECT_EQ(by_size.interval_scale->size_exponent, -0.5);
  EXPECT_EQ(by_size.interval_scale->distance_gain, 0.0);
  const LatencyModel by_leverage = ModelOf(
      MakeSample(300, 2, [](double, double h, double) { return std::sqrt(1.0 + 30.0 * h); }), true);
  ASSERT_TRUE(by_leverage.interval_scale.has_value());
  EXPECT_GE(by_leverage.interval_scale->leverage_gain, 10.0);
  const LatencyModel by_distance = ModelOf(
      MakeSample(300, 3, [](double, double, double d) { return std::sqrt(1.0 + 16.0 * d); }), true);
  ASSERT_TRUE(by_distance.interval_scale.has_value());
  EXPECT_GE(by_distance.interval_scale->distance_gain, 4.0);
}

// Whole groups are all far from the rest and say nothing about near points; with forecasts of near
// ones beside them the spread is found, and near points get narrow intervals.
TEST(IntervalsTest, NearAndFarForecastsTellTheSpread) {
  const auto width = [](double, double, double d) { return std::sqrt(1.0 + 64.0 * d); };
  const Sample sample = MakeSample(200, 5, width);
  Unseen far = sample.unseen;
  Unseen near = sample.unseen;
  std::vector<double> measured;
  std::mt19937_64 random(6);
  std::normal_distribution<double> normal;
  for (size_t i = 0; i < 200; ++i) {
    far.distance[i] = 0.9;
    near.distance[i] = 0.01;
    measured.push_back(far.latency_ms[i] * std::exp(0.1 * width(0, 0, 0.9) * normal(random)));
    near.latency_ms[i] = measured[i] * std::exp(0.1 * width(0, 0, 0.01) * normal(random));
  }
  LatencyModel model;
  model.correction.emplace();
  model.min_latency_ms = 1.0;
  model.max_latency_ms = 100.0;
  SetIntervals(far, near, measured, model);
  ASSERT_TRUE(model.interval_scale.has_value());
  EXPECT_GE(model.interval_scale->distance_gain, 16.0);
  EXPECT_EQ(model.abs_log_ratios.size(), 200u);  // of the groups alone
  model.interval_scale.reset();
  SetIntervals(far, {}, measured, model);
  EXPECT_FALSE(model.interval_scale.has_value());
}

// Few points do not carry a spread.
TEST(IntervalsTest, FewPointsHaveNoSpread) {
  const LatencyModel model = ModelOf(
      MakeSample(19, 1, [](double ms, double, double) { return std::pow(ms, -0.8); }), false);
  EXPECT_FALSE(model.interval_scale.has_value());
}

// Hand-checked: sqrt(1 + 3 * 2 + 4 * 0.5) = 3, and (8 / 2)^-0.5 = 0.5; leverages above 4 count
// as 4.
TEST(IntervalsTest, Spread) {
  EXPECT_NEAR(SpreadOf({2.0, 0.0, 3.0, 4.0}, 8.0, 2.0, 0.5), 3.0, 1e-15);
  EXPECT_NEAR(SpreadOf({2.0, -0.5, 3.0, 4.0}, 8.0, 2.0, 0.5), 1.5, 1e-15);
  EXPECT_EQ(SpreadOf({2.0, 0.0, 3.0, 4.0}, 8.0, 4.0, 0.5),
            SpreadOf({2.0, 0.0, 3.0, 4.0}, 8.0, 1e9, 0.5));
}

// Coverage of fitted models on points they did not see, at three levels, for the linear and for the
// corrected family: within three standard errors, where that of a fit's coverage is, for 100
// points, sqrt(p (1 - p) / 100).
TEST(IntervalsTest, FittedModelsCoverWhatTheyPromise) {
  for (const char* family : {"relative", "corrected"}) {
    for (const double level : {0.5, 0.8, 0.95}) {
      int covered = 0;
      int forecasts = 0;
      for (uint64_t seed = 1; seed <= 12; ++seed) {
        const std::vector<Point> test = SamplePoints(300, 0, 0.1, seed + 1000);
        ASSERT_OK_AND_ASSIGN(const FitResult fit,
                             Fit(SamplePoints(100, 5, 0.1, seed), {.family = family}));
        for (const Point& point : test) {
          const Prediction p = Predict(point.features, fit.model, {.interval_level = level});
          covered += p.lower_ms <= point.latency_ms && point.latency_ms <= p.upper_ms;
          ++forecasts;
        }
      }
      EXPECT_NEAR(static_cast<double>(covered) / forecasts, level,
                  3.0 * std::sqrt(level * (1.0 - level) / 100.0 / 12.0))
          << family << " " << level;
    }
  }
}

// The leverages of the calibration points themselves sum to the number of columns, since they are
// the diagonal of a projection; a mix that no point had has a large one, at any size.
TEST(LeverageTest, SumsToTheColumnsAndFlagsNewMixes) {
  const std::vector<Point> points = WithGeneralColumns(SamplePoints(80, 0, 0.05));
  ASSERT_OK_AND_ASSIGN(const FitResult fit,
                       Fit(points, {.family = "relative", .feature_set = "general"}));
  ASSERT_TRUE(fit.model.leverage.has_value());
  double sum = 0.0;
  for (const Point& point : points) {
    const double h = LeverageOf(fit.model, point.features, FirstPiece(point.features, fit.model));
    EXPECT_GT(h, 0.0);
    EXPECT_LE(h, 1.0);
    EXPECT_FALSE(Predict(point.features, fit.model).out_of_domain);
    sum += h;
  }
  EXPECT_NEAR(sum, static_cast<double>(fit.model.terms.size()), 0.01);
  FeatureVector network = points[3].features;
  for (int i = 0; i < 200; ++i) network += points[3].features;
  EXPECT_FALSE(Predict(network, fit.model).out_of_domain);
}

// A family of work that the calibration hardly had is flagged, and its interval is wider.
TEST(LeverageTest, WidensWhereLittleIsKnown) {
  std::vector<Point> points = SamplePoints(80, 0, 0.05);
  for (Point& point : points) point.features.Set(Feature::kFlops, 1e3);  // next to no work
  const FitOptions options = {.family = "relative"};
  ASSERT_OK_AND_ASSIGN(const FitResult fit, Fit(points, options));
  FeatureVector features = points[0].features;
  EXPECT_FALSE(Predict(features, fit.model).out_of_domain);
  features.Set(Feature::kFlops, 1e12);
  EXPECT_TRUE(Predict(features, fit.model).out_of_domain);
}

}  // namespace
}  // namespace latcast::regression
