// What chooses, limits or mixes its operands element by element.
#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/pointwise.h"
#include "analyzer/ops/rule.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::ops {
namespace {

using graph::DType;
using graph::Value;

absl::Status CheckMask(const Value& mask, bool bytes) {
  if (mask.dtype == DType::kBool || (bytes && mask.dtype == DType::kUInt8)) return absl::OkStatus();
  return Refuse(absl::StrCat("'", mask.name, "' is ", ToAbsl(Name(mask.dtype)), ", bool expected"));
}

// The type of what is chosen from; the condition only takes part in the shape.
InferResult InferWhere(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* condition, call.Input(0));
  RETURN_IF_ERROR(CheckMask(*condition, /*bytes=*/true));
  ASSIGN_OR_RETURN(TensorType type, Promoted(call, {.first = 1}));
  ASSIGN_OR_RETURN(type.shape, Broadcast(condition->shape, type.shape));
  return TensorTypes{std::move(type)};
}

absl::StatusOr<Saved> SavedByWhere(const OpCall&) { return Saved{.inputs = 1}; }

InferResult InferMaskedFill(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const Value* mask, call.Input(1));
  RETURN_IF_ERROR(CheckMask(*mask, /*bytes=*/false));
  ASSIGN_OR_RETURN(graph::Shape shape, Broadcast(input->shape, mask->shape));
  if (const Value* value = Optional(call, 2); value != nullptr && !value->shape.empty()) {
    return Refuse(absl::StrCat("value ", ToString(value->shape), ", a scalar expected"));
  }
  return TensorTypes{{input->dtype, std::move(shape)}};
}

absl::StatusOr<Saved> SavedByMaskedFill(const OpCall&) { return Saved{.inputs = 2}; }

bool HasBound(const OpCall& call, size_t input, std::string_view name) {
  return Optional(call, input) != nullptr || call.op.attributes.contains(name);
}

InferResult InferClamp(const OpCall& call) {
  if (!HasBound(call, 1, "min") && !HasBound(call, 2, "max")) {
    return Refuse("min, max or both are expected");
  }
  ASSIGN_OR_RETURN(TensorType type, Promoted(call, {.all = false}));
  return TensorTypes{std::move(type)};
}

absl::StatusOr<OpCost> CostClamp(const OpCall& call) {
  return ElementwiseCost(call, HasBound(call, 1, "min") && HasBound(call, 2, "max") ? 2 : 1);
}

absl::StatusOr<Saved> SavedByClamp(const OpCall& call) {
  const bool tensors = Optional(call, 1) != nullptr || Optional(call, 2) != nullptr;
  return tensors ? SavesInputs(call) : SavesInput(call);
}

InferResult InferLerp(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const Value* end, call.Input(1));
  RETURN_IF_ERROR(CheckSameType(*input, *end));
  const Value* weight = Optional(call, 2);
  if (weight != nullptr && !weight->shape.empty()) RETURN_IF_ERROR(CheckSameType(*input, *weight));
  return Pointwise<Gives::kSame>(call);
}

absl::StatusOr<Saved> SavedByLerp(const OpCall& call) {
  return Optional(call, 2) != nullptr ? SavesInputs(call) : SavesNothing(call);
}

absl::StatusOr<OpCost> CostAddProduct(const OpCall& call) {
  ASSIGN_OR_RETURN(const double value, graph::GetDouble(call.op.attributes, "value", 1.0));
  return ElementwiseCost(call, value == 1.0 ? 2 : 3);
}

InferResult InferAddQuotient(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* numerator, call.Input(1));
  ASSIGN_OR_RETURN(const Value* divisor, call.Input(2));
  if (!IsFloating(numerator->dtype) && !IsFloating(divisor->dtype)) {
    return Refuse("a quotient of integers is not defined here");
  }
  return Pointwise<Gives::kSame>(call);
}

absl::StatusOr<Saved> SavedByAddProduct(const OpCall&) { return Saved{.inputs = 0b110}; }

}  // namespace

std::vector<OpDef> SelectionOps() {
  constexpr std::string_view kFamily = "selection";
  const std::vector<std::string_view> factors = {"input", "tensor1", "tensor2"};
  return {
      {"where",
       kFamily,
       "self where the condition holds, else other, broadcast; both may be attributes. FLOPs: 1 an "
       "output element.",
       {"condition", "self?", "other?"},
       InferWhere,
       Flops<1>,
       SavedByWhere},
      {"masked_fill",
       kFamily,
       "input, or value where the mask holds, broadcast; value may be an attribute. FLOPs: 1 an "
       "output element.",
       {"input", "mask", "value?"},
       InferMaskedFill,
       Flops<1>,
       SavedByMaskedFill},
      {"clamp",
       kFamily,
       "min(max(input, min), max), broadcast; bounds are tensors, attributes or absent. FLOPs: 1 "
       "an "
       "output element and bound.",
       {"input", "min?", "max?"},
       InferClamp,
       CostClamp,
       SavedByClamp},
      {"lerp",
       kFamily,
       "input + weight (end - input), broadcast; weight may be an attribute. FLOPs: 3 an output "
       "element.",
       {"input", "end", "weight?"},
       InferLerp,
       Flops<3>,
       SavedByLerp},
      {"addcmul", kFamily,
       "input + value tensor1 tensor2, broadcast. FLOPs: 2 an output element, 3 where value is not "
       "1.",
       factors, Pointwise<Gives::kSame>, CostAddProduct, SavedByAddProduct},
      {"addcdiv", kFamily,
       "input + value tensor1 / tensor2, broadcast. FLOPs: 2 an output element, 3 where value is "
       "not 1.",
       factors, InferAddQuotient, CostAddProduct, SavedByAddProduct},
  };
}

}  // namespace latcast::ops
