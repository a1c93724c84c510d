// Targets, features and forecasts between the wire and server/core. Errors name the field.
#ifndef LATCAST_SERVER_RPC_FORECAST_TRANSLATION_H_
#define LATCAST_SERVER_RPC_FORECAST_TRANSLATION_H_

#include <vector>

#include "absl/status/statusor.h"
#include "base/features.h"
#include "latcast/v1/predictor.pb.h"
#include "regression/predict.h"
#include "server/core/batch.h"
#include "server/core/model_choice.h"
#include "server/core/model_forecast.h"

namespace latcast::server {

Target FromProto(const v1::Target& proto);

// INVALID_ARGUMENT for an unknown or repeated name, a value that is negative or not finite.
absl::StatusOr<FeatureVector> FromProto(const v1::Features& proto);
// INVALID_ARGUMENT for an unknown or repeated name. The columns read the message's own memory.
absl::StatusOr<std::vector<FeatureColumn>> FromProto(const v1::FeatureColumns& proto);

void ToProto(const ChosenModel& chosen, v1::Source& proto);
void ToProto(const regression::Prediction& prediction, const regression::LatencyTerms& terms,
             v1::Forecast& proto);
void ToProto(const BatchForecast& forecast, v1::BatchPredictResponse& proto);
void ToProto(const ModelForecast& forecast, v1::PredictModelResponse& proto);

}  // namespace latcast::server

#endif  // LATCAST_SERVER_RPC_FORECAST_TRANSLATION_H_
