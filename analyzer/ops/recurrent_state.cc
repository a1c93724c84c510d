#include "analyzer/ops/recurrent_state.h"

#include <string>

#include "analyzer/graph/attributes.h"
#include "analyzer/ops/op_def.h"
#include "analyzer/ops/recurrent.h"

namespace latcast::ops {
namespace {

using graph::Op;
using graph::Value;
using graph::ValueId;

void SetBatch(int64_t batch, size_t position, graph::DType dtype, Op& maker, Value& state) {
  auto* size = std::get_if<std::vector<int64_t>>(&maker.attributes["size"]);
  if (size == nullptr || position >= size->size() || *size != state.shape) return;
  (*size)[position] = batch;
  state.shape = *size;
  state.dtype = dtype;
  maker.attributes["dtype"] = std::string(Name(dtype));
}

}  // namespace

StateMakers::StateMakers(graph::Graph& graph)
    : graph_(graph), makers_(graph.values.size(), nullptr) {
  for (Op& op : graph.ops) {
    const OpDef* def = FindOp(op.type);
    if (def == nullptr || def->family != "creation") continue;
    if (!op.attributes.contains(std::string_view("size"))) continue;
    makers_[static_cast<size_t>(op.outputs.front())] = &op;
  }
}

void StateMakers::FollowInput(const Op& op) {
  const RecurrentKind* kind = FindRecurrentKind(op.type);
  const bool is_cell = kind == nullptr;
  if (is_cell) kind = FindRecurrentKind(op.type, is_cell);
  if (kind == nullptr || op.inputs.empty() || op.inputs.front() == graph::kNone) return;
  const Value& input = graph_.value(op.inputs.front());
  const auto batch_first = graph::GetBool(op.attributes, "batch_first", false);
  const size_t batch_at = is_cell || batch_first.value_or(false) ? 0 : 1;
  if (batch_at >= input.shape.size()) return;
  for (int64_t i = 1; i <= kind->states && i < static_cast<int64_t>(op.inputs.size()); ++i) {
    const ValueId state = op.inputs[static_cast<size_t>(i)];
    Op* maker = state == graph::kNone ? nullptr : makers_[static_cast<size_t>(state)];
    if (maker == nullptr) continue;
    SetBatch(input.shape[batch_at], is_cell ? 0 : 1, input.dtype, *maker, graph_.value(state));
  }
}

}  // namespace latcast::ops
