#include "analyzer/graph/builder.h"

#include <cassert>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/text.h"

namespace latcast::graph {

GraphBuilder::GraphBuilder(std::string name, std::string producer) {
  graph_.name = std::move(name);
  graph_.producer = std::move(producer);
  ModuleCall root;
  root.class_name = graph_.name;
  graph_.calls.push_back(std::move(root));
  open_calls_.push_back(0);
}

ValueId GraphBuilder::AddValue(Value value) {
  if (value.storage == kNone) value.storage = next_storage_++;
  graph_.values.push_back(std::move(value));
  return static_cast<ValueId>(graph_.values.size() - 1);
}

ValueId GraphBuilder::AddInput(std::string name, DType dtype, Shape shape) {
  const ValueId id =
      AddValue({std::move(name), ValueKind::kInput, dtype, std::move(shape), kNone, false});
  graph_.inputs.push_back(id);
  graph_.calls.front().inputs.push_back(id);
  return id;
}

ValueId GraphBuilder::AddOwned(std::string_view name, ValueKind kind, DType dtype, Shape shape,
                               bool grad) {
  ModuleCall& owner = graph_.calls[static_cast<size_t>(open_calls_.back())];
  const ValueId id =
      AddValue({absl::StrCat(owner.path, owner.path.empty() ? "" : ".", ToAbsl(name)), kind, dtype,
                std::move(shape), kNone, grad});
  owner.parameters.push_back(id);
  return id;
}

ValueId GraphBuilder::AddParameter(std::string_view name, DType dtype, Shape shape,
                                   bool requires_grad) {
  return AddOwned(name, ValueKind::kParameter, dtype, std::move(shape), requires_grad);
}

ValueId GraphBuilder::AddBuffer(std::string_view name, DType dtype, Shape shape) {
  return AddOwned(name, ValueKind::kBuffer, dtype, std::move(shape), false);
}

ValueId GraphBuilder::AddActivation(DType dtype, Shape shape, ValueId alias) {
  const int32_t storage = alias == kNone ? kNone : graph_.value(alias).storage;
  return AddValue({absl::StrCat("%", graph_.values.size()), ValueKind::kActivation, dtype,
                   std::move(shape), storage, false});
}

OpId GraphBuilder::AddOp(std::string type, std::vector<ValueId> inputs,
                         std::vector<ValueId> outputs, Attributes attributes) {
  Op op;
  do {
    const int count = name_counts_[type]++;
    op.name = count == 0 ? type : absl::StrCat(type, "_", count);
  } while (!op_names_.insert(op.name).second);
  op.type = std::move(type);
  op.inputs = std::move(inputs);
  op.outputs = std::move(outputs);
  op.attributes = std::move(attributes);
  op.call = open_calls_.back();
  graph_.ops.push_back(std::move(op));
  return static_cast<OpId>(graph_.ops.size() - 1);
}

CallId GraphBuilder::EnterCall(std::string_view name, std::string class_name,
                               std::vector<ValueId> inputs, Attributes attributes) {
  ModuleCall& parent = graph_.calls[static_cast<size_t>(open_calls_.back())];
  ModuleCall call;
  call.path = absl::StrCat(parent.path, parent.path.empty() ? "" : ".", ToAbsl(name));
  call.class_name = std::move(class_name);
  call.parent = open_calls_.back();
  call.index = call_counts_[call.path]++;
  if (call.index == 0) ++parent.children;
  call.attributes = std::move(attributes);
  call.inputs = std::move(inputs);
  graph_.calls.push_back(std::move(call));
  open_calls_.push_back(static_cast<CallId>(graph_.calls.size() - 1));
  return open_calls_.back();
}

void GraphBuilder::LeaveCall(std::vector<ValueId> outputs) {
  assert(open_calls_.size() > 1);
  graph_.calls[static_cast<size_t>(open_calls_.back())].outputs = std::move(outputs);
  open_calls_.pop_back();
}

Graph GraphBuilder::Finish(std::vector<ValueId> outputs) && {
  assert(open_calls_.size() == 1);
  graph_.calls.front().outputs = outputs;
  graph_.outputs = std::move(outputs);
  return std::move(graph_);
}

}  // namespace latcast::graph
