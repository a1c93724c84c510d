// Some elements of the input overwritten or added to.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/indexing.h"
#include "analyzer/ops/rule.h"
#include "analyzer/ops/saved.h"
#include "analyzer/ops/slicing.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::ops {
namespace {

using graph::Shape;
using graph::Value;

absl::StatusOr<Saved> SavesIndex(const OpCall&) { return Saved{.inputs = 2}; }
absl::StatusOr<Saved> SavesIndices(const OpCall& call) {
  ASSIGN_OR_RETURN(Saved saved, SavesInputs(call));
  saved.inputs &= ~uint64_t{1};
  if (call.inputs.size() <= 64) saved.inputs &= ~(uint64_t{1} << (call.inputs.size() - 1));
  return saved;
}
absl::StatusOr<Saved> SavesIndexAndSource(const OpCall&) { return Saved{.inputs = 6}; }
absl::StatusOr<Saved> SavesAll(const OpCall&) { return Saved{.inputs = 7, .outputs = 1}; }

absl::StatusOr<size_t> ReadDim(const OpCall& call, const Value& input) {
  ASSIGN_OR_RETURN(const int64_t dim, graph::GetInt(call.op.attributes, "dim"));
  return WrapDim(dim, input.shape.size());
}

// Either a tensor at `position` or the number `value`.
absl::Status CheckSource(const OpCall& call, size_t position) {
  const bool is_number = call.op.attributes.contains(std::string_view("value"));
  if ((Optional(call, position) != nullptr) != is_number) return absl::OkStatus();
  return Refuse(absl::StrCat("either input ", position, " or the attribute value is expected"));
}

// A position in the input for every element of the index; a source has as many at least.
InferResult InferScatter(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const Value* index, call.Input(1));
  ASSIGN_OR_RETURN(const size_t dim, ReadDim(call, *input));
  RETURN_IF_ERROR(CheckSource(call, 2));
  RETURN_IF_ERROR(CheckIndex(*index, false));
  const Value* source = Optional(call, 2);
  if (source != nullptr) RETURN_IF_ERROR(CheckSameType(*input, *source));
  ASSIGN_OR_RETURN(const int64_t elements, Elements(index->shape).Value("index elements"));
  if (elements == 0) return SameAsFirst(call);
  RETURN_IF_ERROR(CheckPositions(*index, *input, dim));
  if (source != nullptr) RETURN_IF_ERROR(CheckPositions(*index, *source, SIZE_MAX));
  return SameAsFirst(call);
}

bool HasMask(std::span<const Value* const> indices) {
  return std::any_of(indices.begin(), indices.end(),
                     [](const Value* index) { return index != nullptr && IsMask(*index); });
}

// An entry of the source, which is like the input else, for every element of the index.
InferResult InferIndexAdd(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const Value* index, call.Input(1));
  ASSIGN_OR_RETURN(const Value* source, call.Input(2));
  ASSIGN_OR_RETURN(const size_t dim, ReadDim(call, *input));
  RETURN_IF_ERROR(CheckIndex(*index, call.op.type == "index_copy"));
  RETURN_IF_ERROR(CheckRank(*index, "index", 0, 1));
  RETURN_IF_ERROR(CheckSameType(*input, *source));
  // A scalar counts as one entry, on either side.
  Shape expected = input->shape.empty() ? Shape{1} : input->shape;
  expected[dim] = index->shape.empty() ? 1 : index->shape[0];
  const Shape& given = source->shape;
  const bool is_one = given.empty() && expected == Shape(expected.size(), 1);
  if (given != expected && !is_one) {
    return Refuse(absl::StrCat("source ", ToString(given), ", ", ToString(expected), " expected"));
  }
  return SameAsFirst(call);
}

