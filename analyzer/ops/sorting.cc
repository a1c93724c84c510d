// Order: sorting, selection of the largest, search among what is sorted.
#include "absl/numeric/bits.h"
#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/rule.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"

namespace latcast::ops {
namespace {

using graph::DType;
using graph::Shape;
using graph::Value;

absl::StatusOr<size_t> ReadDim(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const int64_t dim, graph::GetInt(call.op.attributes, "dim", -1));
  return WrapDim(dim, input->shape.size());
}

InferResult InferSort(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  RETURN_IF_ERROR(ReadDim(call).status());
  return TensorTypes{{input->dtype, input->shape}, {DType::kInt64, input->shape}};
}

InferResult InferArgsort(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  RETURN_IF_ERROR(ReadDim(call).status());
  return TensorTypes{{DType::kInt64, input->shape}};
}

InferResult InferTopk(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const size_t dim, ReadDim(call));
  ASSIGN_OR_RETURN(const int64_t k, graph::GetInt(call.op.attributes, "k"));
  Shape shape = input->shape;
  const int64_t size = shape.empty() ? 1 : shape[dim];
  if (k < 0 || k > size) {
    return Refuse(absl::StrCat("the first ", k, " of ", size, " entries of ", ToString(shape)));
  }
  if (!shape.empty()) shape[dim] = k;
  return TensorTypes{{input->dtype, shape}, {DType::kInt64, shape}};
}

// What is searched for: a tensor, or the number `self`.
InferResult InferSearchsorted(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* sorted, call.Input(0));
  const Value* sought = Optional(call, 1);
  const Value* sorter = Optional(call, 2);
  RETURN_IF_ERROR(CheckRank(*sorted, "sorted_sequence", 1, SIZE_MAX));
  if ((sought != nullptr) == call.op.attributes.contains(std::string_view("self"))) {
    return Refuse("either a second input or the attribute self is expected");
  }
  const Shape shape = sought == nullptr ? Shape{} : sought->shape;
  const Shape& rows = sorted->shape;
  bool fits = rows.size() == 1 || rows.size() == shape.size();
  for (size_t i = 0; fits && rows.size() > 1 && i + 1 < rows.size(); ++i)
    fits = rows[i] == shape[i];
  if (!fits) {
    return Refuse(absl::StrCat("input ", ToString(shape), " does not search in ", ToString(rows)));
  }
  if (sorter != nullptr && (sorter->shape != rows || sorter->dtype != DType::kInt64)) {
    return Refuse(absl::StrCat("sorter ", ToString(sorter->shape), ", int64 of ", ToString(rows),
                               " expected"));
  }
  ASSIGN_OR_RETURN(const bool narrow, graph::GetBool(call.op.attributes, "out_int32", false));
  return TensorTypes{{narrow ? DType::kInt32 : DType::kInt64, shape}};
}

// Comparisons that find a place among n: the binary logarithm, rounded up.
int64_t Halvings(int64_t n) {
  return n <= 1 ? 0 : 64 - absl::countl_zero(static_cast<uint64_t>(n - 1));
}

absl::StatusOr<OpCost> CostSort(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const size_t dim, ReadDim(call));
  const int64_t size = input->shape.empty() ? 1 : input->shape[dim];
  return ElementwiseCost(call, Halvings(size));
}

absl::StatusOr<OpCost> CostTopk(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(OpCost cost, MoveCost(call));
  ASSIGN_OR_RETURN(cost.flops, Elements(input->shape).Value("FLOPs"));
  return cost;
}

absl::StatusOr<OpCost> CostSearchsorted(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* sorted, call.Input(0));
  ASSIGN_OR_RETURN(const int64_t places, (Checked(sorted->shape.back()) + 1).Value("places"));
  return ElementwiseCost(call, Halvings(places));
}

// Where the results came from.
absl::StatusOr<Saved> SavesPositions(const OpCall&) { return Saved{.outputs = 2}; }

}  // namespace

std::vector<OpDef> SortingOps() {
  constexpr std::string_view kFamily = "sorting";
  return {
      {"sort",
       kFamily,
       "The entries of a dimension in order, and where they were. FLOPs: the binary logarithm of "
       "their number, rounded up, an element (comparisons).",
       {"input"},
       InferSort,
       CostSort,
       SavesPositions},
      {"argsort",
       kFamily,
       "Where the entries of a dimension are in order. FLOPs: as sort.",
       {"input"},
       InferArgsort,
       CostSort,
       SavesNothing},
      {"topk",
       kFamily,
       "The k largest or smallest entries of a dimension, and where they were. FLOPs: 1 an input "
       "element (one comparison with the k-th).",
       {"input"},
       InferTopk,
       CostTopk,
       SavesPositions},
      {"searchsorted",
       kFamily,
       "Where elements belong in a sorted sequence. FLOPs: the binary logarithm of the places, "
       "rounded up, an element (comparisons).",
       {"sorted_sequence", "input?", "sorter?"},
       InferSearchsorted,
       CostSearchsorted,
       SavesNothing},
  };
}

}  // namespace latcast::ops
