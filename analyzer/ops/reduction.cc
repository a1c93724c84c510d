#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/rule.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::ops {
namespace {

using graph::Value;

// Absent or empty dims mean all of them.
absl::StatusOr<std::vector<bool>> ReducedDims(const OpCall& call, size_t rank) {
  std::vector<int64_t> dims;
  if (call.op.attributes.contains(std::string_view("dim"))) {
    ASSIGN_OR_RETURN(dims, GetList(call.op.attributes, "dim"));
  }
  std::vector<bool> reduced(std::max<size_t>(rank, 1), dims.empty());
  for (const int64_t dim : dims) {
    ASSIGN_OR_RETURN(const size_t index, WrapDim(dim, rank));
    if (reduced[index]) return Refuse(absl::StrCat("dim ", dim, " repeats"));
    reduced[index] = true;
  }
  return reduced;
}

InferResult InferMean(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  if (!IsFloating(input->dtype)) {
    return Refuse(
        absl::StrCat("input is ", ToAbsl(Name(input->dtype)), ", a floating-point type expected"));
  }
  ASSIGN_OR_RETURN(const bool keepdim, graph::GetBool(call.op.attributes, "keepdim", false));
  ASSIGN_OR_RETURN(const std::vector<bool> reduced, ReducedDims(call, input->shape.size()));
  graph::Shape shape;
  for (size_t i = 0; i < input->shape.size(); ++i) {
    if (!reduced[i]) shape.push_back(input->shape[i]);
    if (reduced[i] && keepdim) shape.push_back(1);
  }
  return std::vector<TensorType>{{input->dtype, std::move(shape)}};
}

absl::StatusOr<OpCost> CostMean(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(OpCost cost, MoveCost(call));
  ASSIGN_OR_RETURN(cost.flops, Elements(input->shape).Value("FLOPs"));
  return cost;
}

InferResult InferSoftmax(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const int64_t dim, graph::GetInt(call.op.attributes, "dim"));
  RETURN_IF_ERROR(WrapDim(dim, input->shape.size()).status());
  return SameAsFirst(call);
}

absl::StatusOr<OpCost> CostSoftmax(const OpCall& call) { return ElementwiseCost(call, 5); }

}  // namespace

std::vector<OpDef> ReductionOps() {
  return {
      {"mean",
       "reduction",
       "Mean over some dimensions, all by default. FLOPs: 1 an input element (additions and one "
       "division).",
       {"input"},
       InferMean,
       CostMean,
       SavesNothing},
      {"softmax",
       "reduction",
       "exp(x) over its sum along one dimension. FLOPs: 5 an element (maximum, difference, "
       "exponential, sum, division).",
       {"input"},
       InferSoftmax,
       CostSoftmax,
       SavesOutput},
      {"log_softmax",
       "reduction",
       "Logarithm of the softmax along one dimension. FLOPs: 5 an element (maximum, difference, "
       "exponential, sum, difference), a logarithm for each sum not counted.",
       {"input"},
       InferSoftmax,
       CostSoftmax,
       SavesOutput},
  };
}

}  // namespace latcast::ops
