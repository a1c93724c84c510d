// Forecast against measurement as a picture: both axes logarithmic, the identity line, the band
// within which a forecast counts as right, and below it the relative error of every point.
#ifndef LATCAST_ANALYZER_REPORT_SCATTER_SVG_H_
#define LATCAST_ANALYZER_REPORT_SCATTER_SVG_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace latcast::report {

struct ScatterPoint {
  std::string label;  // shown when the pointer rests on the point
  std::string group;  // decides colour and marker; the legend lists groups by first appearance
  double measured_ms = 0.0;
  double predicted_ms = 0.0;
  bool highlight = false;  // large and dark, with its label beside it where there is room
};

struct ScatterOptions {
  std::string title;
  std::string subtitle;  // "n 364, MdRE 6.2 %, MAPE 8.3 %, within 10 %: 73 %"
  double band = 0.1;     // relative half width of the band around the identity
};

// A self-contained SVG on a light card of its own, so that it reads on any page; its styles keep to
// themselves, so that a page may hold it as it is (base/html_page.h: AddFigure).
// INVALID_ARGUMENT for no points, a measured latency that is not positive and finite, or a forecast
// that is negative or not finite.
absl::StatusOr<std::string> ScatterSvg(const std::vector<ScatterPoint>& points,
                                       const ScatterOptions& options = {});

}  // namespace latcast::report

#endif  // LATCAST_ANALYZER_REPORT_SCATTER_SVG_H_
