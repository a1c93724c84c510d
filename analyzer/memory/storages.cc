#include "analyzer/memory/storages.h"

#include <algorithm>

#include "analyzer/graph/attributes.h"
#include "analyzer/ops/op_def.h"
#include "base/checked.h"
#include "base/status_macros.h"

namespace latcast::memory {
namespace {

using graph::Graph;
using graph::Op;
using graph::Value;
using graph::ValueId;
using graph::ValueKind;

Role RoleOf(ValueKind kind) {
  switch (kind) {
    case ValueKind::kParameter:
    case ValueKind::kBuffer:
      return Role::kWeight;
    case ValueKind::kInput:
      return Role::kInput;
    case ValueKind::kConstant:
      return Role::kConstant;
    case ValueKind::kActivation:
      break;
  }
  return Role::kActivation;
}

class Finder {
 public:
  Finder(const Graph& graph, const Layouts& layouts, Mode mode)
      : graph_(graph), layouts_(layouts), mode_(mode) {
    found_.of_value.assign(graph.values.size(), graph::kNone);
    found_.all.reserve(graph.values.size());
    by_number_.assign(graph.values.size(), graph::kNone);
  }

  Storages Run() && {
    for (size_t i = 0; i < graph_.values.size(); ++i) {
      if (graph_.values[i].kind != ValueKind::kActivation)
        Own(static_cast<ValueId>(i), graph::kNone);
    }
    for (size_t i = 0; i < graph_.ops.size(); ++i) {
      for (const ValueId id : graph_.ops[i].outputs) Place(static_cast<graph::OpId>(i), id);
    }
    // Activations that nothing writes hold nothing.
    for (int32_t& storage : found_.of_value) {
      if (storage == graph::kNone) storage = Add({});
    }
    return std::move(found_);
  }

 private:
  int32_t& StorageOf(ValueId id) { return found_.of_value[static_cast<size_t>(id)]; }

  int32_t Add(const Storage& storage) {
    found_.all.push_back(storage);
    return static_cast<int32_t>(found_.all.size()) - 1;
  }

  // A value that is no view of another: its storage is as large as the largest such value.
  void Own(ValueId id, graph::OpId maker) {
    const Value& value = graph_.value(id);
    const Storage storage{RoleOf(value.kind), Bytes(value), maker, id};
    int32_t& index = by_number_[static_cast<size_t>(value.storage)];
    if (index == graph::kNone) index = Add(storage);
    Storage& known = found_.all[static_cast<size_t>(index)];
    known.role = std::min(known.role, storage.role);
    if (storage.bytes > known.bytes) {
      known.bytes = storage.bytes;
      known.value = id;
    }
    StorageOf(id) = index;
  }

  void Place(graph::OpId index, ValueId id) {
    const Op& op = graph_.ops[static_cast<size_t>(index)];
    const Value& value = graph_.value(id);
    if (layouts_.JoinsHeadsInPlace(op)) {
      StorageOf(id) = StorageOf(op.inputs[0]);
      by_number_[static_cast<size_t>(value.storage)] = StorageOf(id);
      return;
    }
    for (const ValueId input : op.inputs) {
      if (input == graph::kNone || graph_.value(input).storage != value.storage) continue;
      const bool fresh = mode_ == Mode::kTraining && DrawsInTraining(op);
      StorageOf(id) = fresh ? Add({Role::kActivation, Bytes(value), index, id}) : StorageOf(input);
      return;
    }
    Own(id, index);
  }

  const Graph& graph_;
  const Layouts& layouts_;
  const Mode mode_;
  Storages found_;
  std::vector<int32_t> by_number_;  // number in the graph -> index
};

}  // namespace

Storages FindStorages(const Graph& graph, const Layouts& layouts, Mode mode) {
  return Finder(graph, layouts, mode).Run();
}

bool DrawsInTraining(const Op& op) {
  if (op.type != "dropout" || graph::IsInplace(op.attributes)) return false;
  const absl::StatusOr<double> p = graph::GetDouble(op.attributes, "p", 0.5);
  return p.ok() && *p > 0;
}

absl::Status CheckSums(const Graph& graph, const std::vector<int64_t>& extra_bytes) {
  Checked sum;
  for (const Value& value : graph.values) sum += Bytes(value);
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const Op& op = graph.ops[i];
    sum += extra_bytes[i];
    for (const ValueId id : op.inputs) sum += id == graph::kNone ? 0 : Bytes(graph.value(id));
    for (const ValueId id : op.outputs) sum += Bytes(graph.value(id));
    // Forward, gradients, their sums.
    RETURN_IF_ERROR(Annotate((sum * 4).Value("the memory of all tensors").status(),
                             [&] { return ops::Place(i, op); }));
  }
  return (sum * 4).Value("the memory of all tensors").status();
}

int64_t Bytes(const Value& value) {
  int64_t bytes = graph::ByteSize(value.dtype);
  for (const int64_t dim : value.shape) bytes *= dim;
  return bytes;
}

}  // namespace latcast::memory
