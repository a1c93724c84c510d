// One LatencyModel as JSON, the form it has inside a profile. Internal to this room.
#ifndef LATCAST_REGRESSION_MODEL_JSON_H_
#define LATCAST_REGRESSION_MODEL_JSON_H_

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "absl/status/status.h"
#include "regression/latency_model.h"

namespace latcast::regression {

// Fields in a fixed order; optional parts that the model lacks are left out.
nlohmann::ordered_json ToJson(const LatencyModel& model);

// Strict (json_reader.h); the values themselves are for Validate to check.
absl::Status ReadModel(const nlohmann::json& value, std::string path, LatencyModel& out);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_MODEL_JSON_H_
