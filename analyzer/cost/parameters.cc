#include "analyzer/cost/parameters.h"

#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "analyzer/ops/rule.h"
#include "base/checked.h"
#include "base/status_macros.h"

namespace latcast::cost {
namespace {

using graph::Graph;
using graph::Value;
using graph::ValueId;
using graph::ValueKind;

// The counts of one value, or of several with different storages.
struct Tally {
  Checked trainable;
  Checked frozen;
  Checked buffers;
  Checked parameter_bytes;
  Checked buffer_bytes;

  void Add(const Value& value) {
    const Checked elements = ops::Elements(value.shape);
    const Checked bytes = elements * ByteSize(value.dtype);
    if (value.kind == ValueKind::kBuffer) {
      buffers += elements;
      buffer_bytes += bytes;
    } else {
      (value.requires_grad ? trainable : frozen) += elements;
      parameter_bytes += bytes;
    }
  }

  void Add(const Tally& other) {
    trainable += other.trainable;
    frozen += other.frozen;
    buffers += other.buffers;
    parameter_bytes += other.parameter_bytes;
    buffer_bytes += other.buffer_bytes;
  }

  absl::StatusOr<ParameterCount> Count() const {
    ParameterCount count;
    ASSIGN_OR_RETURN(count.trainable, trainable.Value("trainable parameters"));
    ASSIGN_OR_RETURN(count.frozen, frozen.Value("frozen parameters"));
    ASSIGN_OR_RETURN(count.buffers, buffers.Value("buffer elements"));
    ASSIGN_OR_RETURN(count.parameter_bytes, parameter_bytes.Value("parameter bytes"));
    ASSIGN_OR_RETURN(count.buffer_bytes, buffer_bytes.Value("buffer bytes"));
    return count;
  }
};

// Storages that several calls own, held by a call and its children, with their tally.
struct Shared {
  absl::flat_hash_set<int32_t> storages;
  Tally tally;

  void Add(int32_t storage, const Value& value) {
    if (storages.insert(storage).second) tally.Add(value);
  }

  // The smaller set goes into the larger one: n log n over any tree, however deep.
  void Absorb(Shared other, const Graph& graph, const std::vector<ValueId>& owner) {
    if (other.storages.size() > storages.size()) std::swap(*this, other);
    for (const int32_t storage : other.storages) {
      Add(storage, graph.value(owner[static_cast<size_t>(storage)]));
    }
  }
};

constexpr graph::CallId kSeveral = -2;

// All parameters and buffers once. `owner`: by storage, the first value that has it.
Tally CountOwners(const Graph& graph, std::vector<ValueId>& owner) {
  owner.assign(graph.values.size(), graph::kNone);
  Tally total;
  for (size_t i = 0; i < graph.values.size(); ++i) {
    const Value& value = graph.values[i];
    if (value.kind != ValueKind::kParameter && value.kind != ValueKind::kBuffer) continue;
    ValueId& first = owner[static_cast<size_t>(value.storage)];
    if (first != graph::kNone) continue;
    first = static_cast<ValueId>(i);
    total.Add(value);
  }
  return total;
}

}  // namespace

absl::StatusOr<ParameterCount> CountAllParameters(const Graph& graph) {
  std::vector<ValueId> owner;
  return CountOwners(graph, owner).Count();
}

absl::StatusOr<std::vector<ParameterCount>> CountParameters(const Graph& graph) {
  std::vector<ValueId> owner;
  const Tally total = CountOwners(graph, owner);
  // Most storages belong to one call: they are added up along the tree. The others need sets.
  std::vector<graph::CallId> holder(graph.values.size(), graph::kNone);  // by storage
  for (size_t i = 0; i < graph.calls.size(); ++i) {
    for (const ValueId id : graph.calls[i].parameters) {
      graph::CallId& call = holder[static_cast<size_t>(graph.value(id).storage)];
      const auto here = static_cast<graph::CallId>(i);
      if (call != here) call = call == graph::kNone ? here : kSeveral;
    }
  }
  std::vector<Tally> tallies(graph.calls.size());
  std::vector<Shared> shared(graph.calls.size());
  std::vector<bool> counted(graph.values.size(), false);  // by storage
  std::vector<ParameterCount> counts(graph.calls.size());
  for (size_t i = graph.calls.size(); i-- > 0;) {
    const graph::ModuleCall& call = graph.calls[i];
    for (const ValueId id : call.parameters) {
      const auto storage = static_cast<size_t>(graph.value(id).storage);
      if (owner[storage] == graph::kNone) continue;  // no parameter and no buffer
      if (holder[storage] == kSeveral) {
        shared[i].Add(graph.value(id).storage, graph.value(owner[storage]));
      } else if (!counted[storage]) {
        counted[storage] = true;
        tallies[i].Add(graph.value(owner[storage]));
      }
    }
    Tally all = i == 0 ? total : tallies[i];
    if (i > 0) all.Add(shared[i].tally);
    ASSIGN_OR_RETURN(counts[i], Annotate(all.Count(), [&] {
                       return absl::StrCat("module call ", i, " '", call.path, "'");
                     }));
    // Parents come before children: all children of call i are in by now.
    if (call.parent > 0) {
      const auto parent = static_cast<size_t>(call.parent);
      tallies[parent].Add(tallies[i]);
      if (!shared[i].storages.empty()) {
        shared[parent].Absorb(std::move(shared[i]), graph, owner);
      }
    }
  }
  return counts;
}

}  // namespace latcast::cost
