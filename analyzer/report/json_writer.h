// The report as JSON: what `latcast analyze --format json` prints and the server's Analyze returns.
#ifndef LATCAST_ANALYZER_REPORT_JSON_WRITER_H_
#define LATCAST_ANALYZER_REPORT_JSON_WRITER_H_

#include <string>

#include "analyzer/report/report.h"

namespace latcast::report {

// {schema_version, model, producer, inputs[], convention, status, unknown_ops[], totals{},
// layers[], modules[]}, keys in this order, one layer or module a line. Counts are exact integers.
// What nobody knows is null, and `status` "partial" says that the totals are lower bounds.
std::string ToJson(const AnalysisReport& report);

}  // namespace latcast::report

#endif  // LATCAST_ANALYZER_REPORT_JSON_WRITER_H_
