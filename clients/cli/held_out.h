// How a model meets points that it was not fitted on.
#ifndef LATCAST_CLIENTS_CLI_HELD_OUT_H_
#define LATCAST_CLIENTS_CLI_HELD_OUT_H_

#include <optional>
#include <span>

#include "absl/status/statusor.h"
#include "regression/latency_model.h"
#include "regression/points.h"

namespace latcast::cli {

// nullopt for no points. INVALID_ARGUMENT naming the point that lacks a feature of the model.
absl::StatusOr<std::optional<regression::Accuracy>> AccuracyOn(
    std::span<const regression::Point> points, const regression::LatencyModel& model);

}  // namespace latcast::cli

#endif  // LATCAST_CLIENTS_CLI_HELD_OUT_H_
