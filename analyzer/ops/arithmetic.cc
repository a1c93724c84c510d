#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/pointwise.h"
#include "analyzer/ops/result_type.h"
#include "analyzer/ops/rule.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"

namespace latcast::ops {
namespace {

bool IsTensor(const OpCall& call, size_t input) {
  return input < call.inputs.size() && call.inputs[input] != nullptr;
}

absl::StatusOr<OpCost> CostSum(const OpCall& call) {
  ASSIGN_OR_RETURN(const double alpha, graph::GetDouble(call.op.attributes, "alpha", 1.0));
  return ElementwiseCost(call, alpha == 1.0 ? 1 : 2);
}

bool IsRounded(const OpCall& call) {
  return call.op.attributes.contains(std::string_view("rounding_mode"));
}

InferResult InferQuotient(const OpCall& call) {
  ASSIGN_OR_RETURN(TensorType type,
                   PointwiseType(call, IsRounded(call) ? Gives::kSame : Gives::kFraction));
  return TensorTypes{std::move(type)};
}

absl::StatusOr<OpCost> CostQuotient(const OpCall& call) {
  return ElementwiseCost(call, IsRounded(call) ? 2 : 1);
}

// Each operand is needed for the other's gradient; a number in a tensor's place is no tensor.
absl::StatusOr<Saved> SavedByProduct(const OpCall& call) {
  return IsTensor(call, 1) ? SavesInputs(call) : SavesNothing(call);
}

absl::StatusOr<Saved> SavedByPower(const OpCall& call) {
  if (!IsTensor(call, 1)) return SavesInput(call);
  return SavesInputsAndOutput(call);
}

}  // namespace

std::vector<OpDef> ArithmeticOps() {
  constexpr std::string_view kFamily = "arithmetic";
  const std::vector<std::string_view> inputs = {"input", "other?"};
  const std::vector<std::string_view> tensors = {"input", "other"};
  return {
      {"add", kFamily,
       "input + alpha other, broadcast; other may be an attribute. FLOPs: 1 an output element, 2 "
       "where alpha is not 1.",
       inputs, Pointwise<Gives::kSame>, CostSum, SavesNothing},
      {"sub", kFamily,
       "input - alpha other, broadcast; other may be an attribute. FLOPs: 1 an output element, 2 "
       "where alpha is not 1.",
       inputs, Pointwise<Gives::kNumber>, CostSum, SavesNothing},
      {"rsub", kFamily,
       "other - alpha input, broadcast; other may be an attribute. FLOPs: 1 an output element, 2 "
       "where alpha is not 1.",
       inputs, Pointwise<Gives::kNumber>, CostSum, SavesNothing},
      {"mul", kFamily,
       "input other, broadcast; other may be an attribute. FLOPs: 1 an output element.", inputs,
       Pointwise<Gives::kSame>, Flops<1>, SavedByProduct},
      {"div", kFamily,
       "input / other, broadcast, rounded as rounding_mode says; other may be an attribute. FLOPs: "
       "1 an output element, 2 with rounding.",
       inputs, InferQuotient, CostQuotient, SavedByProduct},
      {"remainder", kFamily,
       "input - other floor(input / other), broadcast; other may be an attribute. FLOPs: 4 an "
       "output element.",
       inputs, Pointwise<Gives::kSame>, Flops<4>, SavedByProduct},
      {"fmod", kFamily,
       "input - other trunc(input / other), broadcast; other may be an attribute. FLOPs: 4 an "
       "output element.",
       inputs, Pointwise<Gives::kSame>, Flops<4>, SavedByProduct},
      {"pow",
       kFamily,
       "self to the power of exponent, broadcast; either may be an attribute. FLOPs: 1 an output "
       "element, the power being one.",
       {"self?", "exponent?"},
       Pointwise<Gives::kSame>,
       Flops<1>,
       SavedByPower},
      {"maximum", kFamily, "The larger of two, broadcast. FLOPs: 1 an output element.", tensors,
       Pointwise<Gives::kSame>, Flops<1>, SavesInputs},
      {"minimum", kFamily, "The smaller of two, broadcast. FLOPs: 1 an output element.", tensors,
       Pointwise<Gives::kSame>, Flops<1>, SavesInputs},
      {"atan2", kFamily,
       "The angle of the vector (other, input), broadcast. FLOPs: 1 an output element, the "
       "function "
       "being one.",
       tensors, Pointwise<Gives::kFraction>, Flops<1>, SavesInputs},
      {"hypot", kFamily,
       "sqrt(input^2 + other^2), broadcast. FLOPs: 4 an output element, the root being one.",
       tensors, Pointwise<Gives::kSame>, Flops<4>, SavesInputsAndOutput},
      {"logaddexp", kFamily,
       "log(exp(input) + exp(other)), broadcast, as the maximum + log1p(exp(-|difference|)). "
       "FLOPs: "
       "6 an output element.",
       tensors, Pointwise<Gives::kSame>, Flops<6>, SavesInputs},
  };
}

}  // namespace latcast::ops
