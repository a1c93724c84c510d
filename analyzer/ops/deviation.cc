// Variances, norms and sums of exponentials.
#include <cmath>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/reduction.h"
#include "analyzer/ops/result_type.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"

namespace latcast::ops {
namespace {

using graph::DType;
using graph::Value;

InferResult InferFloating(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  RETURN_IF_ERROR(CheckFloating(*input));
  ASSIGN_OR_RETURN(graph::Shape shape, ReducedShape(call));
  return TensorTypes{{input->dtype, std::move(shape)}};
}

InferResult InferWithMean(const OpCall& call) {
  ASSIGN_OR_RETURN(TensorTypes types, InferFloating(call));
  types.push_back(types[0]);
  return types;
}

InferResult InferNorm(const OpCall& call) {
  ASSIGN_OR_RETURN(TensorTypes types, InferFloating(call));
  ASSIGN_OR_RETURN(types[0].dtype, GetDType(call.op.attributes, "dtype", types[0].dtype));
  ASSIGN_OR_RETURN(const double order, graph::GetDouble(call.op.attributes, "ord", 2.0));
  // The largest of no elements is not defined, their sum is 0.
  if (std::isinf(order) || order < 0) RETURN_IF_ERROR(CheckNotEmpty(call));
  return types;
}

// Square and sum; modulus and sum, maximum or minimum; comparison with 0 and sum; or modulus, power
// and sum. Then a root.
absl::StatusOr<OpCost> CostNorm(const OpCall& call) {
  ASSIGN_OR_RETURN(const double order, graph::GetDouble(call.op.attributes, "ord", 2.0));
  if (order == 2.0) return ReductionCost(call, 2, 1);
  if (order == 0.0 || order == 1.0 || std::isinf(order)) return ReductionCost(call, 2, 0);
  return ReductionCost(call, 3, 1);
}

InferResult InferLogSumExp(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(graph::Shape shape, ReducedShape(call));
  return TensorTypes{{ToFloating(input->dtype), std::move(shape)}};
}

OpDef Row(std::string_view type, std::string_view doc, InferFn infer, CostFn cost, SavedFn saved) {
  return {type, "reduction", doc, {"input"}, infer, cost, saved};
}

}  // namespace

std::vector<OpDef> DeviationOps() {
  return {
      Row("var",
          "Variance over some dimensions, all by default. FLOPs: 4 an input element (the mean's "
          "sum; a difference, a square and a sum).",
          InferFloating, Reduces<4>, SavesInput),
      Row("std", "Root of the variance. FLOPs: 4 an input element, 1 an output element.",
          InferFloating, Reduces<4, 1>, SavesInputAndOutput),
      Row("var_mean", "Variance and mean. FLOPs: 4 an input element.", InferWithMean, Reduces<4>,
          SavesInput),
      Row("std_mean",
          "Root of the variance, and mean. FLOPs: 4 an input element, 1 an element of the root.",
          InferWithMean, Reduces<4, 1>, SavesInputAndOutput),
      Row("linalg_vector_norm",
          "The norm of order ord, 2 by default, over some dimensions. FLOPs: 2 an input element "
          "and "
          "1 an output element (root) for order 2; 2 an input element for 0, 1 and infinity; else "
          "3, and 1 an output element.",
          InferNorm, CostNorm, SavesInputAndOutput),
      Row("logsumexp",
          "log of the sum of exp(x), the maximum taken out. FLOPs: 4 an input element (maximum, "
          "difference, exponential, sum), 2 an output element.",
          InferLogSumExp, Reduces<4, 2>, SavesInputAndOutput),
  };
}

}  // namespace latcast::ops
