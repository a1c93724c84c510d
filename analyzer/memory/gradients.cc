#include "analyzer/memory/gradients.h"

#include <algorithm>
#include <utility>

#include "analyzer/graph/attributes.h"
#include "analyzer/memory/storages.h"
#include "analyzer/ops/op_def.h"

namespace latcast::memory {
namespace {

using graph::Graph;
using graph::Op;
using graph::ValueId;
using graph::ValueKind;

// Whether the gradient of the input is that of the output, or a part of it, without a copy.
bool HandsOn(const Graph& graph, const Op& op, size_t position) {
  if (op.type == "cat") return true;
  const int64_t input = Bytes(graph.value(op.inputs[position]));
  if (op.outputs.size() != 1 || input != Bytes(graph.value(op.outputs[0]))) return false;
  if (op.type == "add" || op.type == "clone" || op.type == "contiguous") return true;
  if (op.type == "sub") return position == 0;
  if (op.type == "dropout") return !DrawsInTraining(op) && !graph::IsInplace(op.attributes);
  const ops::OpDef* def = ops::FindOp(op.type);
  return def != nullptr && def->is_view;
}

}  // namespace

Gradients::Gradients(const Graph& graph, const std::vector<cost::GradientNeed>& needs,
                     CachingAllocator& allocator)
    : graph_(graph),
      needs_(needs),
      allocator_(allocator),
      of_value_(graph.values.size(), graph::kNone) {
  std::vector<bool> wanted(graph.values.size());
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    for (const ValueId id : graph.ops[i].outputs) wanted[static_cast<size_t>(id)] = needs[i].any;
  }
  for (const ValueId id : graph.outputs) {
    int32_t& buffer = of_value_[static_cast<size_t>(id)];
    if (wanted[static_cast<size_t>(id)] && buffer == graph::kNone) {
      buffer = Allocate(memory::Bytes(graph.value(id)));
    }
  }
}

bool Gradients::Wants(const Op& op, const cost::GradientNeed& need, size_t position) const {
  const ValueId id = op.inputs[position];
  if (id == graph::kNone) return false;
  if (position < 64) return need.Wants(position);
  return need.any && graph_.value(id).kind == ValueKind::kActivation;
}

int32_t Gradients::Allocate(int64_t bytes) {
  buffers_.push_back({bytes, allocator_.Allocate(bytes), 1});
  live_.activations += bytes;
  return static_cast<int32_t>(buffers_.size()) - 1;
}

void Gradients::Release(int32_t buffer) {
  Buffer& released = buffers_[static_cast<size_t>(buffer)];
  if (--released.readers > 0) return;
  live_.activations -= released.bytes;
  allocator_.Free(released.block);
}

std::vector<int32_t> Gradients::TakeOutputs(const Op& op) {
  std::vector<int32_t> taken;
  for (const ValueId id : op.outputs) {
    const int32_t buffer = std::exchange(of_value_[static_cast<size_t>(id)], graph::kNone);
    if (buffer != graph::kNone) taken.push_back(buffer);
  }
  return taken;
}

// A further use of a parameter makes a gradient that is added to the first and freed: its bytes.
int64_t Gradients::AddParameter(ValueId id) {
  const int64_t bytes = memory::Bytes(graph_.value(id));
  const int32_t block = allocator_.Allocate(bytes);
  if (!parameters_.insert(graph_.value(id).storage).second) {
    allocator_.Free(block);
    return bytes;
  }
  live_.parameters += bytes;
  return 0;
}

// Takes `buffer` over. Two gradients are added in place where nobody else reads the first.
void Gradients::Accumulate(ValueId id, int32_t buffer, Bytes& summing) {
  int32_t& known = of_value_[static_cast<size_t>(id)];
  if (known == graph::kNone) {
    known = buffer;
    return;
  }
  if (buffers_[static_cast<size_t>(known)].readers > 1) {
    const int32_t sum = Allocate(memory::Bytes(graph_.value(id)));
    summing.activations = std::max(summing.activations, live_.activations);
    Release(std::exchange(known, sum));
  }
  Release(buffer);
}

Gradients::Alive Gradients::Step(graph::OpId index) {
  const Op& op = graph_.ops[static_cast<size_t>(index)];
  const cost::GradientNeed& need = needs_[static_cast<size_t>(index)];
  const std::vector<int32_t> taken = TakeOutputs(op);
  std::vector<std::pair<ValueId, int32_t>> made;
  int64_t transient = 0;
  for (size_t i = 0; i < op.inputs.size() && !taken.empty(); ++i) {
    if (!Wants(op, need, i)) continue;
    const graph::Value& value = graph_.value(op.inputs[i]);
    if (value.kind == ValueKind::kParameter) {
      transient += AddParameter(op.inputs[i]);
    } else if (HandsOn(graph_, op, i)) {
      ++buffers_[static_cast<size_t>(taken.front())].readers;
      made.emplace_back(op.inputs[i], taken.front());
    } else {
      made.emplace_back(op.inputs[i], Allocate(memory::Bytes(value)));
    }
  }
  Alive alive;
  alive.running = live_;
  alive.running.parameters += transient;
  for (const int32_t buffer : taken) Release(buffer);
  alive.summing = live_;
  for (const auto& [id, buffer] : made) Accumulate(id, buffer, alive.summing);
  return alive;
}

}  // namespace latcast::memory
