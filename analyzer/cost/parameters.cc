#include "analyzer/cost/parameters.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
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

// Storage -> the value that stands for it.
using Owners = absl::flat_hash_map<int32_t, ValueId>;

// The storages of a call and its children, with their tally.
struct Holdings {
  absl::flat_hash_set<int32_t> storages;
  Tally tally;

  void Add(int32_t storage, const Owners& owners, const Graph& graph) {
    if (storages.insert(storage).second) tally.Add(graph.value(owners.at(storage)));
  }

  // The smaller set goes into the larger one: n log n over any tree, however deep.
  void Absorb(Holdings other, const Owners& owners, const Graph& graph) {
    if (other.storages.size() > storages.size()) std::swap(*this, other);
    for (const int32_t storage : other.storages) Add(storage, owners, graph);
  }
};

}  // namespace

absl::StatusOr<std::vector<ParameterCount>> CountParameters(const Graph& graph) {
  Owners owners;
  std::vector<Holdings> holdings(graph.calls.size());
  for (size_t i = 0; i < graph.values.size(); ++i) {
    const Value& value = graph.values[i];
    if (value.kind != ValueKind::kParameter && value.kind != ValueKind::kBuffer) continue;
    owners.emplace(value.storage, static_cast<ValueId>(i));
    holdings.front().Add(value.storage, owners, graph);
  }
  std::vector<ParameterCount> counts(graph.calls.size());
  for (size_t i = graph.calls.size(); i-- > 0;) {
    const graph::ModuleCall& call = graph.calls[i];
    for (const ValueId id : call.parameters) {
      const int32_t storage = graph.value(id).storage;
      if (owners.contains(storage)) holdings[i].Add(storage, owners, graph);
    }
    ASSIGN_OR_RETURN(counts[i], Annotate(holdings[i].tally.Count(),
                                         absl::StrCat("module call ", i, " '", call.path, "'")));
    // Parents come before children: all children of call i are in by now.
    if (call.parent > 0) {
      holdings[static_cast<size_t>(call.parent)].Absorb(std::move(holdings[i]), owners, graph);
    }
    holdings[i] = {};
  }
  return counts;
}

}  // namespace latcast::cost
