// The memory of an eager pass over time, as a picture for an HTML page.
#ifndef LATCAST_ANALYZER_REPORT_MEMORY_CHART_H_
#define LATCAST_ANALYZER_REPORT_MEMORY_CHART_H_

#include <string>

#include "analyzer/report/report.h"

namespace latcast::report {

// An SVG in the colours of base/html_assets.h: bytes of activations alive while each layer runs,
// eager and planned, the peak marked, the network's parts below. Resting on a step tells its layer.
// A long network shows the largest of a few layers a step. Empty for a network without layers.
std::string MemoryChart(const AnalysisReport& report);

}  // namespace latcast::report

#endif  // LATCAST_ANALYZER_REPORT_MEMORY_CHART_H_
