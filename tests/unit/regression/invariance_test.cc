// What must not matter to a fit does not matter, and what a forecast promises holds for any query.
#include <algorithm>
#include <cmath>
#include <random>

#include "base/status_matchers.h"
#include "regression/fit.h"
#include "regression/least_squares.h"
#include "regression/predict.h"
#include "regression/profile.h"
#include "sample_points.h"

namespace latcast::regression {
namespace {

constexpr Feature kColumns[] = {Feature::kActs, Feature::kInp, Feature::kFlops, Feature::kKernels};

// The points with columns and latencies multiplied.
std::vector<Point> Scaled(std::vector<Point> points, double features, double latency) {
  for (Point& point : points) {
    for (const Feature feature : kColumns) {
      point.features.Set(feature, features * point.features[feature]);
    }
    point.latency_ms *= latency;
  }
  return points;
}

// Largest relative difference of the coefficients of `b`, multiplied, from those of `a`.
double Difference(const LatencyModel& a, const LatencyModel& b, double coefficients,
                  double intercept) {
  EXPECT_EQ(a.terms.size(), b.terms.size());
  const auto relative = [](double x, double y) {
    return x == y ? 0.0 : std::abs(x - y) / std::max(std::abs(x), std::abs(y));
  };
  double largest = relative(a.intercept_ms, intercept * b.intercept_ms);
  for (size_t i = 0; i < a.terms.size(); ++i) {
    largest =
        std::max(largest, relative(a.terms[i].coefficient, coefficients * b.terms[i].coefficient));
  }
  return largest;
}

// Columns counted in thousands or millions, latencies in seconds or microseconds, every point
// twice: the coefficients scale along, to twelve digits. The relative family's may lose more of
// them: what rounding the scaled inputs changes, 1e-16, grows with the curvature of its error, 1e4
// where a point is met, and with the condition of the few points that are.
TEST(InvarianceTest, UnitsAndDuplicates) {
  for (const char* family : {"classic", "relative"}) {
    std::vector<double> differences;
    for (uint64_t seed = 1; seed <= 10; ++seed) {
      const std::vector<Point> points = SamplePoints(60, 4, 0.1, seed);
      const FitOptions options = {.family = family, .feature_set = "classic"};
      ASSERT_OK_AND_ASSIGN(const FitResult fit, Fit(points, options));
      for (const double k : {1e-6, 1e-3, 1e3, 1e6}) {
        ASSERT_OK_AND_ASSIGN(const FitResult columns, Fit(Scaled(points, k, 1.0), options));
        differences.push_back(Difference(fit.model, columns.model, k, 1.0));
        ASSERT_OK_AND_ASSIGN(const FitResult latencies, Fit(Scaled(points, 1.0, k), options));
        differences.push_back(Difference(fit.model, latencies.model, 1 / k, 1 / k));
      }
      std::vector<Point> twice = points;
      twice.insert(twice.end(), points.begin(), points.end());
      ASSERT_OK_AND_ASSIGN(const FitResult doubled, Fit(twice, options));
      differences.push_back(Difference(fit.model, doubled.model, 1.0, 1.0));
    }
    std::sort(differences.begin(), differences.end());
    EXPECT_LT(differences[differences.size() * 3 / 4], 1e-12) << family;
    EXPECT_LT(differences.back(), family == std::string("classic") ? 1e-12 : 1e-9) << family;
  }
}

// Powers of two change no digit, so not even the last bit may differ.
TEST(InvarianceTest, PowersOfTwoToTheLastBit) {
  for (const char* family : {"classic", "relative"}) {
    const std::vector<Point> points = SamplePoints(60, 4, 0.1);
    ASSERT_OK_AND_ASSIGN(const FitResult fit, Fit(points, {.family = family}));
    ASSERT_OK_AND_ASSIGN(const FitResult scaled,
                         Fit(Scaled(points, 1024.0, 0.25), {.family = family}));
    EXPECT_EQ(Difference(fit.model, scaled.model, 4096.0, 4.0), 0.0) << family;
  }
}

// With thirty per cent of the points four times too slow, the forecast of what was measured right
// errs by no more than twice the noise, where least squares has long lost it.
TEST(InvarianceTest, ThirtyPerCentOutliers) {
  constexpr double kNoise = 0.05;
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    std::vector<Point> points = SamplePoints(120, 4, kNoise, seed);
    const std::vector<Point> clean = points;
    for (size_t i = 0; i < points.size(); ++i) {
      if (i % 10 < 3) points[i].latency_ms *= 4.0;
    }
    const auto error = [&](const char* family) {
      const LatencyModel model =
          Fit(points, {.family = family, .feature_set = "classic"}).value().model;
      std::vector<double> forecast, measured;
      for (const Point& point : clean) {
        forecast.push_back(Predict(point.features, model).latency_ms);
        measured.push_back(point.latency_ms);
      }
      return Measure(forecast, measured).mdre;
    };
    // The classic columns do not hold the kernels, which explains part of the error.
    const double relative = error("relative");
    EXPECT_LT(relative, 2.0 * kNoise + 0.02) << seed;
    EXPECT_GT(error("classic"), 2.0 * relative) << seed;
  }
}

class ForecastTest : public ::testing::TestWithParam<const char*> {};

// A million random queries of a fitted model: finite, above zero, inside their interval, and never
// less for more work, but by the learned factor, which may fall.
TEST_P(ForecastTest, MillionForecasts) {
  const std::string family = GetParam();
  ASSERT_OK_AND_ASSIGN(const FitResult fit, Fit(SamplePoints(120, 4, 0.1), {.family = family}));
  ASSERT_EQ(fit.model.correction.has_value(), family == "corrected");
  const int queries = fit.model.correction ? 20'000 : 300'000;
  std::mt19937_64 random(3);
  for (int i = 0; i < queries; ++i) {
    FeatureVector features;
    for (const Feature feature : kColumns) {
      features.Set(feature, std::ldexp(1.0, static_cast<int>(random() % 60)));
    }
    const Prediction p = Predict(features, fit.model);
    ASSERT_TRUE(std::isfinite(p.upper_ms) && p.lower_ms > 0.0 && p.lower_ms <= p.latency_ms &&
                p.latency_ms <= p.upper_ms);
    if (fit.model.correction) continue;
    const Feature more = kColumns[random() % std::size(kColumns)];
    features.Set(more, 2.0 * features[more]);
    ASSERT_GE(Predict(features, fit.model).latency_ms, p.latency_ms);
  }
}

INSTANTIATE_TEST_SUITE_P(Families, ForecastTest,
                         ::testing::Values("classic-joined", "relative", "relative-joined",
                                           "corrected"));

// Fitting, writing, reading and writing again gives the same bytes and the same hash, run after
// run, whatever the processor did in between.
TEST(InvarianceTest, SameBytesFromRunToRun) {
  for (const char* family :
       {"classic", "classic-joined", "relative", "relative-joined", "corrected", "auto"}) {
    std::string first;
    for (int run = 0; run < 5; ++run) {
      ASSERT_OK_AND_ASSIGN(const FitResult fit, Fit(SamplePoints(80, 5, 0.1), {.family = family}));
      DeviceProfile profile;
      profile.device = "d";
      profile.models = {fit.model};
      const std::string text = FormatProfile(profile);
      ASSERT_OK_AND_ASSIGN(const DeviceProfile again, ParseProfile(text));
      EXPECT_EQ(FormatProfile(again), text);
      EXPECT_EQ(ModelHash(again.models[0]), ModelHash(fit.model));
      if (run == 0) first = text;
      EXPECT_EQ(text, first);
    }
  }
}

}  // namespace
}  // namespace latcast::regression
