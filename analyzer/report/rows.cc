#include "analyzer/report/rows.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>
#include <utility>

#include "analyzer/report/module_tree.h"

namespace latcast::report {
namespace {

void AddCost(cost::CostSum& sum, const cost::CostSum& part) {
  sum.macs += part.macs;
  for (size_t i = 0; i < std::size(sum.macs_by_class); ++i) {
    sum.macs_by_class[i] += part.macs_by_class[i];
  }
  sum.flops += part.flops;
  sum.bytes_read += part.bytes_read;
  sum.bytes_written += part.bytes_written;
  sum.input_elements += part.input_elements;
  sum.weight_elements += part.weight_elements;
  sum.output_elements += part.output_elements;
  sum.kernels += part.kernels;
  sum.ops += part.ops;
  sum.completeness = std::max(sum.completeness, part.completeness);
}

void AddLeaves(TreeNode node, std::vector<Row>& rows) {
  for (TreeNode& child : node.children) AddLeaves(std::move(child), rows);
  if (!node.children.empty()) return;
  if (!node.is_module) node.row.class_name = node.row.op;
  rows.push_back(std::move(node.row));
}

}  // namespace

Row LayerToRow(const AnalysisReport& report, const LayerRow& layer) {
  Row row;
  row.name = DisplayName(report, layer);
  row.label = layer.op;
  row.path = layer.path;
  row.class_name = layer.class_name;
  row.op = layer.op;
  row.depth = layer.depth;
  row.input_shapes = layer.input_shapes;
  row.output_shapes = layer.output_shapes;
  row.dtype = layer.dtype;
  row.parameters = layer.parameters;
  if (layer.cost) row.cost = cost::SumOf(*layer.cost);
  row.field = layer.field;
  row.live_bytes = layer.live_bytes;
  row.backward = layer.backward;
  if (layer.saved_bytes)
    row.saved = memory::SavedSum{*layer.saved_bytes, cost::Completeness::kComplete};
  row.latency_ms = report.LatencyOf(layer);
  return row;
}

Row ModuleToRow(const AnalysisReport& report, const ModuleRow& module) {
  Row row;
  row.name = DisplayName(report, module);
  row.label = row.name;
  if (module.parent && !report.modules[*module.parent].path.empty()) {
    row.label.erase(0, report.modules[*module.parent].path.size() + 1);
  }
  row.path = module.path;
  row.class_name = module.class_name;
  row.depth = module.depth;
  row.input_shapes = module.input_shapes;
  row.output_shapes = module.output_shapes;
  row.parameters = module.parameters;
  row.cost = module.cost;
  row.field = module.field;
  row.live_bytes = module.live_bytes;
  row.backward = module.backward;
  row.saved = module.saved;
  row.latency_ms = module.latency_ms;
  return row;
}

std::vector<Row> LayerRows(const AnalysisReport& report) {
  std::vector<Row> rows;
  for (const LayerRow& layer : report.layers) rows.push_back(LayerToRow(report, layer));
  return rows;
}

std::vector<Row> PartRows(const AnalysisReport& report, int depth) {
  std::vector<Row> rows;
  if (!report.modules.empty()) AddLeaves(BuildTree(report, {.max_depth = depth}), rows);
  return rows;
}

std::vector<Row> OpRows(const AnalysisReport& report) {
  std::map<std::string, Row> by_op;
  for (const LayerRow& layer : report.layers) {
    const auto [group, is_new] = by_op.try_emplace(layer.op, LayerToRow(report, layer));
    if (!is_new) AddTo(group->second, LayerToRow(report, layer));
  }
  std::vector<Row> rows;
  for (auto& [op, group] : by_op) {
    Row row;
    row.name = op;
    row.label = op;
    row.op = op;
    row.calls = group.calls;
    row.parameters = group.parameters;
    row.cost = group.cost;
    row.live_bytes = group.live_bytes;
    row.backward = group.backward;
    row.saved = group.saved;
    row.latency_ms = group.latency_ms;
    rows.push_back(std::move(row));
  }
  const auto key = [](const Row& row) {
    const int64_t moved = row.cost ? row.cost->bytes_read + row.cost->bytes_written : 0;
    return std::tuple(row.latency_ms.value_or(0.0), row.cost ? row.cost->macs : 0, moved);
  };
  std::ranges::stable_sort(rows, std::greater(), key);
  return rows;
}

void AddTo(Row& sum, const Row& part) {
  sum.calls += part.calls;
  sum.parameters.trainable += part.parameters.trainable;
  sum.parameters.frozen += part.parameters.frozen;
  sum.parameters.buffers += part.parameters.buffers;
  sum.parameters.parameter_bytes += part.parameters.parameter_bytes;
  sum.parameters.buffer_bytes += part.parameters.buffer_bytes;
  if (sum.cost && part.cost) AddCost(*sum.cost, *part.cost);
  sum.live_bytes = std::max(sum.live_bytes, part.live_bytes);
  if (sum.backward && part.backward) {
    sum.backward->activation_macs += part.backward->activation_macs;
    sum.backward->weight_macs += part.backward->weight_macs;
    sum.backward->completeness = std::max(sum.backward->completeness, part.backward->completeness);
  }
  if (sum.saved && part.saved) {
    sum.saved->bytes += part.saved->bytes;
    sum.saved->completeness = std::max(sum.saved->completeness, part.saved->completeness);
  }
  if (sum.latency_ms && part.latency_ms) *sum.latency_ms += *part.latency_ms;
  sum.field = part.field;
}

}  // namespace latcast::report
