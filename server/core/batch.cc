#include "server/core/batch.h"

#include <cmath>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "regression/predict.h"
#include "server/core/limits.h"

namespace latcast::server {
namespace {

// gRPC takes longer to say whether a call is cancelled than a known block takes.
constexpr size_t kItemsBetweenChecks = 64;

using regression::CheckFeatures;
using regression::Predict;
using regression::Prediction;

BatchForecast Reserve(size_t items) {
  BatchForecast forecast;
  forecast.latency_ms.reserve(items);
  forecast.lower_ms.reserve(items);
  forecast.upper_ms.reserve(items);
  forecast.out_of_domain.reserve(items);
  return forecast;
}

void Add(const Prediction& prediction, BatchForecast& forecast) {
  forecast.latency_ms.push_back(prediction.latency_ms);
  forecast.lower_ms.push_back(prediction.lower_ms);
  forecast.upper_ms.push_back(prediction.upper_ms);
  forecast.out_of_domain.push_back(prediction.out_of_domain);
}

void AddError(absl::Status error, BatchForecast& forecast) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  forecast.errors.emplace_back(forecast.latency_ms.size(), std::move(error));
  Add({kNan, kNan, kNan, false}, forecast);
}

}  // namespace

absl::StatusOr<BatchForecast> PredictColumns(const ChosenModel& chosen,
                                             std::span<const FeatureColumn> columns) {
  const regression::PredictOptions options{chosen.interval_level};
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

  BatchForecast forecast = Reserve(items);
  for (size_t item = 0; item < items; ++item) {
    const FeatureColumn* bad = nullptr;
    for (const FeatureColumn& column : columns) {
      const double value = column.values[item];
      if (bad == nullptr && !(std::isfinite(value) && value >= 0.0)) bad = &column;
      features.Set(column.feature, value);
    }
    if (bad == nullptr) {
      Add(Predict(features, chosen.model(), options), forecast);
    } else {
      AddError(absl::InvalidArgumentError(absl::StrCat("column '", ToAbsl(Info(bad->feature).name),
                                                       "': must be finite and not negative, is ",
                                                       bad->values[item])),
               forecast);
    }
  }
  return forecast;
}

absl::StatusOr<BatchForecast> PredictBlocks(const ChosenModel& chosen, BlockCache& cache,
                                            std::span<const std::string_view> specs,
                                            const std::function<bool()>& cancelled) {
  const regression::PredictOptions options{chosen.interval_level};
  RETURN_IF_ERROR(CheckBatchItems(specs.size(), "blocks.specs"));
  BatchForecast forecast = Reserve(specs.size());
  for (size_t item = 0; item < specs.size(); ++item) {
    if (item % kItemsBetweenChecks == 0 && cancelled()) {
      return absl::CancelledError("the client gave up");
    }
    const auto features = cache.Features(specs[item], chosen.model().mode.threads);
    absl::Status status = features.status();
    if (status.ok()) status = CheckFeatures(*features, chosen.model());
    if (status.ok()) {
      Add(Predict(*features, chosen.model(), options), forecast);
    } else {
      AddError(std::move(status), forecast);
    }
  }
  return forecast;
}

}  // namespace latcast::server
