// The memory of a report as members of its JSON.
#ifndef LATCAST_ANALYZER_REPORT_MEMORY_JSON_H_
#define LATCAST_ANALYZER_REPORT_MEMORY_JSON_H_

#include <nlohmann/json.hpp>

#include "analyzer/report/report.h"

namespace latcast::report {

// {status, autocast, eager_peak_bytes, planned_peak_bytes, peak_layer, peak_values[], parts[]} of
// evaluation. Layers are indices into the report's layers; a value is what that layer made, or,
// beside_result, what its kernel allocates beside.
nlohmann::ordered_json MemoryJson(const AnalysisReport& report);

// {status, macs, backward_macs, ..., saved_bytes, optimizer, peak_bytes, peak_layer, peak_pass,
// parts[]} of a training step. `bytes` of a part is null where nobody knows it; estimates say so
// and are no part of peak_bytes.
nlohmann::ordered_json TrainingJson(const AnalysisReport& report);

}  // namespace latcast::report

#endif  // LATCAST_ANALYZER_REPORT_MEMORY_JSON_H_
