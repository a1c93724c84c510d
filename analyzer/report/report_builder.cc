#include "analyzer/report/report_builder.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "analyzer/features/graph_features.h"
#include "base/status_macros.h"

namespace latcast::report {
namespace {

bool IsWeight(const graph::Value& value) {
  return value.kind == graph::ValueKind::kParameter || value.kind == graph::ValueKind::kBuffer;
}

std::vector<graph::Shape> Shapes(const graph::Graph& graph,
                                 const std::vector<graph::ValueId>& ids) {
  std::vector<graph::Shape> shapes;
  for (const graph::ValueId id : ids) {
    if (id == graph::kNone) continue;
    const graph::Value& value = graph.value(id);
    if (!IsWeight(value)) shapes.push_back(value.shape);
  }
  return shapes;
}

// Within 64 bits: ComputeCost has counted all parameters before.
int64_t Elements(const graph::Shape& shape) {
  int64_t elements = 1;
  for (const int64_t dim : shape) elements *= dim;
  return elements;
}

void CountWeight(const graph::Value& value, cost::ParameterCount& count) {
  const int64_t elements = Elements(value.shape);
  const int64_t bytes = elements * graph::ByteSize(value.dtype);
  if (value.kind == graph::ValueKind::kParameter) {
    (value.requires_grad ? count.trainable : count.frozen) += elements;
    count.parameter_bytes += bytes;
  } else {
    count.buffers += elements;
    count.buffer_bytes += bytes;
  }
}

const insight::Field& FirstField(const insight::ReceptiveFields& fields,
                                 const std::vector<graph::ValueId>& outputs) {
  static const insight::Field& none = *new insight::Field();
  const bool any = !outputs.empty() && outputs.front() != graph::kNone;
  return any ? fields.values[static_cast<size_t>(outputs.front())] : none;
}

constexpr size_t kNowhere = std::numeric_limits<size_t>::max();

// Where values come from: a layer, an input of the network, or neither.
struct Origin {
  size_t layer = kNowhere;
  size_t input = kNowhere;
};

// By value.
std::vector<Origin> Origins(const graph::Graph& graph) {
  std::vector<Origin> origins(graph.values.size());
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    origins[static_cast<size_t>(graph.inputs[i])].input = i;
  }
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    for (const graph::ValueId id : graph.ops[i].outputs) {
      if (id != graph::kNone) origins[static_cast<size_t>(id)].layer = i;
    }
  }
  return origins;
}

// Where the values come from, ascending, each place once.
std::vector<size_t> From(const std::vector<Origin>& origins, const std::vector<graph::ValueId>& ids,
                         size_t Origin::*place) {
  std::vector<size_t> from;
  for (const graph::ValueId id : ids) {
    if (id == graph::kNone) continue;
    const size_t index = origins[static_cast<size_t>(id)].*place;
    if (index != kNowhere) from.push_back(index);
  }
  std::ranges::sort(from);
  from.erase(std::ranges::unique(from).begin(), from.end());
  return from;
}

// What the rooms below say of the graph.
struct Findings {
  std::vector<Origin> origins;
  cost::GraphCost cost;
  cost::BackwardCost backward;
  insight::ReceptiveFields fields;
};

ModuleRow MakeModule(const graph::Graph& graph, size_t index, const Findings& found,
                     const AnalysisReport& report) {
  const std::vector<ModuleRow>& before = report.modules;
  const graph::ModuleCall& call = graph.calls[index];
  ModuleRow row;
  row.path = call.path;
  row.class_name = call.class_name;
  row.call = call.index;
  if (call.parent != graph::kNone) {
    row.parent = static_cast<size_t>(call.parent);
    row.depth = before[*row.parent].depth + 1;
  }
  row.input_shapes = Shapes(graph, call.inputs);
  row.output_shapes = Shapes(graph, call.outputs);
  row.parameters = found.cost.call_parameters[index];
  row.cost = found.cost.calls[index];
  row.field = FirstField(found.fields, call.outputs);
  row.backward = found.backward.calls[index];
  row.saved = report.memory.saved.calls[index];
  return row;
}