InferResult InferIndexFill(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const Value* index, call.Input(1));
  RETURN_IF_ERROR(ReadDim(call, *input).status());
  RETURN_IF_ERROR(CheckSource(call, 2));
  RETURN_IF_ERROR(CheckIndex(*index, true));
  RETURN_IF_ERROR(CheckRank(*index, "index", 0, 1));
  if (const Value* value = Optional(call, 2); value != nullptr) {
    RETURN_IF_ERROR(CheckRank(*value, "value", 0, 0));
  }
  return SameAsFirst(call);
}

// What is put must broadcast to what is indexed; how much that is a mask does not say.
InferResult InferIndexPut(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const Value* values, call.Input(call.inputs.size() - 1));
  RETURN_IF_ERROR(CheckSameType(*input, *values));
  const auto indices = std::span(call.inputs).subspan(1, call.inputs.size() - 2);
  ASSIGN_OR_RETURN(const Shape shape, IndexedShape(*input, indices, 1));
  if (HasMask(indices)) return SameAsFirst(call);
  ASSIGN_OR_RETURN(const Shape together, Broadcast(shape, values->shape));
  if (together != shape) {
    return Refuse(
        absl::StrCat("values ", ToString(values->shape), " do not broadcast to ", ToString(shape)));
  }
  return SameAsFirst(call);
}

// As many elements of the source as the mask is true for, one after another.
InferResult InferMaskedScatter(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const Value* mask, call.Input(1));
  ASSIGN_OR_RETURN(const Value* source, call.Input(2));
  RETURN_IF_ERROR(CheckSameType(*input, *source));
  if (mask->dtype != graph::DType::kBool) {
    return Refuse(absl::StrCat("mask is ", ToAbsl(Name(mask->dtype)), ", bool expected"));
  }
  ASSIGN_OR_RETURN(Shape shape, Broadcast(input->shape, mask->shape));
  return TensorTypes{{input->dtype, std::move(shape)}};
}

using PartFn = absl::StatusOr<Shape> (*)(const graph::Attributes&, const Value&);

// A part of the input, as a view of it would show, replaced by the source.
template <PartFn kPart>
InferResult InferPartScatter(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const Value* source, call.Input(1));
  ASSIGN_OR_RETURN(const Shape part, kPart(call.op.attributes, *input));
  if (source->shape != part) {
    return Refuse(
        absl::StrCat("source ", ToString(source->shape), ", ", ToString(part), " expected"));
  }
  return SameAsFirst(call);
}

// In place only the elements that are hit move; else the input is copied too.
absl::StatusOr<OpCost> CostOfHits(const OpCall& call, int64_t hits, bool adds) {
  const bool inplace = graph::IsInplace(call.op.attributes);
  ASSIGN_OR_RETURN(OpCost cost, inplace ? MoveCost(call, adds ? hits : 0) : MoveCost(call));
  if (inplace) {
    cost.output_elements = hits;
    ASSIGN_OR_RETURN(cost.bytes_written,
                     (Checked(hits) * ByteSize(call.outputs[0]->dtype)).Value("bytes written"));
  }
  if (adds) cost.flops = hits;
  return cost;
}

// One hit for every element of the input at `kPosition`.
template <size_t kPosition, bool kAdds>
absl::StatusOr<OpCost> CostByInput(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* hitting, call.Input(kPosition));
  ASSIGN_OR_RETURN(const int64_t hits, Elements(hitting->shape).Value("elements that are hit"));
  return CostOfHits(call, hits, kAdds);
}

absl::StatusOr<OpCost> CostScatter(const OpCall& call) {
  const bool reduces = call.op.attributes.contains(std::string_view("reduce"));
  return reduces ? CostByInput<1, true>(call) : CostByInput<1, false>(call);
}

absl::StatusOr<OpCost> CostIndexFill(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const Value* index, call.Input(1));
  ASSIGN_OR_RETURN(const size_t dim, ReadDim(call, *input));
  Shape hit = input->shape;
  ASSIGN_OR_RETURN(const int64_t count, Elements(index->shape).Value("index elements"));
  if (!hit.empty()) hit[dim] = count;
  ASSIGN_OR_RETURN(const int64_t hits, Elements(hit).Value("elements that are hit"));
  return CostOfHits(call, hits, false);
}

