// How long fits and forecasts take on one core, against what they are meant to take. A benchmark,
// not a test: run it by hand on a quiet machine, in the source folder.
//
//   build/ci/bin/regression_speed
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "regression/classic.h"
#include "regression/fit.h"
#include "regression/forecaster.h"
#include "regression/incremental.h"
#include "regression/points.h"
#include "regression/predict.h"
#include "regression/predict_columns.h"
#include "regression/relative.h"
#include "regression/terms.h"

namespace latcast::regression {
namespace {

using Clock = std::chrono::steady_clock;

// The fastest of repetitions that take about half a second in all [s]: what the machine can do.
double Seconds(const std::function<void()>& run) {
  std::vector<double> taken;
  const auto start = Clock::now();
  while (taken.size() < 5 || Clock::now() - start < std::chrono::milliseconds(500)) {
    const auto before = Clock::now();
    run();
    taken.push_back(std::chrono::duration<double>(Clock::now() - before).count());
  }
  return *std::min_element(taken.begin(), taken.end());
}

void Print(const std::string& what, double value, const char* unit, const char* goal) {
  std::printf("%-58s %10.3f %-5s (goal %s)\n", what.c_str(), value, unit, goal);
}

// `n` points on the cpu columns with 8 % noise, one in fifty three times too slow.
std::vector<Point> RandomPoints(size_t n, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  std::normal_distribution<double> normal;
  const std::span<const Feature> predictors = FindFeatureSet("cpu")->predictors;
  std::vector<Point> points(n);
  for (size_t i = 0; i < n; ++i) {
    points[i].name = "p" + std::to_string(i);
    points[i].group = "g" + std::to_string(i % 14);
    double latency = 0.0;
    for (size_t j = 0; j < predictors.size(); ++j) {
      const double value = std::pow(10.0, 2.0 * uniform(random)) * (uniform(random) < 0.8 ? 1 : 0);
      const bool kernels = predictors[j] == Feature::kKernels;
      points[i].features.Set(predictors[j], kernels ? 1.0 + std::round(value) : std::round(value));
      latency += 0.01 * static_cast<double>(j % 5) * points[i].features[predictors[j]];
    }
    points[i].latency_ms = (0.05 + latency) * std::exp(0.08 * normal(random));
    if (i % 50 == 0) points[i].latency_ms *= 3.0;
  }
  return points;
}

Design RandomDesign(size_t rows, size_t cols, std::vector<double>& latency_ms) {
  const std::vector<Point> points = RandomPoints(rows, 7);
  Design design;
  design.rows = rows;
  for (size_t j = 0; j < cols; ++j) {
    const Feature feature = FindFeatureSet("cpu")->predictors[j];
    const std::span<double> column = design.AddColumn(std::string(Info(feature).name));
    for (size_t i = 0; i < rows; ++i) column[i] = points[i].features[feature];
  }
  latency_ms.clear();
  for (const Point& point : points) latency_ms.push_back(point.latency_ms);
  return design;
}

void Fits() {
  const PointsFile a100 = *ReadPoints("tests/data/latency/seed-a100-blocks.csv");
  std::vector<double> latency_ms;
  Design design;
  design.rows = a100.points.size();
  for (const Feature feature : FindFeatureSet("classic")->predictors) {
    const std::span<double> column = design.AddColumn(std::string(Info(feature).name));
    for (size_t i = 0; i < design.rows; ++i) column[i] = a100.points[i].features[feature];
  }
  for (double& one : design.AddColumn(kIntercept)) one = 1.0;
  for (const Point& point : a100.points) latency_ms.push_back(point.latency_ms);
  const double classic = Seconds([&] { FitClassic(design, latency_ms); });
  Print("classic fit, A100, 117 points", 1e3 * classic, "ms", "1");

  design = RandomDesign(1000, 13, latency_ms);
  const double relative = Seconds([&] { FitRelative(design, latency_ms); });
  Print("relative fit, 1000 points x 13 columns", 1e3 * relative, "ms", "10");

  const std::vector<Point> many = RandomPoints(1000, 5);
  const std::vector<Point> added = RandomPoints(10, 6);
  const LatencyModel model = Fit(many, {.family = "relative"})->model;
  const double add = Seconds([&] { AddPoints(model, many, added).IgnoreError(); });
  Print("10 points added to 1000", 1e3 * add, "ms", "milliseconds");

  const std::vector<Point> points = RandomPoints(400, 3);
  const double automatic = Seconds([&] { Fit(points, {.family = "auto"}).IgnoreError(); });
  Print("auto with intervals, 400 points in 14 groups", automatic, "s", "1");
  const PointsFile xeon = *ReadPoints("tests/data/latency/blocks-xeon-1core-fp32.csv");
  const double real = Seconds([&] { Fit(xeon.points, {.family = "auto"}).IgnoreError(); });
  Print("auto with intervals, Xeon, 364 points in 14 groups", real, "s", "1");
}

// One forecast after the other, and the same ones by columns.
void Forecasts(const std::string& what, const LatencyModel& model,
               const std::vector<Point>& points) {
  constexpr size_t kItems = 16'384;
  double sum = 0.0;
  const double one = Seconds([&] {
    for (size_t i = 0; i < 1000; ++i) sum += Predict(points[i % 400].features, model).upper_ms;
  });
  Print("one forecast, " + what, 1e9 * one / 1000.0, "ns", "50");
  const Forecaster forecaster(model);
  const double prepared = Seconds([&] {
    for (size_t i = 0; i < 1000; ++i) sum += forecaster.Predict(points[i % 400].features).upper_ms;
  });
  Print("  by a forecaster", 1e9 * prepared / 1000.0, "ns", "50");
  const double split = Seconds([&] {
    for (size_t i = 0; i < 1000; ++i) {
      sum += SplitLatency(points[i % 400].features, model, 1.0).other_ms;
    }
  });
  Print("  its terms", 1e9 * split / 1000.0, "ns", "-");

  std::vector<std::vector<double>> values;
  std::vector<FeatureColumn> columns;
  for (const Feature feature : FindFeatureSet("cpu")->predictors) {
    std::vector<double>& column = values.emplace_back();
    for (size_t i = 0; i < kItems; ++i) column.push_back(points[i % 400].features[feature]);
  }
  for (size_t j = 0; j < values.size(); ++j) {
    columns.push_back({FindFeatureSet("cpu")->predictors[j], values[j]});
  }
  std::vector<double> latency(kItems), lower(kItems), upper(kItems);
  std::vector<uint8_t> out_of_domain(kItems);
  const double batch = Seconds([&] {
    PredictColumns(columns, model, {}, {latency, lower, upper, out_of_domain});
  });
  Print("  16,384 by columns", 1e-6 * kItems / batch, "M/s", "50");
  if (!(sum > 0.0 && latency[7] > 0.0)) std::printf("no forecast\n");
}

void Forecasts() {
  const std::vector<Point> points = RandomPoints(400, 3);
  LatencyModel model = Fit(points, {.family = "relative"})->model;
  LatencyModel plain = model;
  plain.leverage.reset();
  plain.interval_scale.reset();
  Forecasts("15 columns", plain, points);
  LatencyModel leverage = model;
  leverage.interval_scale.reset();
  Forecasts("15 columns, leverage", leverage, points);
  model.interval_scale = IntervalScale{1.0, -0.25, 3.0, 0.0};
  Forecasts("15 columns, leverage, spread", model, points);
  Forecasts("corrected", Fit(points, {.family = "corrected"})->model, points);
}

}  // namespace
}  // namespace latcast::regression

int main() {
  latcast::regression::Fits();
  latcast::regression::Forecasts();
}
