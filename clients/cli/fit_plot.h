// Pictures of how well a latency model meets measurements.
#ifndef LATCAST_CLIENTS_CLI_FIT_PLOT_H_
#define LATCAST_CLIENTS_CLI_FIT_PLOT_H_

#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "analyzer/report/scatter_svg.h"
#include "regression/fit.h"
#include "regression/points.h"

namespace latcast::cli {

// Every calibration point against the forecast of the fold that did not see it, by group.
std::vector<report::ScatterPoint> CrossValidatedPoints(std::span<const regression::Point> points,
                                                       const regression::FitSummary& summary);

// Those points as an SVG, titled with the device and the cross-validated accuracy.
absl::StatusOr<std::string> FitPlot(std::string_view device,
                                    std::span<const regression::Point> points,
                                    const regression::FitSummary& summary);

}  // namespace latcast::cli

#endif  // LATCAST_CLIENTS_CLI_FIT_PLOT_H_
