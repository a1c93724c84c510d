#include "analyzer/ops/reduction.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/result_type.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::ops {
namespace {

using graph::DType;
using graph::Shape;
using graph::Value;

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

InferResult Reduced(const OpCall& call, DType fallback) {
  ASSIGN_OR_RETURN(const DType dtype, GetDType(call.op.attributes, "dtype", fallback));
  ASSIGN_OR_RETURN(Shape shape, ReducedShape(call));
  return TensorTypes{{dtype, std::move(shape)}};
}

// Integers and booleans add up in int64.
InferResult InferSum(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  return Reduced(call, IsFloating(input->dtype) ? input->dtype : DType::kInt64);
}

InferResult InferMean(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  if (!call.op.attributes.contains(std::string_view("dtype"))) {
    RETURN_IF_ERROR(CheckFloating(*input));
  }
  return Reduced(call, input->dtype);
}

InferResult InferCount(const OpCall& call) { return Reduced(call, DType::kInt64); }

// Bytes stay bytes.
InferResult InferLogic(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  return Reduced(call, input->dtype == DType::kUInt8 ? DType::kUInt8 : DType::kBool);
}

InferResult InferSoftmax(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const int64_t dim, graph::GetInt(call.op.attributes, "dim"));
  RETURN_IF_ERROR(WrapDim(dim, input->shape.size()).status());
  ASSIGN_OR_RETURN(const DType dtype, GetDType(call.op.attributes, "dtype", input->dtype));
  return TensorTypes{{dtype, input->shape}};
}

absl::StatusOr<OpCost> CostSoftmax(const OpCall& call) { return ElementwiseCost(call, 5); }

OpDef Row(std::string_view type, std::string_view doc, InferFn infer, CostFn cost, SavedFn saved) {
  return {type, "reduction", doc, {"input"}, infer, cost, saved};
}

}  // namespace

absl::StatusOr<Shape> ReducedShape(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const bool keepdim, graph::GetBool(call.op.attributes, "keepdim", false));
  ASSIGN_OR_RETURN(const std::vector<bool> reduced, ReducedDims(call, input->shape.size()));
  Shape shape;
  for (size_t i = 0; i < input->shape.size(); ++i) {
    if (!reduced[i]) shape.push_back(input->shape[i]);
    if (reduced[i] && keepdim) shape.push_back(1);
  }
  return shape;
}

absl::Status CheckNotEmpty(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const std::vector<bool> reduced, ReducedDims(call, input->shape.size()));
  for (size_t i = 0; i < input->shape.size(); ++i) {
    if (reduced[i] && input->shape[i] == 0) {
      return Refuse(absl::StrCat("dimension ", i, " of ", ToString(input->shape), " is empty"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckFloating(const Value& value) {
  if (IsFloating(value.dtype)) return absl::OkStatus();
  return Refuse(
      absl::StrCat("input is ", ToAbsl(Name(value.dtype)), ", a floating-point type expected"));
}

absl::StatusOr<OpCost> ReductionCost(const OpCall& call, int64_t input_flops,
                                     int64_t output_flops) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(OpCost cost, MoveCost(call));
  const Checked flops =
      Elements(input->shape) * input_flops + Elements(call.outputs[0]->shape) * output_flops;
  ASSIGN_OR_RETURN(cost.flops, flops.Value("FLOPs"));
  return cost;
}

std::vector<OpDef> ReductionOps() {
  return {
      Row("sum", "Sum over some dimensions, all by default. FLOPs: 1 an input element.", InferSum,
          Reduces<1>, SavesNothing),
      Row("nansum", "Sum of what is a number. FLOPs: 2 an input element (comparison, addition).",
          InferSum, Reduces<2>, SavesInput),
      Row("prod", "Product over one dimension, or all. FLOPs: 1 an input element.", InferSum,
          Reduces<1>, SavesInputAndOutput),
      Row("mean",
          "Mean over some dimensions, all by default. FLOPs: 1 an input element (additions and one "
          "division).",
          InferMean, Reduces<1>, SavesNothing),
      Row("any", "Whether not all are 0. FLOPs: 1 an input element.", InferLogic, Reduces<1>,
          SavesNothing),
      Row("all", "Whether none is 0. FLOPs: 1 an input element.", InferLogic, Reduces<1>,
          SavesNothing),
      Row("count_nonzero", "How many are not 0. FLOPs: 2 an input element (comparison, addition).",
          InferCount, Reduces<2>, SavesNothing),
      Row("softmax",
          "exp(x) over its sum along one dimension. FLOPs: 5 an element (maximum, difference, "
          "exponential, sum, division).",
          InferSoftmax, CostSoftmax, SavesOutput),
      Row("log_softmax",
          "Logarithm of the softmax along one dimension. FLOPs: 5 an element (maximum, difference, "
          "exponential, sum, difference), a logarithm for each sum not counted.",
          InferSoftmax, CostSoftmax, SavesOutput),
  };
}

}  // namespace latcast::ops
