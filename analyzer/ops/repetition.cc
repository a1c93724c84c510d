// Copies that hold the input's elements several times.
#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/rule.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::ops {
namespace {

using graph::Shape;
using graph::Value;

InferResult Repeated(const Value& input, Shape shape, const std::vector<int64_t>& repeats) {
  for (size_t i = 0; i < shape.size(); ++i) {
    if (repeats[i] < 0) return Refuse(absl::StrCat(repeats[i], " repetitions of dimension ", i));
    ASSIGN_OR_RETURN(shape[i], (Checked(shape[i]) * repeats[i]).Value("the repeated dimension"));
  }
  return TensorTypes{{input.dtype, std::move(shape)}};
}

Shape WithRank(Shape shape, size_t rank) {
  if (rank > shape.size()) shape.insert(shape.begin(), rank - shape.size(), 1);
  return shape;
}

InferResult InferRepeat(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const std::vector<int64_t> repeats, GetList(call.op.attributes, "repeats"));
  if (repeats.size() < input->shape.size()) {
    return Refuse(absl::StrCat(repeats.size(), " repeats for input ", ToString(input->shape)));
  }
  return Repeated(*input, WithRank(input->shape, repeats.size()), repeats);
}

InferResult InferTile(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const std::vector<int64_t> dims, GetList(call.op.attributes, "dims"));
  return Repeated(*input, WithRank(input->shape, dims.size()), WithRank(dims, input->shape.size()));
}

bool HasNumber(const OpCall& call) {
  return call.op.attributes.contains(std::string_view("repeats"));
}

// How often each entry is repeated: an attribute, a tensor, or the first input where it stands
// alone and the result are the positions themselves. Unless it is an attribute, `output_size` says
// what the repetitions add up to.
InferResult InferRepeatInterleave(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  const Value* repeats = Optional(call, 1);
  if (repeats == nullptr && !HasNumber(call)) {
    RETURN_IF_ERROR(CheckRank(*input, "repeats", 1, 1));
    ASSIGN_OR_RETURN(const int64_t size, GetCount(call, "output_size"));
    return TensorTypes{{graph::DType::kInt64, {size}}};
  }
  Shape shape = input->shape;
  size_t dim = 0;
  if (call.op.attributes.contains(std::string_view("dim"))) {
    ASSIGN_OR_RETURN(const int64_t attribute, graph::GetInt(call.op.attributes, "dim"));
    ASSIGN_OR_RETURN(dim, WrapDim(attribute, shape.size()));
  } else {
    ASSIGN_OR_RETURN(const int64_t elements, Elements(shape).Value("elements"));
    shape = {elements};
  }
  if (shape.empty() && repeats == nullptr) return Refuse("a scalar has no dimension to repeat");
  if (shape.empty()) shape = {1};
  if (repeats != nullptr) {
    const Shape& counts = repeats->shape;
    const bool fits = counts.empty() || counts == Shape{1} || counts == Shape{shape[dim]};
    if (!fits || IsFloating(repeats->dtype)) {
      return Refuse(absl::StrCat("repeats ", ToString(counts), " of ", ToAbsl(Name(repeats->dtype)),
                                 " for ", shape[dim], " entries"));
    }
    ASSIGN_OR_RETURN(shape[dim], GetCount(call, "output_size"));
  } else {
    ASSIGN_OR_RETURN(const int64_t number, graph::GetInt(call.op.attributes, "repeats"));
    std::vector<int64_t> all(shape.size(), 1);
    all[dim] = number;
    return Repeated(*input, std::move(shape), all);
  }
  return TensorTypes{{input->dtype, std::move(shape)}};
}

Pinned PinsRepeats(const OpCall& call) {
  if (const Value* repeats = Optional(call, 1); repeats != nullptr) {
    const bool is_one_for_all = repeats->shape.empty() || repeats->shape == Shape{1};
    return {is_one_for_all ? 3U : 2U, kSizeDependsOnData};
  }
  return HasNumber(call) ? Pinned{} : Pinned{1, kSizeDependsOnData};
}

// The position each entry of the result comes from.
absl::StatusOr<Saved> SavedByRepeatInterleave(const OpCall& call) {
  if (Optional(call, 1) == nullptr) return Saved{};
  ASSIGN_OR_RETURN(const int64_t size, GetCount(call, "output_size"));
  ASSIGN_OR_RETURN(const int64_t positions,
                   (Checked(size) * ByteSize(graph::DType::kInt64)).Value("bytes of positions"));
  return Saved{.extra_bytes = positions};
}

}  // namespace

std::vector<OpDef> RepetitionOps() {
  constexpr std::string_view kFamily = "repetition";
  return {
      {"repeat",
       kFamily,
       "The input side by side, repeats[i] times along dimension i. A copy; no FLOPs.",
       {"input"},
       InferRepeat,
       MoveCost,
       SavesNothing},
      {"tile",
       kFamily,
       "The input side by side, as repeat does with 1 for the dimensions not named. A copy; no "
       "FLOPs.",
       {"input"},
       InferTile,
       MoveCost,
       SavesNothing},
      {"repeat_interleave",
       kFamily,
       "Every entry of a dimension repeated, a fixed number of times or as often as a tensor says. "
       "A copy; no FLOPs.",
       {"input", "repeats?"},
       InferRepeatInterleave,
       MoveCost,
       SavedByRepeatInterleave,
       false,
       PinsRepeats},
  };
}

}  // namespace latcast::ops
