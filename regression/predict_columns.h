// Many forecasts by one model: columns in, columns out, at memory's speed where the model is
// linear.
//
//   std::vector<double> latency(n), lower(n), upper(n);
//   std::vector<uint8_t> out_of_domain(n);
//   PredictColumns(columns, model, {}, {latency, lower, upper, out_of_domain});
#ifndef LATCAST_REGRESSION_PREDICT_COLUMNS_H_
#define LATCAST_REGRESSION_PREDICT_COLUMNS_H_

#include <cstdint>
#include <span>

#include "base/features.h"
#include "regression/latency_model.h"
#include "regression/predict.h"

namespace latcast::regression {

// One feature of all items.
struct FeatureColumn {
  Feature feature{};
  std::span<const double> values;
};

// One entry an item, in the caller's memory.
struct PredictedColumns {
  std::span<double> latency_ms;
  std::span<double> lower_ms;
  std::span<double> upper_ms;
  std::span<uint8_t> out_of_domain;  // 0 or 1
};

// To the last bit what Predict gives for every item, whatever the processor. All columns and
// outputs are of one length; no feature stands twice; every term of the model has its column
// (CheckFeatures). Items with values that are no counts get results without meaning, and disturb no
// other. No allocation. A correction, where the model has one, goes item
// by item.
void PredictColumns(std::span<const FeatureColumn> columns, const LatencyModel& model,
                    const PredictOptions& options, const PredictedColumns& out);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_PREDICT_COLUMNS_H_
