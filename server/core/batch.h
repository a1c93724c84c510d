// Many forecasts by one model: columns in, columns out. A bad item has an error of its own and
// spoils no other.
#ifndef LATCAST_SERVER_CORE_BATCH_H_
#define LATCAST_SERVER_CORE_BATCH_H_

#include <functional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/features.h"
#include "regression/predict_columns.h"
#include "regression/terms.h"
#include "server/core/block_cache.h"
#include "server/core/model_choice.h"

namespace latcast::server {

using regression::FeatureColumn;

// By item; NaN (and not out of domain) where `errors` has the item.
struct BatchForecast {
  std::vector<double> latency_ms;
  std::vector<double> lower_ms;
  std::vector<double> upper_ms;
  std::vector<bool> out_of_domain;
  std::vector<regression::LatencyTerms> terms;  // empty unless asked for
  std::vector<std::pair<size_t, absl::Status>> errors;
};

// INVALID_ARGUMENT for columns of different lengths, a column the model needs that is missing, or
// more than kMaxBatchItems. An item with a value that is negative or not finite has an error that
// names the column.
absl::StatusOr<BatchForecast> PredictColumns(const ChosenModel& chosen,
                                             std::span<const FeatureColumn> columns,
                                             bool with_terms = false);

// INVALID_ARGUMENT for more than kMaxBatchItems; CANCELLED soon after `cancelled` says so. An item
// whose spec is wrong has the error of its spec.
absl::StatusOr<BatchForecast> PredictBlocks(const ChosenModel& chosen, BlockCache& cache,
                                            std::span<const std::string_view> specs,
                                            const std::function<bool()>& cancelled,
                                            bool with_terms = false);

}  // namespace latcast::server

#endif  // LATCAST_SERVER_CORE_BATCH_H_
