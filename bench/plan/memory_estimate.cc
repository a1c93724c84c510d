#include "bench/plan/memory_estimate.h"

#include <algorithm>
#include <limits>
#include <map>

#include "base/checked.h"

namespace latcast::bench {
namespace {

struct Storage {
  Checked bytes;
  bool is_held = false;  // parameters and inputs: all the time
  size_t first = SIZE_MAX;
  size_t last = 0;
};

Checked Bytes(const graph::Value& value) {
  Checked bytes = graph::ByteSize(value.dtype);
  for (const int64_t dim : value.shape) bytes *= dim;
  return bytes;
}

Checked Larger(Checked a, Checked b) {
  if (a.overflow() || b.overflow()) return a + b;
  return (b - a).Value("difference").value_or(0) > 0 ? b : a;
}

}  // namespace

int64_t EstimatePeakBytes(const graph::Graph& graph) {
  std::map<int32_t, Storage> storages;
  for (const graph::Value& value : graph.values) {
    Storage& storage = storages[value.storage];
    storage.bytes = Larger(storage.bytes, Bytes(value));
    storage.is_held |= value.kind != graph::ValueKind::kActivation;
  }
  const auto touched = [&graph](const graph::Op& op) {
    std::vector<graph::ValueId> ids = op.inputs;
    ids.insert(ids.end(), op.outputs.begin(), op.outputs.end());
    std::erase(ids, graph::kNone);
    return ids;
  };
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    for (const graph::ValueId id : touched(graph.ops[i])) {
      Storage& storage = storages[graph.value(id).storage];
      storage.first = std::min(storage.first, i);
      storage.last = std::max(storage.last, i);
    }
  }
  for (const graph::ValueId id : graph.outputs) {
    storages[graph.value(id).storage].last = graph.ops.size();
  }

  Checked held;
  std::map<size_t, Checked> change;  // of the activations alive, before operator
  for (const auto& [unused, storage] : storages) {
    if (storage.is_held) {
      held += storage.bytes;
    } else if (storage.first != SIZE_MAX) {
      change[storage.first] += storage.bytes;
      change[storage.last + 1] = change[storage.last + 1] - storage.bytes;
    }
  }
  Checked alive;
  Checked peak;
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    if (const auto it = change.find(i); it != change.end()) alive += it->second;
    Checked now = alive;
    for (const graph::ValueId id : touched(graph.ops[i])) now += Bytes(graph.value(id));
    peak = Larger(peak, now);
  }
  return (held + peak).Value("bytes").value_or(std::numeric_limits<int64_t>::max());
}

}  // namespace latcast::bench
