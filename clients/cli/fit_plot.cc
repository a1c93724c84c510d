#include "clients/cli/fit_plot.h"

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "clients/cli/wording.h"

namespace latcast::cli {

std::vector<report::ScatterPoint> CrossValidatedPoints(std::span<const regression::Point> points,
                                                       const regression::FitSummary& summary) {
  std::vector<report::ScatterPoint> scatter;
  for (size_t i = 0; i < points.size() && i < summary.residuals.size(); ++i) {
    scatter.push_back({.label = points[i].name,
                       .group = points[i].group,
                       .measured_ms = points[i].latency_ms,
                       .predicted_ms = summary.residuals[i].cross_validated_ms});
  }
  return scatter;
}

absl::StatusOr<std::string> FitPlot(std::string_view device,
                                    std::span<const regression::Point> points,
                                    const regression::FitSummary& summary) {
  report::ScatterOptions options;
  options.title = absl::StrCat("Predicted against measured: ", ToAbsl(device), ", ", summary.family,
                               " model, cross-validated");
  options.subtitle = AccuracyText(summary.cross_validated);
  return report::ScatterSvg(CrossValidatedPoints(points, summary), options);
}

}  // namespace latcast::cli
