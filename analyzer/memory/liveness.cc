#include "analyzer/memory/liveness.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "analyzer/memory/autocast.h"
#include "analyzer/ops/op_def.h"
#include "base/checked.h"
#include "base/status_macros.h"

namespace latcast::memory {
namespace {

using graph::CallId;
using graph::Graph;
using graph::OpId;
using graph::ValueId;

bool IsCounted(const Storage& storage) {
  return storage.role == Role::kActivation || storage.role == Role::kConstant;
}

// From a storage's first appearance; `Touch` moves the end on.
class Lifetimes {
 public:
  Lifetimes(const Graph& graph, const Storages& storages)
      : storages_(storages), lifetimes_(storages.all.size()) {
    for (size_t i = 0; i < storages.all.size(); ++i) {
      const Storage& storage = storages.all[i];
      if (!IsCounted(storage)) continue;
      lifetimes_[i].first = storage.maker == graph::kNone ? 0 : storage.maker;
      lifetimes_[i].last = lifetimes_[i].first - 1;
    }
    for (size_t i = 0; i < graph.ops.size(); ++i) {
      const auto op = static_cast<OpId>(i);
      for (const ValueId id : graph.ops[i].inputs) Touch(id, op);
      for (const ValueId id : graph.ops[i].outputs) Touch(id, op);
    }
    for (const ValueId id : graph.outputs) Touch(id, static_cast<OpId>(graph.ops.size()) - 1);
  }

  void Touch(ValueId id, OpId op) {
    if (id == graph::kNone) return;
    const auto storage = static_cast<size_t>(storages_.of_value[static_cast<size_t>(id)]);
    if (!IsCounted(storages_.all[storage])) return;
    lifetimes_[storage].last = std::max(lifetimes_[storage].last, op);
  }

  std::vector<Lifetime> Take() && { return std::move(lifetimes_); }

 private:
  const Storages& storages_;
  std::vector<Lifetime> lifetimes_;
};

// By module call: the last operator that runs in it or in its children; -1 where none does.
std::vector<OpId> LastOps(const Graph& graph) {
  std::vector<OpId> last(graph.calls.size(), -1);
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    last[static_cast<size_t>(graph.ops[i].call)] = static_cast<OpId>(i);
  }
  for (size_t i = graph.calls.size(); i-- > 1;) {
    OpId& parent = last[static_cast<size_t>(graph.calls[i].parent)];
    parent = std::max(parent, last[i]);
  }
  return last;
}

// By value: the module call whose code made it by joining tensors and did nothing else itself.
std::vector<CallId> NamedJoins(const Graph& graph) {
  std::vector<int32_t> own_ops(graph.calls.size(), 0);
  for (const graph::Op& op : graph.ops) ++own_ops[static_cast<size_t>(op.call)];
  std::vector<CallId> joined_in(graph.values.size(), graph::kNone);
  for (const graph::Op& op : graph.ops) {
    if (op.type != "cat" || own_ops[static_cast<size_t>(op.call)] != 1) continue;
    joined_in[static_cast<size_t>(op.outputs[0])] = op.call;
  }
  return joined_in;
}

// What their rule calls extra is allocated with every forward pass. Batch norm and dropout make
// theirs in training only, activations in place copy their input for the backward pass alone.
constexpr std::string_view kAllocateAlways[] = {"max_pool1d",
                                                "max_pool2d",
                                                "max_pool3d",
                                                "adaptive_max_pool1d",
                                                "adaptive_max_pool2d",
                                                "adaptive_max_pool3d",
                                                "layer_norm",
                                                "group_norm",
                                                "instance_norm",
                                                "rms_norm",
                                                "scaled_dot_product_attention"};

bool AllocatesAlways(std::string_view type) {
  return std::find(std::begin(kAllocateAlways), std::end(kAllocateAlways), type) !=
         std::end(kAllocateAlways);
}

}  // namespace