// A mask may hit everything.
absl::StatusOr<OpCost> CostIndexPut(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  const auto indices = std::span(call.inputs).subspan(1, call.inputs.size() - 2);
  Shape hit = input->shape;
  if (!HasMask(indices)) {
    ASSIGN_OR_RETURN(hit, IndexedShape(*input, indices, 1));
  }
  ASSIGN_OR_RETURN(const int64_t hits, Elements(hit).Value("elements that are hit"));
  ASSIGN_OR_RETURN(const bool adds, graph::GetBool(call.op.attributes, "accumulate", false));
  return CostOfHits(call, hits, adds);
}

}  // namespace

std::vector<OpDef> ScatteringOps() {
  constexpr std::string_view kFamily = "scattering";
  struct Row {
    std::string_view type;
    std::string_view doc;
    std::vector<std::string_view> inputs;
    InferFn infer;
    CostFn cost;
    SavedFn saved;
  };
  const Row rows[] = {
      {"scatter",
       "src, or the number value, put where an index says along dim. FLOPs: 1 an element where it "
       "reduces.",
       {"input", "index", "src?"},
       InferScatter,
       CostScatter,
       SavesIndex},
      {"scatter_add",
       "src added where an index says along dim. FLOPs: 1 an element.",
       {"input", "index", "src"},
       InferScatter,
       CostByInput<1, true>,
       SavesIndex},
      {"scatter_reduce",
       "src reduced into where an index says along dim. FLOPs: 1 an element.",
       {"input", "index", "src"},
       InferScatter,
       CostByInput<1, true>,
       SavesAll},
      {"index_add",
       "source added to the entries of a dimension that an index lists. FLOPs: 1 an element.",
       {"input", "index", "source"},
       InferIndexAdd,
       CostByInput<2, true>,
       SavesIndexAndSource},
      {"index_copy",
       "source in place of the entries of a dimension that an index lists. No FLOPs.",
       {"input", "index", "source"},
       InferIndexAdd,
       CostByInput<2, false>,
       SavesIndexAndSource},
      {"index_fill",
       "One value in the entries of a dimension that an index lists. No FLOPs.",
       {"input", "index", "value?"},
       InferIndexFill,
       CostIndexFill,
       SavesIndex},
      {"index_put",
       "values, broadcast, in place of input[indices] or added to it; a mask counts as hitting "
       "everything. FLOPs: 1 an element where it adds.",
       {"input", "indices*?", "values"},
       InferIndexPut,
       CostIndexPut,
       SavesIndices},
      {"masked_scatter",
       "The elements of source one after another where a mask is true, counted as everywhere. No "
       "FLOPs.",
       {"input", "mask", "source"},
       InferMaskedScatter,
       CostByInput<0, false>,
       SavesIndex},
      {"select_scatter",
       "src in place of what select shows. No FLOPs.",
       {"input", "src"},
       InferPartScatter<SelectedShape>,
       CostByInput<1, false>,
       SavesNothing},
      {"slice_scatter",
       "src in place of what slice shows. No FLOPs.",
       {"input", "src"},
       InferPartScatter<SlicedShape>,
       CostByInput<1, false>,
       SavesNothing},
      {"diagonal_scatter",
       "src in place of what diagonal shows. No FLOPs.",
       {"input", "src"},
       InferPartScatter<DiagonalShape>,
       CostByInput<1, false>,
       SavesNothing},
  };
  std::vector<OpDef> defs;
  for (const Row& row : rows) {
    defs.push_back({row.type, kFamily, row.doc, row.inputs, row.infer, row.cost, row.saved});
  }
  return defs;
}

}  // namespace latcast::ops
