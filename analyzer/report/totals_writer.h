// The totals of a report as lines of text, which the tree and the tables end with.
#ifndef LATCAST_ANALYZER_REPORT_TOTALS_WRITER_H_
#define LATCAST_ANALYZER_REPORT_TOTALS_WRITER_H_

#include <string>

#include "analyzer/report/report.h"

namespace latcast::report {

// Parameters, buffers, MACs, FLOPs, bytes read and written, kernels, memory (memory_text.h) and,
// where it is known, the latency; exact numbers with readable ones beside them. A partial report
// marks its lower bounds with ">=" and lists the operators nobody knows.
std::string TotalsText(const AnalysisReport& report);

}  // namespace latcast::report

#endif  // LATCAST_ANALYZER_REPORT_TOTALS_WRITER_H_
