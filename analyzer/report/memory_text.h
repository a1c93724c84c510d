// The memory of a report as lines of text: what the peak of an eager pass holds, and what a
// training step takes.
#ifndef LATCAST_ANALYZER_REPORT_MEMORY_TEXT_H_
#define LATCAST_ANALYZER_REPORT_MEMORY_TEXT_H_

#include <string>

#include "analyzer/report/report.h"

namespace latcast::report {

// "peak     6.12 MiB of activations eager, at bn1 (batch_norm); 6.12 MiB planned" and the largest
// tensors alive then, by the layers that made them; where the report shows training, MACs of a
// step, what is kept for the backward pass and the parts of the peak. Lower bounds are marked with
// ">=", estimates with "about".
std::string MemoryText(const AnalysisReport& report);

}  // namespace latcast::report

#endif  // LATCAST_ANALYZER_REPORT_MEMORY_TEXT_H_
