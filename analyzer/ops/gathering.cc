// Elements of the input picked by indices and masks.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/indexing.h"
#include "analyzer/ops/rule.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::ops {
namespace {

using graph::DType;
using graph::Shape;
using graph::Value;

InferResult Picked(const Value& input, Shape shape) {
  return TensorTypes{{input.dtype, std::move(shape)}};
}

absl::StatusOr<size_t> ReadDim(const OpCall& call, const Value& input) {
  ASSIGN_OR_RETURN(const int64_t dim, graph::GetInt(call.op.attributes, "dim"));
  return WrapDim(dim, input.shape.size());
}

InferResult InferIndex(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(Shape shape, IndexedShape(*input, std::span(call.inputs).subspan(1),
                                             GetCount(call, "count")));
  return Picked(*input, std::move(shape));
}

Pinned PinsMasks(const OpCall& call) {
  Pinned pinned{0, kSizeDependsOnData};
  for (size_t i = 1; i < call.inputs.size() && i < 64; ++i) {
    if (call.inputs[i] != nullptr && IsMask(*call.inputs[i])) pinned.inputs |= uint64_t{1} << i;
  }
  return pinned;
}

InferResult InferIndexSelect(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const Value* index, call.Input(1));
  ASSIGN_OR_RETURN(const size_t dim, ReadDim(call, *input));
  RETURN_IF_ERROR(CheckIndex(*index, false));
  RETURN_IF_ERROR(CheckRank(*index, "index", 0, 1));
  const int64_t count = index->shape.empty() ? 1 : index->shape[0];
  Shape shape = input->shape;
  if (shape.empty() && count != 1) {
    return Refuse(absl::StrCat("a scalar has one entry, ", count, " are asked for"));
  }
  if (!shape.empty()) {
    if (shape[dim] == 0 && count > 0) {
      return Refuse(absl::StrCat("dimension ", dim, " of ", ToString(shape), " is empty"));
    }
    shape[dim] = count;
  }
  return Picked(*input, std::move(shape));
}

InferResult InferGather(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const Value* index, call.Input(1));
  ASSIGN_OR_RETURN(const size_t dim, ReadDim(call, *input));
  RETURN_IF_ERROR(CheckIndex(*index, false));
  RETURN_IF_ERROR(CheckPositions(*index, *input, dim));
  return Picked(*input, index->shape);
}

InferResult InferTake(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const Value* index, call.Input(1));
  RETURN_IF_ERROR(CheckIndex(*index, true));
  return Picked(*input, index->shape);
}

// Without dim both count as vectors.
InferResult InferTakeAlongDim(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const Value* indices, call.Input(1));
  RETURN_IF_ERROR(CheckIndex(*indices, true));
  if (!call.op.attributes.contains(std::string_view("dim"))) {
    ASSIGN_OR_RETURN(const int64_t elements, Elements(indices->shape).Value("indices"));
    return Picked(*input, {elements});
  }
  const Shape& shape = input->shape;
  if (shape.size() != indices->shape.size()) {
    return Refuse(absl::StrCat("indices ", ToString(indices->shape), " and input ", ToString(shape),
                               " differ in rank"));
  }
  ASSIGN_OR_RETURN(const size_t dim, ReadDim(call, *input));
  if (shape.empty()) return Picked(*input, {});
  Shape entries = shape;
  entries[dim] = 1;
  Shape positions = indices->shape;
  positions[dim] = 1;
  ASSIGN_OR_RETURN(Shape result, Broadcast(entries, positions));
  result[dim] = indices->shape[dim];
  return Picked(*input, std::move(result));
}

InferResult InferMaskedSelect(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const Value* mask, call.Input(1));
  if (mask->dtype != DType::kBool) {
    return Refuse(absl::StrCat("mask is ", ToAbsl(Name(mask->dtype)), ", bool expected"));
  }
  RETURN_IF_ERROR(Broadcast(input->shape, mask->shape).status());
  ASSIGN_OR_RETURN(const int64_t count, GetCount(call, "count"));
  return Picked(*input, {count});
}

