#include "analyzer/ops/op_def.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/result_type.h"
#include "analyzer/ops/rule.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::ops {
namespace {

bool Repeats(std::string_view name) { return name.ends_with('*') || name.ends_with("*?"); }

// The name at each position of a call with `count` inputs: the one that repeats takes what the
// others leave.
std::vector<std::string_view> NamesByPosition(const OpDef& def, size_t count) {
  std::vector<std::string_view> names;
  for (const std::string_view name : def.inputs) {
    if (!Repeats(name)) {
      names.push_back(name);
      continue;
    }
    const size_t others = def.inputs.size() - 1;
    const size_t least = name.ends_with('?') ? 0 : 1;
    names.insert(names.end(), std::max(count, others + least) - others, name);
  }
  return names;
}

// The common case without a list: no input repeats, and all are there.
bool HasAll(const OpDef& def, const OpCall& call) {
  if (call.inputs.size() > def.inputs.size()) return false;
  for (size_t i = 0; i < def.inputs.size(); ++i) {
    if (Repeats(def.inputs[i])) return false;
    const bool is_there = i < call.inputs.size() && call.inputs[i] != nullptr;
    if (!is_there && !def.inputs[i].ends_with('?')) return false;
  }
  return true;
}

absl::Status CheckInputs(const OpDef& def, const OpCall& call) {
  if (HasAll(def, call)) return absl::OkStatus();
  const std::vector<std::string_view> names = NamesByPosition(def, call.inputs.size());
  if (call.inputs.size() > names.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("at most ", names.size(), " inputs expected, found ", call.inputs.size()));
  }
  for (size_t i = 0; i < names.size(); ++i) {
    if (!names[i].ends_with('?')) RETURN_IF_ERROR(call.Input(i).status());
  }
  return absl::OkStatus();
}

absl::Status CheckInplace(const graph::Value& target, TensorType& result) {
  if (result.shape != target.shape) {
    return absl::InvalidArgumentError(absl::StrCat("the in-place result ", ToString(result.shape),
                                                   " does not fit the first input ",
                                                   ToString(target.shape)));
  }
  if (CategoryOf(result.dtype) > CategoryOf(target.dtype)) {
    return absl::InvalidArgumentError(absl::StrCat("an in-place result of ",
                                                   ToAbsl(Name(result.dtype)), " does not fit ",
                                                   ToAbsl(Name(target.dtype))));
  }
  result.dtype = target.dtype;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<const graph::Value*> OpCall::Input(size_t index) const {
  if (index < inputs.size() && inputs[index] != nullptr) return inputs[index];
  std::string name;
  if (const OpDef* def = FindOp(op.type); def != nullptr) {
    const std::vector<std::string_view> names = NamesByPosition(*def, inputs.size());
    if (index < names.size()) name = absl::StrCat(" (", ToAbsl(names[index]), ")");
  }
  return absl::InvalidArgumentError(absl::StrCat("input ", index, name, " is absent"));
}

OpCall MakeCall(const graph::Graph& graph, const graph::Op& op) {
  OpCall call{op, {}, {}};
  for (const graph::ValueId id : op.inputs) {
    call.inputs.push_back(id == graph::kNone ? nullptr : &graph.value(id));
  }
  for (const graph::ValueId id : op.outputs) call.outputs.push_back(&graph.value(id));
  return call;
}

std::string Place(size_t index, const graph::Op& op) {
  return absl::StrCat("operator ", index, " '", op.name, "' (", op.type, ")");
}

size_t AliasedInput(const OpDef& def, size_t output) {
  return def.is_view && Repeats(def.inputs.front()) ? output : 0;
}

absl::StatusOr<TensorTypes> InferOp(const OpDef& def, const OpCall& call) {
  RETURN_IF_ERROR(CheckInputs(def, call));
  ASSIGN_OR_RETURN(TensorTypes types, def.infer(call));
  if (graph::IsInplace(call.op.attributes) && !def.is_view) {
    ASSIGN_OR_RETURN(const graph::Value* target, call.Input(0));
    RETURN_IF_ERROR(CheckInplace(*target, types.front()));
  }
  for (const TensorType& type : types) {
    const Checked bytes = Elements(type.shape) * ByteSize(type.dtype);
    if (bytes.overflow()) {
      return bytes.Value(absl::StrCat("the size of output ", ToString(type.shape))).status();
    }
  }
  return types;
}

absl::StatusOr<OpCost> CostOp(const OpDef& def, const OpCall& call) {
  ASSIGN_OR_RETURN(const TensorTypes types, InferOp(def, call));
  if (types.size() != call.outputs.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(call.outputs.size(), " outputs recorded, ", types.size(), " expected"));
  }
  for (size_t i = 0; i < types.size(); ++i) {
    if (types[i].shape == call.outputs[i]->shape) continue;
    return absl::InvalidArgumentError(absl::StrCat("output ", i, " is recorded as ",
                                                   ToString(call.outputs[i]->shape),
                                                   ", its inputs give ", ToString(types[i].shape)));
  }
  return def.cost(call);
}

}  // namespace latcast::ops
