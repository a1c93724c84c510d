#include <algorithm>

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
  if (first == nullptr) return TensorTypes{{dtype, {0}}};
  Shape shape = first->shape;
  ASSIGN_OR_RETURN(shape[dim], total.Value("the joined dimension"));
  return TensorTypes{{dtype, std::move(shape)}};
}

InferResult InferStack(const OpCall& call) {
  const Value& first = *call.inputs[0];
  graph::DType dtype = first.dtype;
  for (size_t i = 1; i < call.inputs.size(); ++i) {
    const Value& input = *call.inputs[i];
    dtype = PromoteTypes(dtype, input.dtype);
    if (input.shape == first.shape) continue;
    return Refuse(absl::StrCat("input ", i, " is ", ToString(input.shape), ", the first one ",
                               ToString(first.shape)));
  }
  ASSIGN_OR_RETURN(const int64_t dim, graph::GetInt(call.op.attributes, "dim", 0));
  ASSIGN_OR_RETURN(const size_t index, WrapDim(dim, first.shape.size() + 1));
  Shape shape = first.shape;
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(index),
               static_cast<int64_t>(call.inputs.size()));
  return TensorTypes{{dtype, std::move(shape)}};
}

// Without dims the elements shift as one sequence.
InferResult InferRoll(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const std::vector<int64_t> shifts, GetList(call.op.attributes, "shifts"));
  std::vector<int64_t> dims;
  if (call.op.attributes.contains(std::string_view("dims"))) {
    ASSIGN_OR_RETURN(dims, GetList(call.op.attributes, "dims"));
  }
  if (shifts.empty() || shifts.size() != std::max<size_t>(dims.size(), 1)) {
    return Refuse(absl::StrCat(shifts.size(), " shifts for ", dims.size(), " dims"));
  }
  const bool is_empty =
      std::find(input->shape.begin(), input->shape.end(), 0) != input->shape.end();
  if (is_empty) return SameAsFirst(call);  // PyTorch looks no further
  for (const int64_t dim : dims) RETURN_IF_ERROR(WrapDim(dim, input->shape.size()).status());
  return SameAsFirst(call);
}

InferResult InferFlip(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const std::vector<int64_t> dims, GetList(call.op.attributes, "dims"));
  std::vector<bool> used(std::max<size_t>(input->shape.size(), 1));
  for (const int64_t dim : dims) {
    ASSIGN_OR_RETURN(const size_t index, WrapDim(dim, input->shape.size()));
    if (used[index]) return Refuse(absl::StrCat("dim ", dim, " repeats"));
    used[index] = true;
  }
  return SameAsFirst(call);
}

InferResult InferTriangle(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  RETURN_IF_ERROR(CheckRank(*input, "input", 2, SIZE_MAX));
  return SameAsFirst(call);
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
      {"stack",
       kFamily,
       "The inputs joined along a new dimension. A copy of each; no FLOPs.",
       {"tensors*"},
       InferStack,
       MoveCost,
       SavesNothing},
      {"roll",
       kFamily,
       "The elements shifted along dims; those that leave come in on the other side. No FLOPs.",
       {"input"},
       InferRoll,
       MoveCost,
       SavesNothing},
      {"flip",
       kFamily,
       "The elements in reverse order along dims. No FLOPs.",
       {"input"},
       InferFlip,
       MoveCost,
       SavesNothing},
      {"tril",
       kFamily,
       "Matrices with zeros above a diagonal. No FLOPs.",
       {"input"},
       InferTriangle,
       MoveCost,
       SavesNothing},
      {"triu",
       kFamily,
       "Matrices with zeros below a diagonal. No FLOPs.",
       {"input"},
       InferTriangle,
       MoveCost,
       SavesNothing},
  };
}

}  // namespace latcast::ops
