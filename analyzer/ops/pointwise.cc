#include "analyzer/ops/pointwise.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/result_type.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::ops {

absl::StatusOr<TensorType> Promoted(const OpCall& call, Operands operands) {
  const OpDef* def = FindOp(call.op.type);
  if (def == nullptr) return Refuse("an operator that is listed is expected");
  graph::Shape shape;
  ResultType dtype;
  for (size_t i = operands.first; i < def->inputs.size(); ++i) {
    std::string_view name = def->inputs[i];
    if (name.ends_with('?')) name.remove_suffix(1);
    const graph::Value* tensor = i < call.inputs.size() ? call.inputs[i] : nullptr;
    const auto number = call.op.attributes.find(name);
    const bool is_number = number != call.op.attributes.end();
    if (tensor == nullptr && !is_number && !operands.all) continue;
    if ((tensor != nullptr) == is_number) {
      return Refuse(
          absl::StrCat("either input ", i, " or the attribute ", ToAbsl(name), " is expected"));
    }
    const bool is_bool = is_number ? std::holds_alternative<bool>(number->second)
                                   : tensor->dtype == graph::DType::kBool;
    if (is_bool && !operands.booleans) return Refuse("not defined for bool operands");
    if (is_number) {
      RETURN_IF_ERROR(dtype.AddNumber(name, number->second));
    } else {
      ASSIGN_OR_RETURN(shape, Broadcast(shape, tensor->shape));
      dtype.Add(*tensor);
    }
  }
  return TensorType{dtype.Get(), std::move(shape)};
}

absl::StatusOr<TensorType> PointwiseType(const OpCall& call, Gives gives) {
  ASSIGN_OR_RETURN(TensorType type, Promoted(call, {.booleans = gives != Gives::kNumber}));
  if (gives == Gives::kWhole && IsFloating(type.dtype)) {
    return Refuse(absl::StrCat("not defined for ", ToAbsl(Name(type.dtype)), " operands"));
  }
  if (gives == Gives::kPower && type.dtype == graph::DType::kBool) {
    type.dtype = graph::DType::kInt64;
  }
  if (gives == Gives::kFraction) type.dtype = ToFloating(type.dtype);
  if (gives == Gives::kBool) type.dtype = graph::DType::kBool;
  return type;
}

}  // namespace latcast::ops
