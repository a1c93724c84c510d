// Whatever the points are, a fit ends in a valid model or in a message; never in NaN.
#include <cmath>
#include <random>

#include "base/status_matchers.h"
#include "regression/fit.h"
#include "regression/predict.h"

namespace latcast::regression {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Points of random kinds: few or many, equal or scattered over sixty orders of magnitude, columns
// that are zero, constant or copies of each other, points that stand twice.
std::vector<Point> RandomPoints(std::mt19937_64& random) {
  const auto coin = [&](unsigned sides) { return random() % sides == 0; };
  const auto anywhere = [&] {
    return std::pow(10.0, static_cast<double>(random() % 5900) / 100.0 - 29.5);
  };
  const FeatureSet& set = FeatureSets()[random() % FeatureSets().size()];
  const size_t n = coin(3) ? 1 + random() % 8 : 8 + random() % 40;
  const bool wild = coin(3);
  std::vector<Point> points(n);
  for (size_t i = 0; i < n; ++i) {
    points[i].name = "p" + std::to_string(i);
    if (coin(2)) points[i].group = "g" + std::to_string(random() % 4);
    points[i].latency_ms = wild ? anywhere() : 1.0 + static_cast<double>(random() % 5);
  }
  for (const Feature feature : set.predictors) {
    const bool zero = coin(6), constant = coin(6), scattered = coin(2);
    const double value = wild ? anywhere() : 3.0;
    for (size_t i = 0; i < n; ++i) {
      double v = zero ? 0.0 : constant ? value : static_cast<double>(random() % 4) * value;
      if (!zero && !constant && scattered) v = anywhere();
      points[i].features.Set(feature, v > 1e30 ? 1e30 : v);
    }
  }
  if (coin(4)) points.insert(points.end(), points.begin(), points.end());
  return points;
}

// Both families, on five hundred sets of points.
TEST(FitRobustnessTest, AlwaysAModelOrAMessage) {
  std::mt19937_64 random(23);
  int models = 0, messages = 0;
  for (int i = 0; i < 500; ++i) {
    const std::vector<Point> points = RandomPoints(random);
    for (const char* family : {"classic", "relative"}) {
      const absl::StatusOr<FitResult> fit = Fit(points, {.family = family});
      if (!fit.ok()) {
        ++messages;
        ASSERT_EQ(fit.status().code(), absl::StatusCode::kFailedPrecondition) << fit.status();
        ASSERT_THAT(std::string(fit.status().message()), Not(HasSubstr("fitted model")));
        continue;
      }
      ++models;
      ASSERT_OK(Validate(fit->model));
      for (const Term& term : fit->model.terms) ASSERT_GE(term.coefficient, 0.0);
      for (const Point& point : points) {
        const Prediction p = Predict(point.features, fit->model);
        ASSERT_TRUE(std::isfinite(p.latency_ms) && p.lower_ms <= p.latency_ms &&
                    p.latency_ms <= p.upper_ms)
            << i << " " << family << " " << p.lower_ms << " " << p.latency_ms << " " << p.upper_ms;
      }
      ASSERT_FALSE(fit->summary.Report(fit->model).empty());
    }
  }
  EXPECT_GT(models, 250);
  EXPECT_GT(messages, 125);
}

}  // namespace
}  // namespace latcast::regression
