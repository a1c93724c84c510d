#include "regression/held_out.h"

#include <vector>

#include "base/status_macros.h"
#include "regression/fit.h"
#include "regression/predict.h"

namespace latcast::regression {

absl::StatusOr<std::optional<Accuracy>> AccuracyOn(std::span<const Point> points,
                                                   const LatencyModel& model) {
  if (points.empty()) return std::nullopt;
  std::vector<double> predicted;
  std::vector<double> measured;
  for (const Point& point : points) {
    RETURN_IF_ERROR(Annotate(CheckFeatures(point.features, model), point.name));
    predicted.push_back(Predict(point.features, model).latency_ms);
    measured.push_back(point.latency_ms);
  }
  return Measure(predicted, measured);
}

}  // namespace latcast::regression
