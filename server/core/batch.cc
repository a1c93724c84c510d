#include "server/core/batch.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "regression/forecaster.h"
#include "server/core/limits.h"

namespace latcast::server {
namespace {

// gRPC takes longer to say whether a call is cancelled than a known block takes.
constexpr size_t kItemsBetweenChecks = 64;

using regression::CheckFeatures;
using regression::Prediction;

BatchForecast Reserve(size_t items) {
  BatchForecast forecast;
  forecast.latency_ms.reserve(items);
  forecast.lower_ms.reserve(items);
  forecast.upper_ms.reserve(items);
  forecast.out_of_domain.reserve(items);
  return forecast;
}

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

void AddTerms(std::span<const FeatureColumn> columns, const regression::LatencyModel& model,
              BatchForecast& forecast) {
  FeatureVector features;
  for (size_t item = 0; item < forecast.latency_ms.size(); ++item) {
    for (const FeatureColumn& column : columns) features.Set(column.feature, column.values[item]);
    forecast.terms.push_back(regression::SplitLatency(features, model, forecast.latency_ms[item]));
  }
}

// Items with a value that is no count have an error, of the first such column, and no forecast.
void MarkBadItems(std::span<const FeatureColumn> columns, BatchForecast& forecast) {
  std::map<size_t, const FeatureColumn*> bad;
  for (const FeatureColumn& column : columns) {
    for (size_t item = 0; item < column.values.size(); ++item) {
      const double value = column.values[item];
      if (!(std::isfinite(value) && value >= 0.0)) bad.try_emplace(item, &column);
    }
  }
  for (const auto& [item, column] : bad) {
    forecast.errors.emplace_back(
        item, absl::InvalidArgumentError(
                  absl::StrCat("column '", ToAbsl(Info(column->feature).name),
                               "': must be finite and not negative, is ", column->values[item])));
    forecast.latency_ms[item] = forecast.lower_ms[item] = forecast.upper_ms[item] = kNan;
    forecast.out_of_domain[item] = false;
    if (!forecast.terms.empty()) forecast.terms[item] = {};
  }
}

// Adds one item after the other.
class Collector {
 public:
  Collector(const ChosenModel& chosen, size_t items, bool with_terms)
      : chosen_(chosen),
        forecaster_(chosen.model(), {chosen.interval_level}),
        with_terms_(with_terms),
        forecast_(Reserve(items)) {}

  void Add(const FeatureVector& features) {
    const Prediction prediction = forecaster_.Predict(features);
    Push(prediction);
    if (with_terms_) {
      forecast_.terms.push_back(
          regression::SplitLatency(features, chosen_.model(), prediction.latency_ms));
    }
  }

  void AddError(absl::Status error) {
    forecast_.errors.emplace_back(forecast_.latency_ms.size(), std::move(error));
    Push({kNan, kNan, kNan, false});
    if (with_terms_) forecast_.terms.emplace_back();
  }

  BatchForecast Take() && { return std::move(forecast_); }

 private:
  void Push(const Prediction& prediction) {
    forecast_.latency_ms.push_back(prediction.latency_ms);
    forecast_.lower_ms.push_back(prediction.lower_ms);
    forecast_.upper_ms.push_back(prediction.upper_ms);
    forecast_.out_of_domain.push_back(prediction.out_of_domain);
  }

  const ChosenModel& chosen_;
  const regression::Forecaster forecaster_;
  const bool with_terms_;
  BatchForecast forecast_;
};

}  // namespace

absl::StatusOr<BatchForecast> PredictColumns(const ChosenModel& chosen,
                                             std::span<const FeatureColumn> columns,
                                             bool with_terms) {
  const size_t items = columns.empty() ? 0 : columns[0].values.size();
  RETURN_IF_ERROR(CheckBatchItems(items, "features.columns"));
  FeatureVector features;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].values.size() != items) {
      return absl::InvalidArgumentError(absl::StrCat("features.columns[", i,
                                                     "].values: ", columns[i].values.size(),
                                                     " values where columns[0] has ", items));
    }
    features.Set(columns[i].feature, 0.0);
  }
  RETURN_IF_ERROR(Annotate(CheckFeatures(features, chosen.model()), "features.columns"));

  BatchForecast forecast;
  forecast.latency_ms.resize(items);
  forecast.lower_ms.resize(items);
  forecast.upper_ms.resize(items);
  std::vector<uint8_t> out_of_domain(items);
  regression::PredictColumns(
      columns, chosen.model(), {chosen.interval_level},
      {forecast.latency_ms, forecast.lower_ms, forecast.upper_ms, out_of_domain});
  forecast.out_of_domain.assign(out_of_domain.begin(), out_of_domain.end());
  if (with_terms) AddTerms(columns, chosen.model(), forecast);
  MarkBadItems(columns, forecast);
  return forecast;
}

absl::StatusOr<BatchForecast> PredictBlocks(const ChosenModel& chosen, BlockCache& cache,
                                            std::span<const std::string_view> specs,
                                            const std::function<bool()>& cancelled,
                                            bool with_terms) {
  RETURN_IF_ERROR(CheckBatchItems(specs.size(), "blocks.specs"));
  Collector collector(chosen, specs.size(), with_terms);
  for (size_t item = 0; item < specs.size(); ++item) {
    if (item % kItemsBetweenChecks == 0 && cancelled()) {
      return absl::CancelledError("the client gave up");
    }
    const auto features = cache.Features(specs[item], chosen.model().mode.threads);
    absl::Status status = features.status();
    if (status.ok()) status = CheckFeatures(*features, chosen.model());
    if (status.ok()) {
      collector.Add(*features);
    } else {
      collector.AddError(std::move(status));
    }
  }
  return std::move(collector).Take();
}

}  // namespace latcast::server
