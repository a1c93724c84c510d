#include "regression/predict_columns.h"

#include <cmath>
#include <random>

#include "base/status_matchers.h"
#include "regression/forecaster.h"
#include "sample_model.h"

namespace latcast::regression {
namespace {

constexpr double kExponents[] = {0.0, 0.25, -0.25, 0.5, -0.5, -0.1, 3.0};

// A model with any of the optional parts.
LatencyModel RandomModel(std::mt19937_64& random) {
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  LatencyModel model;
  model.family = "relative";
  model.feature_set = "cpu";
  for (const Feature feature : FindFeatureSet("cpu")->predictors) {
    if (random() % 4 != 0)
      model.terms.push_back({feature, random() % 5 == 0 ? 0.0 : uniform(random)});
  }
  if (model.terms.empty()) model.terms.push_back({Feature::kKernels, 1.0});
  if (random() % 2 == 0) model.intercept_ms = uniform(random);
  if (random() % 3 == 0) model.two_piece = TwoPiece{100.0 * uniform(random), uniform(random), 0.5};
  if (random() % 3 == 0) {
    const size_t inputs = 1 + random() % 3;
    Correction& correction = model.correction.emplace();
    for (size_t j = 0; j < std::min(inputs, model.terms.size()); ++j) {
      correction.inputs.push_back({model.terms[j].feature, 0.1, 1.0});
    }
    correction.bound = 0.3;
    correction.weights = {0.2, -0.1};
    for (size_t k = 0; k < 2 * correction.coordinates(); ++k) {
      correction.at.push_back(uniform(random));
    }
  }
  if (random() % 2 == 0) {
    Leverage& leverage = model.leverage.emplace();
    const size_t rows = model.terms.size() + (model.intercept_ms > 0.0 ? 1 : 0);
    std::vector<double> factor(rows * (rows + 1) / 2);
    for (double& value : factor) value = uniform(random) - 0.5;
    leverage.factor = Triangle(factor);
    leverage.limit = 1.0;
  }
  if (random() % 2 == 0)
    model.interval_scale =
        IntervalScale{5.0, kExponents[random() % std::size(kExponents)], 0.5, 0.2};
  if (random() % 4 != 0) model.abs_log_ratios = {0.01, 0.02, 0.05, 0.1, 0.4};
  model.domain_per_kernel = random() % 2 == 0;
  for (const Feature feature : FindFeatureSet("cpu")->predictors) {
    if (random() % 8 != 0) continue;
    const double low = random() % 2 == 0 ? 0.0 : uniform(random);
    model.domain.push_back({feature, low, random() % 3 == 0 ? low : low + 20.0});
  }
  model.min_latency_ms = 1.0;
  model.max_latency_ms = 50.0;
  return model;
}

// Columns and a forecaster give for every item what a single forecast gives, to the last bit: all
// kinds of models, full and partial blocks, items without kernels or without any work.
TEST(PredictColumnsTest, EqualsSingleForecasts) {
  std::mt19937_64 random(11);
  const std::span<const Feature> predictors = FindFeatureSet("cpu")->predictors;
  int outside = 0, all = 0;
  for (const size_t items : {0u, 1u, 2u, 127u, 128u, 129u, 1000u}) {
    for (int i = 0; i < 60; ++i) {
      const LatencyModel model = RandomModel(random);
      ASSERT_OK(Validate(model));
      std::vector<std::vector<double>> values(predictors.size(), std::vector<double>(items));
      std::vector<FeatureColumn> columns;
      FeatureVector needed;
      for (const Term& term : model.terms) needed.Set(term.feature, 0.0);
      for (size_t j = 0; j < predictors.size(); ++j) {
        for (double& value : values[j]) value = static_cast<double>(random() % 40);
        // A column that the model does not need may be missing.
        if (needed.Has(predictors[j]) || random() % 2 == 0) {
          columns.push_back({predictors[j], values[j]});
        }
      }
      for (size_t k = 0; k < items; k += 50) {
        for (std::vector<double>& column : values) column[k] = 0.0;
      }
      std::vector<double> latency(items), lower(items), upper(items);
      std::vector<uint8_t> out_of_domain(items);
      PredictColumns(columns, model, {.interval_level = 0.8},
                     {latency, lower, upper, out_of_domain});
      const Forecaster forecaster(model, {.interval_level = 0.8});
      for (size_t k = 0; k < items; ++k) {
        FeatureVector features;
        for (const FeatureColumn& column : columns) features.Set(column.feature, column.values[k]);
        const Prediction p = Predict(features, model, {.interval_level = 0.8});
        const Prediction prepared = forecaster.Predict(features);
        ASSERT_EQ(prepared.latency_ms, p.latency_ms) << items << " " << i << " " << k;
        ASSERT_EQ(prepared.lower_ms, p.lower_ms);
        ASSERT_EQ(prepared.upper_ms, p.upper_ms);
        ASSERT_EQ(prepared.out_of_domain, p.out_of_domain);
        ASSERT_EQ(latency[k], p.latency_ms) << items << " " << i << " " << k;
        ASSERT_EQ(lower[k], p.lower_ms);
        ASSERT_EQ(upper[k], p.upper_ms);
        ASSERT_EQ(out_of_domain[k], p.out_of_domain ? 1 : 0) << items << " " << i << " " << k;
        outside += out_of_domain[k];
        ++all;
      }
    }
  }
  EXPECT_GT(outside, all / 10);
  EXPECT_LT(outside, all - all / 50);
}

// On the edge of the domain, where the division that columns save decides.
TEST(PredictColumnsTest, EdgesOfTheDomain) {
  LatencyModel model;
  model.family = "relative";
  model.feature_set = "cpu";
  model.terms = {{Feature::kIoAll, 1.0}, {Feature::kKernels, 1.0}};
  model.domain = {{Feature::kIoAll, 3.0, 7.0}};
  model.domain_per_kernel = true;
  std::vector<double> io, kernels;
  for (double k = 1; k < 200; ++k) {
    for (const double edge : {3.0 / kDomainTolerance, 7.0 * kDomainTolerance}) {
      for (double value = edge * k * (1 - 1e-15); value <= edge * k * (1 + 1e-15);
           value = std::nextafter(value, 1e9)) {
        io.push_back(value);
        kernels.push_back(k);
      }
    }
  }
  const std::vector<FeatureColumn> columns = {{Feature::kIoAll, io}, {Feature::kKernels, kernels}};
  std::vector<double> latency(io.size()), lower(io.size()), upper(io.size());
  std::vector<uint8_t> out_of_domain(io.size());
  PredictColumns(columns, model, {}, {latency, lower, upper, out_of_domain});
  int outside = 0;
  for (size_t i = 0; i < io.size(); ++i) {
    FeatureVector features;
    features.Set(Feature::kIoAll, io[i]);
    features.Set(Feature::kKernels, kernels[i]);
    ASSERT_EQ(out_of_domain[i], Predict(features, model).out_of_domain ? 1 : 0) << i;
    outside += out_of_domain[i];
  }
  EXPECT_GT(outside, 100);
  EXPECT_LT(outside, static_cast<int>(io.size()) - 100);
}

}  // namespace
}  // namespace latcast::regression
