// The analysis as one self-contained HTML page.
#ifndef LATCAST_ANALYZER_REPORT_HTML_WRITER_H_
#define LATCAST_ANALYZER_REPORT_HTML_WRITER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "analyzer/report/columns.h"
#include "analyzer/report/report.h"

namespace latcast::report {

struct HtmlOptions {
  int open_levels = 2;  // modules opened at first; 0: all. The page holds all levels.
  Units units = Units::kClever;
  std::vector<const Column*> columns = {};  // of the tree; empty: those people ask for most
  size_t top = 10;                          // costliest layers listed
  const Column* sort = nullptr;             // what they are the largest of (table_writer.h)
};

// Totals with their status, the tree of layers, which folds and sorts, memory over time with what
// is alive at the peak, operator types and the costliest layers; what a training step takes and
// latencies where the report has them. A tree of very many rows leaves its deepest levels out and
// says so.
std::string HtmlText(const AnalysisReport& report, const HtmlOptions& options = {});

}  // namespace latcast::report

#endif  // LATCAST_ANALYZER_REPORT_HTML_WRITER_H_
