#include "analyzer/cost/gradient_flow.h"

#include "absl/container/flat_hash_set.h"
#include "analyzer/ops/rule.h"

namespace latcast::cost {

using graph::Value;
using graph::ValueKind;

std::vector<GradientNeed> GradientFlow(const graph::Graph& graph) {
  absl::flat_hash_set<int32_t> storages;  // that hold something computed from a trainable parameter
  const auto wants = [&](const Value& value) {
    if (!ops::IsFloating(value.dtype)) return false;
    if (value.kind == ValueKind::kParameter) return value.requires_grad;
    return storages.contains(value.storage);
  };
  std::vector<GradientNeed> needs(graph.ops.size());
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const graph::Op& op = graph.ops[i];
    for (size_t position = 0; position < op.inputs.size(); ++position) {
      if (op.inputs[position] == graph::kNone || !wants(graph.value(op.inputs[position]))) continue;
      needs[i].any = true;
      if (position < 64) needs[i].inputs |= uint64_t{1} << position;
    }
    if (!needs[i].any) continue;
    for (const graph::ValueId id : op.outputs) {
      if (ops::IsFloating(graph.value(id).dtype)) storages.insert(graph.value(id).storage);
    }
  }
  return needs;
}

}  // namespace latcast::cost