LayerRow MakeLayer(const graph::Graph& graph, size_t index, const Findings& found,
                   const AnalysisReport& report, std::set<int32_t>& seen_storages) {
  const graph::Op& op = graph.ops[index];
  LayerRow row;
  row.module = op.call == graph::kNone ? 0 : static_cast<size_t>(op.call);
  const ModuleRow& module = report.modules[row.module];
  row.path = module.path;
  row.class_name = module.class_name;
  row.call = module.call;
  row.depth = module.depth;
  row.op = op.type;
  row.input_shapes = Shapes(graph, op.inputs);
  row.output_shapes = Shapes(graph, op.outputs);
  row.reads = From(found.origins, op.inputs, &Origin::layer);
  row.reads_inputs = From(found.origins, op.inputs, &Origin::input);
  if (!op.outputs.empty()) row.dtype = graph.value(op.outputs.front()).dtype;
  for (const graph::ValueId id : op.inputs) {
    if (id == graph::kNone || !IsWeight(graph.value(id))) continue;
    const bool first = seen_storages.insert(graph.value(id).storage).second;
    if (first) CountWeight(graph.value(id), row.parameters);
  }
  row.cost = found.cost.ops[index];
  row.field = FirstField(found.fields, op.outputs);
  row.backward = found.backward.ops[index];
  row.live_bytes = report.memory.eager.live_bytes[index];
  row.saved_bytes = report.memory.saved.ops[index];
  return row;
}

}  // namespace

absl::StatusOr<AnalysisReport> Analyze(const graph::Graph& graph, const AnalyzeOptions& options) {
  Findings found;
  ASSIGN_OR_RETURN(found.cost, cost::ComputeCost(graph, {.rules = options.rules}));
  ASSIGN_OR_RETURN(found.backward, cost::ComputeBackward(graph, found.cost));
  found.fields = insight::ComputeReceptiveFields(graph);
  found.origins = Origins(graph);
  ASSIGN_OR_RETURN(const features::GraphFeatures features,
                   features::ComputeFeatures(graph, found.cost));

  AnalysisReport report;
  ASSIGN_OR_RETURN(report.memory, memory::AnalyzeMemory(graph, options.memory));
  ASSIGN_OR_RETURN(report.training_macs, cost::TrainingMacs(found.cost, found.backward));
  report.training = options.training;
  report.backward = found.backward.total;
  report.model = graph.name;
  report.producer = graph.producer;
  for (const graph::ValueId id : graph.inputs) {
    const graph::Value& input = graph.value(id);
    report.inputs.push_back({input.name, input.dtype, input.shape});
  }
  report.status = found.cost.total.completeness;
  report.unknown_ops = found.cost.unknown_ops;
  report.totals = found.cost.total;
  report.parameters = found.cost.parameters;
  report.features = features.total;
  report.field_input = found.fields.input;
  report.field_axes = found.fields.axes;
  report.modules.reserve(graph.calls.size());
  for (size_t i = 0; i < graph.calls.size(); ++i) {
    report.modules.push_back(MakeModule(graph, i, found, report));
  }
  std::set<int32_t> seen_storages;
  report.layers.reserve(graph.ops.size());
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    report.layers.push_back(MakeLayer(graph, i, found, report, seen_storages));
    ModuleRow& module = report.modules[report.layers.back().module];
    module.live_bytes = std::max(module.live_bytes, report.layers.back().live_bytes);
  }
  report.output_layers = From(found.origins, graph.outputs, &Origin::layer);
  // Parents come before children.
  for (size_t i = report.modules.size(); i-- > 1;) {
    ModuleRow& parent = report.modules[report.modules[i].parent.value_or(0)];
    parent.live_bytes = std::max(parent.live_bytes, report.modules[i].live_bytes);
  }
  return report;
}

}  // namespace latcast::report
