// What tables have rows of: layers, parts of the network, operator types. All have the same
// numbers, so that a column (columns.h) works for each of them.
#ifndef LATCAST_ANALYZER_REPORT_ROWS_H_
#define LATCAST_ANALYZER_REPORT_ROWS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/cost/backward.h"
#include "analyzer/cost/graph_cost.h"
#include "analyzer/graph/graph.h"
#include "analyzer/insight/receptive_field.h"
#include "analyzer/memory/saved.h"
#include "analyzer/report/report.h"

namespace latcast::report {

struct Row {
  std::string name;        // "layer1.0.conv1", "layer1.0.relu #2" for a module's second call
  std::string label;       // in a tree: "conv1"
  std::string path;        // of the module
  std::string class_name;  // of the module
  std::string op;          // of a layer, or of a group of one operator type
  int64_t calls = 1;       // of operators or modules in the row
  int depth = 0;
  std::vector<graph::Shape> input_shapes;
  std::vector<graph::Shape> output_shapes;
  std::optional<graph::DType> dtype;
  cost::ParameterCount parameters;
  std::optional<cost::CostSum> cost;  // absent where nobody knows the operator
  insight::Field field;
  int64_t live_bytes = 0;  // activations alive, the most at any time
  std::optional<cost::BackwardSum> backward;
  std::optional<memory::SavedSum> saved;
  std::optional<double> latency_ms;
};

Row LayerToRow(const AnalysisReport& report, const LayerRow& layer);
Row ModuleToRow(const AnalysisReport& report, const ModuleRow& module);

// One row a layer, in execution order.
std::vector<Row> LayerRows(const AnalysisReport& report);
// The network cut into its modules down to `depth` (0: all the way), in execution order. A module
// that is cut open leaves a row for each operator that runs directly in it, with the operator's
// type for a class, so that the rows add up to the network.
std::vector<Row> PartRows(const AnalysisReport& report, int depth);
// One row an operator type, the costliest first: by latency where there is one, else by MACs, then
// by traffic.
std::vector<Row> OpRows(const AnalysisReport& report);

// Adds what adds up, keeps the larger of what does not, and takes the field of `part`. Both must be
// parts of one report, so that the sums fit.
void AddTo(Row& sum, const Row& part);

}  // namespace latcast::report

#endif  // LATCAST_ANALYZER_REPORT_ROWS_H_
