#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/result_type.h"
#include "analyzer/ops/rule.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"

namespace latcast::ops {
namespace {

using graph::Shape;
using graph::Value;

// PyTorch lets tensors of shape {0} stand among tensors of any rank.
bool IsLegacyEmpty(const Value& value) { return value.shape == Shape{0}; }

absl::Status CheckAgree(const Shape& first, const Shape& other, size_t position, size_t dim) {
  bool agree = first.size() == other.size();
  for (size_t i = 0; agree && i < first.size(); ++i) agree = i == dim || first[i] == other[i];
  if (agree) return absl::OkStatus();
  return Refuse(absl::StrCat("input ", position, " is ", ToString(other), ", it must agree with ",
                             ToString(first), " in every dimension but ", dim));
}

InferResult InferCat(const OpCall& call) {
  ASSIGN_OR_RETURN(const int64_t dim_attribute, graph::GetInt(call.op.attributes, "dim", 0));
  const Value* first = nullptr;
  graph::DType dtype = call.inputs[0]->dtype;
  size_t dim = 0;
  Checked total;
  for (size_t i = 0; i < call.inputs.size(); ++i) {
    const Value& input = *call.inputs[i];
    RETURN_IF_ERROR(CheckRank(input, absl::StrCat("input ", i), 1, SIZE_MAX));
    dtype = PromoteTypes(dtype, input.dtype);
    if (IsLegacyEmpty(input)) continue;
    if (first == nullptr) {
      first = &input;
      ASSIGN_OR_RETURN(dim, WrapDim(dim_attribute, input.shape.size()));
    }
    RETURN_IF_ERROR(CheckAgree(first->shape, input.shape, i, dim));
    total += input.shape[dim];
  }
  if (first == nullptr) return std::vector<TensorType>{{dtype, {0}}};
  Shape shape = first->shape;
  ASSIGN_OR_RETURN(shape[dim], total.Value("the joined dimension"));
  return std::vector<TensorType>{{dtype, std::move(shape)}};
}

}  // namespace

std::vector<OpDef> DataMovementOps() {
  constexpr std::string_view kFamily = "data movement";
  return {
      {"contiguous",
       kFamily,
       "The same elements in the order of their dimensions. A copy, or no cost where a capture saw "
       "the input itself returned.",
       {"input"},
       SameAsFirst,
       ViewCost,
       SavesNothing},
      {"clone", kFamily, "A copy. No FLOPs.", {"input"}, SameAsFirst, MoveCost, SavesNothing},
      {"cat",
       kFamily,
       "The inputs joined along dim. A copy of each; no FLOPs.",
       {"tensors*"},
       InferCat,
       MoveCost,
       SavesNothing},
  };
}

}  // namespace latcast::ops
