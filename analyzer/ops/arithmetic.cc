#include "analyzer/ops/arithmetic.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/rule.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"

namespace latcast::ops {
namespace {

using graph::DType;
using graph::Value;

enum Category { kBoolean, kInteger, kReal };

Category CategoryOf(DType dtype) {
  if (IsFloating(dtype)) return kReal;
  return dtype == DType::kBool ? kBoolean : kInteger;
}

// The result's type of two tensors: the higher category; a scalar tensor does not widen within it.
DType PromoteOperands(const Value& a, const Value& b) {
  if (CategoryOf(a.dtype) == CategoryOf(b.dtype) && a.shape.empty() != b.shape.empty()) {
    return a.shape.empty() ? b.dtype : a.dtype;
  }
  return PromoteTypes(a.dtype, b.dtype);
}

absl::StatusOr<DType> PromoteScalar(DType dtype, const graph::Attribute& other) {
  if (std::holds_alternative<double>(other)) return IsFloating(dtype) ? dtype : DType::kFloat32;
  if (std::holds_alternative<int64_t>(other)) return dtype == DType::kBool ? DType::kInt64 : dtype;
  if (std::holds_alternative<bool>(other)) return dtype;
  return Refuse(absl::StrCat("attribute other: a number expected, found ", graph::ToString(other)));
}

InferResult InferBinary(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  const Value* other = call.inputs.size() > 1 ? call.inputs[1] : nullptr;
  const auto scalar = call.op.attributes.find(std::string_view("other"));
  const bool has_scalar = scalar != call.op.attributes.end();
  if ((other != nullptr) == has_scalar) {
    return Refuse("either a second input or the attribute other is expected");
  }
  TensorType result{input->dtype, input->shape};
  if (has_scalar) {
    ASSIGN_OR_RETURN(result.dtype, PromoteScalar(input->dtype, scalar->second));
  } else {
    ASSIGN_OR_RETURN(result.shape, Broadcast(input->shape, other->shape));
    result.dtype = PromoteOperands(*input, *other);
  }
  if (call.op.type == "div" && !IsFloating(result.dtype) &&
      !call.op.attributes.contains(std::string_view("rounding_mode"))) {
    result.dtype = DType::kFloat32;
  }
  return std::vector<TensorType>{std::move(result)};
}

absl::StatusOr<OpCost> CostBinary(const OpCall& call) {
  ASSIGN_OR_RETURN(const double alpha, graph::GetDouble(call.op.attributes, "alpha", 1.0));
  return ElementwiseCost(call, alpha == 1.0 ? 1 : 2);
}

// Each factor is needed for the other's gradient; a number in a tensor's place is no tensor.
absl::StatusOr<Saved> SavedByProduct(const OpCall& call) {
  if (call.inputs.size() < 2 || call.inputs[1] == nullptr) return Saved{};
  return SavesInputs(call);
}

}  // namespace

DType PromoteTypes(DType a, DType b) {
  if (a == b) return a;
  const Category category = std::max(CategoryOf(a), CategoryOf(b));
  if (CategoryOf(a) != CategoryOf(b)) return CategoryOf(a) == category ? a : b;
  if (category == kReal) {
    // Two different half types meet in float32.
    if (ByteSize(a) == ByteSize(b)) return DType::kFloat32;
    return ByteSize(a) > ByteSize(b) ? a : b;
  }
  // Only uint8 and int8 have one size: neither holds the other.
  if (ByteSize(a) == ByteSize(b)) return DType::kInt16;
  return ByteSize(a) > ByteSize(b) ? a : b;
}

std::vector<OpDef> ArithmeticOps() {
  constexpr std::string_view kFamily = "arithmetic";
  const std::vector<std::string_view> inputs = {"input", "other?"};
  return {
      {"add", kFamily,
       "input + alpha other, broadcast; other may be an attribute. FLOPs: 1 an output element, 2 "
       "where alpha is not 1.",
       inputs, InferBinary, CostBinary, SavesNothing},
      {"sub", kFamily,
       "input - alpha other, broadcast; other may be an attribute. FLOPs: 1 an output element, 2 "
       "where alpha is not 1.",
       inputs, InferBinary, CostBinary, SavesNothing},
      {"mul", kFamily,
       "input other, broadcast; other may be an attribute. FLOPs: 1 an output element.", inputs,
       InferBinary, CostBinary, SavedByProduct},
      {"div", kFamily,
       "input / other, broadcast; other may be an attribute. FLOPs: 1 an output element.", inputs,
       InferBinary, CostBinary, SavedByProduct},
  };
}

}  // namespace latcast::ops
