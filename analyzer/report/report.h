// The static analysis of a network as plain rows, which every report format is a pure function of.
//
// Layers are operator calls in execution order: functional operators and residual additions have a
// row of their own, so the layers add up to the totals. Modules are the module calls of the graph
// with their children included.
#ifndef LATCAST_ANALYZER_REPORT_REPORT_H_
#define LATCAST_ANALYZER_REPORT_REPORT_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "analyzer/cost/backward.h"
#include "analyzer/cost/graph_cost.h"
#include "analyzer/graph/graph.h"
#include "analyzer/insight/receptive_field.h"
#include "analyzer/memory/memory.h"
#include "analyzer/ops/op_def.h"
#include "base/features.h"

namespace latcast::report {

inline constexpr int kReportSchemaVersion = 1;

struct InputRow {
  std::string name;
  graph::DType dtype = graph::DType::kFloat32;
  graph::Shape shape;
};

// One operator call.
struct LayerRow {
  std::string path;        // of the innermost module call it ran in; "" for the network itself
  std::string class_name;  // of that module
  int call = 0;            // 0 for the first call of that module, 1 for the second, ...
  int depth = 0;           // of that module; the network itself is 0
  size_t module = 0;       // its row in AnalysisReport::modules
  std::string op;          // "conv2d"
  std::vector<graph::Shape> input_shapes;  // activations; parameters are left out
  std::vector<graph::Shape> output_shapes;
  std::vector<size_t> reads;         // layers whose outputs it reads, ascending, each once
  std::vector<size_t> reads_inputs;  // rows of AnalysisReport::inputs that it reads, likewise
  graph::DType dtype = graph::DType::kFloat32;  // of the first output
  cost::ParameterCount parameters;              // counted at the first call that reads them
  std::optional<ops::OpCost> cost;              // absent where nobody knows the operator
  insight::Field field;                         // what the first output sees of the input
  std::optional<cost::BackwardSum> backward;    // absent where nobody knows its backward pass
  int64_t live_bytes = 0;  // activations alive while it runs in an eager evaluation pass
  std::optional<int64_t> saved_bytes;  // what training keeps from here on; absent without a rule
  std::optional<double> latency_ms;    // SetLatencies
};

// One module call, its children included. Row 0 is the whole network; parents come before children.
struct ModuleRow {
  std::string path;
  std::string class_name;
  int call = 0;
  int depth = 0;
  std::optional<size_t> parent;
  std::vector<graph::Shape> input_shapes;
  std::vector<graph::Shape> output_shapes;
  cost::ParameterCount parameters;
  cost::CostSum cost;
  insight::Field field;  // what the first output sees of the input
  cost::BackwardSum backward;
  memory::SavedSum saved;
  int64_t live_bytes = 0;            // the most of its layers
  std::optional<double> latency_ms;  // SetLatencies
};

struct AnalysisReport {
  std::string model;     // as the user named it
  std::string producer;  // who captured the graph
  std::vector<InputRow> inputs;
  std::string convention =
      "true";  // how things are counted: MACs and FLOPs apart, nothing left out
  cost::Completeness status = cost::Completeness::kComplete;
  std::vector<cost::UnknownOp> unknown_ops;
  cost::CostSum totals;
  cost::ParameterCount parameters;
  FeatureVector features;
  std::string field_input;         // the input that receptive fields speak of
  std::vector<size_t> field_axes;  // its spatial axes; empty where there are no fields
  bool training = false;           // whether texts and JSON show what a training step takes
  cost::BackwardSum backward;
  int64_t training_macs = 0;    // forward and backward
  memory::MemoryReport memory;  // by operator means by layer
  std::vector<LayerRow> layers;
  std::vector<ModuleRow> modules;
  std::vector<size_t> output_layers;  // that make the network's outputs
  std::optional<double> latency_ms;   // SetLatencies: of the whole network
  bool is_measured = false;          // the latencies are measured, not forecast

  bool partial() const { return status == cost::Completeness::kPartial; }
  // Nobody can forecast an operator nobody knows.
  std::optional<double> LatencyOf(const LayerRow& layer) const {
    return layer.cost || is_measured ? layer.latency_ms : std::nullopt;
  }
};

// Adds the latency column: what each layer contributes, and the forecast for the whole network,
// which may differ from their sum by the model's constant parts. A module gets the sum of its
// layers. INVALID_ARGUMENT when the number of contributions is not the number of layers.
absl::Status SetLatencies(AnalysisReport& report, std::span<const double> layer_ms,
                          double total_ms);

// How a module or layer is called in text: "layer1.0.relu", "layer1.0.relu #2" for the second call
// of the same module, the model's name for the network itself.
std::string DisplayName(const AnalysisReport& report, const LayerRow& layer);
std::string DisplayName(const AnalysisReport& report, const ModuleRow& module);

// "1x64x112x112", several joined by ", "; "-" for none.
std::string DisplayShapes(const std::vector<graph::Shape>& shapes);

}  // namespace latcast::report

#endif  // LATCAST_ANALYZER_REPORT_REPORT_H_
