// How a model meets points that it was not fitted on.
#ifndef LATCAST_REGRESSION_HELD_OUT_H_
#define LATCAST_REGRESSION_HELD_OUT_H_

#include <optional>
#include <span>

#include "absl/status/statusor.h"
#include "regression/latency_model.h"
#include "regression/points.h"

namespace latcast::regression {

// nullopt for no points. INVALID_ARGUMENT naming the point that lacks a feature of the model.
absl::StatusOr<std::optional<Accuracy>> AccuracyOn(std::span<const Point> points,
                                                   const LatencyModel& model);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_HELD_OUT_H_
