#include "absl/strings/str_cat.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/rule.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"

namespace latcast::ops {
namespace {

using graph::Shape;
using graph::Value;

const Value* Bias(const OpCall& call) { return call.inputs.size() > 2 ? call.inputs[2] : nullptr; }

InferResult InferLinear(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const Value* weight, call.Input(1));
  RETURN_IF_ERROR(CheckRank(*input, "input", 1, SIZE_MAX));
  RETURN_IF_ERROR(CheckRank(*weight, "weight", 2, 2));
  RETURN_IF_ERROR(CheckSameType(*input, *weight));
  if (input->shape.back() != weight->shape[1]) {
    return Refuse(absl::StrCat("weight ", ToString(weight->shape), " takes ", weight->shape[1],
                               " features, the input has ", input->shape.back()));
  }
  if (Bias(call) != nullptr && Bias(call)->shape != Shape{weight->shape[0]}) {
    return Refuse(absl::StrCat("bias ", ToString(Bias(call)->shape), ", ", weight->shape[0],
                               " elements expected"));
  }
  Shape shape = input->shape;
  shape.back() = weight->shape[0];
  return TensorTypes{{input->dtype, std::move(shape)}};
}

absl::StatusOr<OpCost> ProductCost(const OpCall& call, int64_t inner, bool bias) {
  ASSIGN_OR_RETURN(OpCost cost, MoveCost(call));
  const Checked outputs = cost.output_elements;
  ASSIGN_OR_RETURN(cost.macs, (outputs * inner).Value("MACs"));
  ASSIGN_OR_RETURN(cost.flops, (outputs * inner * 2 + (bias ? outputs : 0)).Value("FLOPs"));
  cost.mac_class = MacClass::kMatmul;
  return cost;
}

absl::StatusOr<OpCost> CostLinear(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* weight, call.Input(1));
  return ProductCost(call, weight->shape[1], Bias(call) != nullptr);
}

InferResult InferMatmul(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const Value* other, call.Input(1));
  RETURN_IF_ERROR(CheckRank(*input, "input", 1, SIZE_MAX));
  RETURN_IF_ERROR(CheckRank(*other, "other", 1, SIZE_MAX));
  RETURN_IF_ERROR(CheckSameType(*input, *other));
  // A vector on the left is a row, one on the right a column; that dimension is gone afterwards.
  Shape a = input->shape;
  Shape b = other->shape;
  if (input->shape.size() == 1) a.insert(a.begin(), 1);
  if (other->shape.size() == 1) b.push_back(1);
  if (a.back() != b[b.size() - 2]) {
    return Refuse(absl::StrCat(ToString(input->shape), " times ", ToString(other->shape),
                               ": inner dimensions ", a.back(), " and ", b[b.size() - 2],
                               " differ"));
  }
  ASSIGN_OR_RETURN(Shape shape,
                   Broadcast(Shape(a.begin(), a.end() - 2), Shape(b.begin(), b.end() - 2)));
  if (input->shape.size() > 1) shape.push_back(a[a.size() - 2]);
  if (other->shape.size() > 1) shape.push_back(b.back());
  return TensorTypes{{input->dtype, std::move(shape)}};
}

absl::StatusOr<OpCost> CostMatmul(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  return ProductCost(call, input->shape.back(), false);
}

// The bias's gradient needs neither.
absl::StatusOr<Saved> SavedByLinear(const OpCall&) { return Saved{.inputs = 0b11}; }

}  // namespace

std::vector<OpDef> LinearOps() {
  return {
      {"linear",
       "linear",
       "input times the transposed weight, plus bias. MACs: the input features for every output "
       "element; FLOPs: two a MAC, and one addition an output where there is a bias.",
       {"input", "weight", "bias?"},
       InferLinear,
       CostLinear,
       SavedByLinear},
      {"matmul",
       "linear",
       "Matrix product over the last two dimensions, broadcast over the others. MACs: the inner "
       "dimension for every output element; FLOPs: two a MAC.",
       {"input", "other"},
       InferMatmul,
       CostMatmul,
       SavesInputs},
  };
}

}  // namespace latcast::ops
