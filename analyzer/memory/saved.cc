#include "analyzer/memory/saved.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "analyzer/ops/op_def.h"
#include "base/checked.h"
#include "base/status_macros.h"

namespace latcast::memory {
namespace {

using graph::Graph;
using graph::Op;
using graph::OpId;
using graph::ValueId;

// Products whose two factors are each needed for the other's gradient alone. (A convolution is not
// among them: autograd keeps both whatever is wanted.)
struct Product {
  std::string_view type;
  size_t first;
  size_t second;
};
constexpr Product kProducts[] = {{"mul", 0, 1}, {"linear", 0, 1}, {"matmul", 0, 1},
                                 {"bmm", 0, 1}, {"addmm", 1, 2},  {"baddbmm", 1, 2}};

void DropUnneededFactors(const Op& op, const cost::GradientNeed& need, ops::Saved& saved) {
  const auto* product = std::find_if(std::begin(kProducts), std::end(kProducts),
                                     [&op](const Product& p) { return p.type == op.type; });
  if (product == std::end(kProducts)) return;
  if (!need.Wants(product->second)) saved.inputs &= ~(uint64_t{1} << product->first);
  if (!need.Wants(product->first)) saved.inputs &= ~(uint64_t{1} << product->second);
}

class Finder {
 public:
  Finder(const Graph& graph, const Layouts& layouts, const Storages& storages, Device device)
      : graph_(graph), layouts_(layouts), storages_(storages), device_(device) {
    result_.ops.assign(graph.ops.size(), 0);
    result_.calls.resize(graph.calls.size());
    result_.extra_bytes.assign(graph.ops.size(), 0);
    result_.first_keeper.assign(storages.all.size(), graph::kNone);
  }

  absl::StatusOr<Saved> Run(const std::vector<cost::GradientNeed>& needs) && {
    for (size_t i = 0; i < graph_.ops.size(); ++i) {
      if (!needs[i].any) continue;
      RETURN_IF_ERROR(Annotate(Keep(static_cast<OpId>(i), needs[i]), ops::Place(i, graph_.ops[i])));
    }
    // Parents come before children. Sums of parts of a sum that fits.
    for (size_t i = graph_.calls.size(); i-- > 1;) {
      SavedSum& parent = result_.calls[static_cast<size_t>(graph_.calls[i].parent)];
      parent.bytes += result_.calls[i].bytes;
      parent.completeness = std::max(parent.completeness, result_.calls[i].completeness);
    }
    result_.total = result_.calls.front();
    for (const auto& [type, calls] : missing_) {
      result_.missing.push_back({std::string(type), calls});
    }
    return std::move(result_);
  }

 private:
  absl::Status Keep(OpId index, const cost::GradientNeed& need) {
    const Op& op = graph_.ops[static_cast<size_t>(index)];
    const ops::OpDef* def = ops::FindOp(op.type);
    if (def == nullptr || def->saved == nullptr) {
      ++missing_[op.type];
      result_.ops[static_cast<size_t>(index)].reset();
      CallOf(index).completeness = cost::Completeness::kPartial;
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(ops::Saved saved, def->saved(ops::MakeCall(graph_, op)));
    DropUnneededFactors(op, need, saved);
    RETURN_IF_ERROR(KeepCopies(op, saved));
    if (device_ == Device::kCpu && op.type == "dropout" && saved.extra_bytes > 0) {
      saved.extra_bytes = Bytes(graph_.value(op.inputs[0]));
    }
    result_.extra_bytes[static_cast<size_t>(index)] = saved.extra_bytes;
    RETURN_IF_ERROR(Count(index, saved.extra_bytes));
    for (size_t i = 0; i < op.inputs.size() && i < 64; ++i) {
      if ((saved.inputs >> i & 1) != 0) RETURN_IF_ERROR(KeepStorage(index, op.inputs[i]));
    }
    for (size_t i = 0; i < op.outputs.size() && i < 64; ++i) {
      if ((saved.outputs >> i & 1) != 0) RETURN_IF_ERROR(KeepStorage(index, op.outputs[i]));
    }
    return absl::OkStatus();
  }

  absl::Status KeepCopies(const Op& op, ops::Saved& saved) const {
    for (const size_t position : {0, 1}) {
      const uint64_t bit = uint64_t{1} << position;
      if ((saved.inputs & bit) == 0) continue;
      ASSIGN_OR_RETURN(const int64_t bytes,
                       layouts_.CopiedBytes(op, position).Value("copies of operands"));
      if (bytes == 0) continue;
      saved.inputs &= ~bit;
      ASSIGN_OR_RETURN(saved.extra_bytes,
                       (Checked(saved.extra_bytes) + bytes).Value("copies of operands"));
    }
    return absl::OkStatus();
  }

  absl::Status KeepStorage(OpId index, ValueId id) {
    if (id == graph::kNone) return absl::OkStatus();
    const auto storage = static_cast<size_t>(storages_.of_value[static_cast<size_t>(id)]);
    const Storage& kept = storages_.all[storage];
    if (kept.role == Role::kWeight || result_.first_keeper[storage] != graph::kNone) {
      return absl::OkStatus();
    }
    result_.first_keeper[storage] = index;
    if (kept.role != Role::kInput) return Count(index, kept.bytes);
    ASSIGN_OR_RETURN(result_.input_bytes,
                     (Checked(result_.input_bytes) + kept.bytes).Value("kept inputs"));
    return absl::OkStatus();
  }

  absl::Status Count(OpId index, int64_t bytes) {
    ASSIGN_OR_RETURN(bytes_, (Checked(bytes_) + bytes).Value("kept activations"));
    *result_.ops[static_cast<size_t>(index)] += bytes;
    CallOf(index).bytes += bytes;
    return absl::OkStatus();
  }

  SavedSum& CallOf(OpId index) {
    return result_.calls[static_cast<size_t>(graph_.ops[static_cast<size_t>(index)].call)];
  }

  const Graph& graph_;
  const Layouts& layouts_;
  const Storages& storages_;
  const Device device_;
  Saved result_;
  int64_t bytes_ = 0;
  std::map<std::string_view, int64_t> missing_;
};

}  // namespace

absl::StatusOr<Saved> FindSaved(const Graph& graph, const Layouts& layouts,
                                const Storages& storages,
                                const std::vector<cost::GradientNeed>& needs, Device device) {
  return Finder(graph, layouts, storages, device).Run(needs);
}

}  // namespace latcast::memory
