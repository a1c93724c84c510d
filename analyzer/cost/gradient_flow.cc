#include "analyzer/cost/gradient_flow.h"

#include "absl/container/flat_hash_set.h"
#include "analyzer/ops/op_def.h"
#include "analyzer/ops/rule.h"

namespace latcast::cost {

using graph::Value;
using graph::ValueKind;

namespace {

// Whether what comes out follows from what goes in by differentiable steps: not so for tensors that
// are only made in the likeness of another.
bool PassesGradients(const graph::Op& op) {
  if (op.type == "detach") return false;
  const ops::OpDef* def = ops::FindOp(op.type);
  return def == nullptr || (def->family != "creation" && def->family != "random");
}

}  // namespace

std::vector<GradientNeed> GradientFlow(const graph::Graph& graph) {
  absl::flat_hash_set<int32_t> storages;  // that hold something computed from a trainable parameter
  std::vector<bool> is_cut(graph.values.size());  // views of such a storage that want no gradient
  const auto wants = [&](graph::ValueId id) {
    const Value& value = graph.value(id);
    if (is_cut[static_cast<size_t>(id)] || !ops::IsFloating(value.dtype)) return false;
    if (value.kind == ValueKind::kParameter) return value.requires_grad;
    return storages.contains(value.storage);
  };
  std::vector<GradientNeed> needs(graph.ops.size());
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const graph::Op& op = graph.ops[i];
    for (size_t position = 0; position < op.inputs.size() && PassesGradients(op); ++position) {
      if (op.inputs[position] == graph::kNone || !wants(op.inputs[position])) continue;
      needs[i].any = true;
      if (position < 64) needs[i].inputs |= uint64_t{1} << position;
    }
    for (const graph::ValueId id : op.outputs) {
      const Value& output = graph.value(id);
      if (!needs[i].any) {
        is_cut[static_cast<size_t>(id)] = storages.contains(output.storage);
      } else if (ops::IsFloating(output.dtype)) {
        storages.insert(output.storage);
      }
    }
  }
  return needs;
}

}  // namespace latcast::cost