template <const char* kCount>
InferResult InferNonzero(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const int64_t count, GetCount(call, kCount));
  return TensorTypes{
      {DType::kInt64, {count, static_cast<int64_t>(input->shape.size())}}};
}

// One list of positions a dimension; a scalar counts as a vector.
InferResult InferNonzeroNumpy(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const int64_t count, GetCount(call, "count"));
  return TensorTypes(std::max<size_t>(input->shape.size(), 1),
                                 {DType::kInt64, {count}});
}

constexpr char kCount[] = "count";
constexpr char kSize[] = "size";

Pinned PinsInput(const OpCall&) { return {1, kSizeDependsOnData}; }
Pinned PinsInputAndMask(const OpCall&) { return {3, kSizeDependsOnData}; }

// Where gradients go back to.
absl::StatusOr<Saved> SavesIndices(const OpCall& call) {
  ASSIGN_OR_RETURN(Saved saved, SavesInputs(call));
  saved.inputs &= ~uint64_t{1};
  return saved;
}

// Along a dimension the indices are broadcast first, and that copy is kept.
absl::StatusOr<Saved> SavedByTakeAlongDim(const OpCall& call) {
  if (!call.op.attributes.contains(std::string_view("dim"))) return SavesInputs(call);
  ASSIGN_OR_RETURN(
      const int64_t copy,
      (Elements(call.outputs[0]->shape) * ByteSize(DType::kInt64)).Value("bytes of indices"));
  return Saved{.inputs = 1, .extra_bytes = copy};
}

}  // namespace

std::vector<OpDef> GatheringOps() {
  constexpr std::string_view kFamily = "gathering";
  struct Row {
    std::string_view type;
    std::string_view doc;
    std::vector<std::string_view> inputs;
    InferFn infer;
    SavedFn saved;
    CostFn cost = PickCost;
    PinnedFn pinned = nullptr;
  };
  const Row rows[] = {
      {"index",
       "input[indices]: an index or a mask for each dimension, or none. Reads an element for each "
       "it writes; no FLOPs.",
       {"input", "indices*?"},
       InferIndex,
       SavesIndices,
       PickCost,
       PinsMasks},
      {"index_select",
       "The entries of a dimension that an index lists. Reads an element for each it writes; no "
       "FLOPs.",
       {"input", "index"},
       InferIndexSelect,
       SavesIndices},
      {"gather",
       "For every position the entry of a dimension that an index names. Reads an element for each "
       "it writes; no FLOPs.",
       {"input", "index"},
       InferGather,
       SavesInputs},
      {"take",
       "The elements at an index into all of them. Reads an element for each it writes; no FLOPs.",
       {"input", "index"},
       InferTake,
       SavesInputs},
      {"take_along_dim",
       "For every position the entry of a dimension that an index names, broadcast in the others. "
       "Reads an element for each it writes; no FLOPs.",
       {"input", "indices"},
       InferTakeAlongDim,
       SavedByTakeAlongDim},
      {"masked_select",
       "The elements where a mask is true, `count` of them. No FLOPs.",
       {"input", "mask"},
       InferMaskedSelect,
       SavesInputs,
       MoveCost,
       PinsInputAndMask},
      {"nonzero",
       "The positions of the `count` elements that are not 0. No FLOPs.",
       {"input"},
       InferNonzero<kCount>,
       SavesNothing,
       MoveCost,
       PinsInput},
      {"nonzero_numpy",
       "The positions of the `count` elements that are not 0, a result for each dimension. No "
       "FLOPs.",
       {"input"},
       InferNonzeroNumpy,
       SavesNothing,
       MoveCost,
       PinsInput},
      {"nonzero_static",
       "The positions of the first `size` elements that are not 0. No FLOPs.",
       {"input"},
       InferNonzero<kSize>,
       SavesNothing,
       MoveCost},
  };
  std::vector<OpDef> defs;
  for (const Row& row : rows) {
    defs.push_back({row.type, kFamily, row.doc, row.inputs, row.infer, row.cost, row.saved, false,
                    row.pinned});
  }
  return defs;
}

}  // namespace latcast::ops
