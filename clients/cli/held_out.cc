#include "clients/cli/held_out.h"

#include <vector>

#include "base/status_macros.h"
#include "regression/fit.h"
#include "regression/predict.h"

namespace latcast::cli {

absl::StatusOr<std::optional<regression::Accuracy>> AccuracyOn(
    std::span<const regression::Point> points, const regression::LatencyModel& model) {
  if (points.empty()) return std::nullopt;
  std::vector<double> predicted;
  std::vector<double> measured;
  for (const regression::Point& point : points) {
    RETURN_IF_ERROR(Annotate(regression::CheckFeatures(point.features, model), point.name));
    predicted.push_back(regression::Predict(point.features, model).latency_ms);
    measured.push_back(point.latency_ms);
  }
  return regression::Measure(predicted, measured);
}

}  // namespace latcast::cli