absl::StatusOr<std::vector<int64_t>> KernelBytes(const Graph& graph, const Layouts& layouts) {
  std::vector<int64_t> bytes(graph.ops.size(), 0);
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const graph::Op& op = graph.ops[i];
    const Checked copies = layouts.CopiedBytes(op, 0) + layouts.CopiedBytes(op, 1);
    ASSIGN_OR_RETURN(
        bytes[i], Annotate(copies.Value("copies of operands"), [&] { return ops::Place(i, op); }));
    // Where a capture recorded indices or statistics as outputs, they are counted as such.
    if (op.outputs.size() > 1 || !AllocatesAlways(op.type)) continue;
    const ops::OpDef* def = ops::FindOp(op.type);
    if (def == nullptr || def->saved == nullptr) continue;
    ASSIGN_OR_RETURN(const ops::Saved saved, Annotate(def->saved(ops::MakeCall(graph, op)),
                                                      [&] { return ops::Place(i, op); }));
    bytes[i] += saved.extra_bytes;
  }
  return bytes;
}

std::vector<Lifetime> PlannedLifetimes(const Graph& graph, const Storages& storages) {
  return Lifetimes(graph, storages).Take();
}

std::vector<Lifetime> EagerLifetimes(const Graph& graph, const Storages& storages) {
  Lifetimes lifetimes(graph, storages);
  for (const graph::Op& op : graph.ops) {
    if (IsCachedCopy(op)) lifetimes.Touch(op.outputs[0], static_cast<OpId>(graph.ops.size()) - 1);
  }
  const std::vector<OpId> last = LastOps(graph);
  const std::vector<CallId> joined_in = NamedJoins(graph);
  for (size_t i = 0; i < graph.calls.size(); ++i) {
    const CallId parent = graph.calls[i].parent;
    for (const ValueId id : graph.calls[i].inputs) {
      if (id == graph::kNone) continue;
      lifetimes.Touch(id, last[i]);
      const CallId join = joined_in[static_cast<size_t>(id)];
      if (join != graph::kNone && join == parent) {
        lifetimes.Touch(id, last[static_cast<size_t>(parent)]);
      }
    }
  }
  return std::move(lifetimes).Take();
}

Timeline MakeTimeline(const Graph& graph, const Storages& storages,
                      const std::vector<Lifetime>& lifetimes,
                      const std::vector<int64_t>& kernel_bytes) {
  Timeline timeline;
  std::vector<int64_t> change(graph.ops.size() + 1);
  for (size_t i = 0; i < storages.all.size(); ++i) {
    const auto [first, last] = lifetimes[i];
    if (last < first) continue;
    change[static_cast<size_t>(first)] += storages.all[i].bytes;
    change[static_cast<size_t>(last) + 1] -= storages.all[i].bytes;
  }
  int64_t live = 0;
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    live += change[i];
    const int64_t bytes = live + kernel_bytes[i];
    timeline.live_bytes.push_back(bytes);
    if (timeline.peak_op != graph::kNone && bytes <= timeline.peak_bytes) continue;
    timeline.peak_bytes = bytes;
    timeline.peak_op = static_cast<OpId>(i);
  }
  const OpId peak = timeline.peak_op;
  for (size_t i = 0; i < storages.all.size(); ++i) {
    const Storage& storage = storages.all[i];
    if (lifetimes[i].first > peak || lifetimes[i].last < peak || storage.bytes == 0) continue;
    timeline.at_peak.push_back({storage.value, storage.maker, storage.bytes});
  }
  if (peak != graph::kNone && kernel_bytes[static_cast<size_t>(peak)] > 0) {
    timeline.at_peak.push_back({graph::kNone, peak, kernel_bytes[static_cast<size_t>(peak)]});
  }
  std::stable_sort(timeline.at_peak.begin(), timeline.at_peak.end(),
                   [](const LiveValue& a, const LiveValue& b) { return a.bytes > b.bytes; });
  return timeline;
}

}  // namespace latcast::memory
