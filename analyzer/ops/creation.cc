// Tensors that come from numbers, or from the shape of another one.
#include <cmath>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/result_type.h"
#include "analyzer/ops/rule.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::ops {
namespace {

using graph::Attributes;
using graph::DType;
using graph::Shape;

absl::StatusOr<int64_t> GetLength(const Attributes& attributes, std::string_view name) {
  ASSIGN_OR_RETURN(const int64_t length, graph::GetInt(attributes, name));
  if (length >= 0) return length;
  return Refuse(absl::StrCat("attribute ", ToAbsl(name), ": ", length, " is negative"));
}

InferResult Result(const OpCall& call, DType fallback, Shape shape) {
  for (const int64_t dim : shape) {
    if (dim < 0) return Refuse(absl::StrCat("dimension ", dim, " is negative"));
  }
  ASSIGN_OR_RETURN(const DType dtype, GetDType(call.op.attributes, "dtype", fallback));
  return TensorTypes{{dtype, std::move(shape)}};
}

// Of the given size, float32 unless another type is asked for.
InferResult InferSized(const OpCall& call) {
  ASSIGN_OR_RETURN(Shape size, GetList(call.op.attributes, "size"));
  return Result(call, kDefaultFloating, std::move(size));
}

absl::StatusOr<DType> TypeOf(const OpCall& call, std::string_view name) {
  const auto it = call.op.attributes.find(name);
  if (it != call.op.attributes.end()) return NumberType(name, it->second);
  return Refuse(absl::StrCat("attribute ", ToAbsl(name), " is missing"));
}

InferResult InferFull(const OpCall& call) {
  ASSIGN_OR_RETURN(Shape size, GetList(call.op.attributes, "size"));
  ASSIGN_OR_RETURN(const DType dtype, TypeOf(call, "fill_value"));
  return Result(call, dtype, std::move(size));
}

// Of the given size and the input's type.
InferResult InferNew(const OpCall& call) {
  ASSIGN_OR_RETURN(const graph::Value* input, call.Input(0));
  ASSIGN_OR_RETURN(Shape size, GetList(call.op.attributes, "size"));
  return Result(call, input->dtype, std::move(size));
}

InferResult InferLike(const OpCall& call) {
  ASSIGN_OR_RETURN(const graph::Value* input, call.Input(0));
  return Result(call, input->dtype, input->shape);
}

// Numbers from start to below end: exact for integers, rounded as PyTorch rounds for others.
absl::StatusOr<int64_t> Steps(const Attributes& attributes, DType dtype) {
  ASSIGN_OR_RETURN(const double start, graph::GetDouble(attributes, "start", 0.0));
  ASSIGN_OR_RETURN(const double end, graph::GetDouble(attributes, "end", 0.0));
  ASSIGN_OR_RETURN(const double step, graph::GetDouble(attributes, "step", 1.0));
  const bool whole = dtype == DType::kInt64;
  const double stride = whole ? std::trunc(step) : step;
  const double distance = whole ? std::trunc(end) - std::trunc(start) : end - start;
  if (stride == 0.0) return Refuse("attribute step is 0");
  if (!(distance / stride >= 0.0)) {
    return Refuse(absl::StrCat("from ", start, " to ", end, " by steps of ", step, " is no range"));
  }
  const double count = std::ceil(distance / stride);
  if (count >= 0x1p53) return absl::OutOfRangeError("the number of steps does not fit 53 bits");
  return static_cast<int64_t>(count);
}

InferResult InferArange(const OpCall& call) {
  const Attributes& attributes = call.op.attributes;
  bool whole = true;
  for (const std::string_view name : {"start", "end", "step"}) {
    const auto it = attributes.find(name);
    if (it != attributes.end()) whole = whole && !std::holds_alternative<double>(it->second);
  }
  ASSIGN_OR_RETURN(const DType dtype,
                   GetDType(attributes, "dtype", whole ? DType::kInt64 : kDefaultFloating));
  if (!attributes.contains(std::string_view("end"))) return Refuse("attribute end is missing");
  ASSIGN_OR_RETURN(const int64_t steps, Steps(attributes, dtype));
  return TensorTypes{{dtype, {steps}}};
}

InferResult InferLinspace(const OpCall& call) {
  ASSIGN_OR_RETURN(const int64_t steps, GetLength(call.op.attributes, "steps"));
  return Result(call, kDefaultFloating, {steps});
}

InferResult InferEye(const OpCall& call) {
  ASSIGN_OR_RETURN(const int64_t rows, GetLength(call.op.attributes, "n"));
  ASSIGN_OR_RETURN(const int64_t columns, graph::GetInt(call.op.attributes, "m", rows));
  return Result(call, kDefaultFloating, {rows, columns});
}

InferResult InferScalar(const OpCall& call) {
  RETURN_IF_ERROR(TypeOf(call, "s").status());
  return Result(call, kDefaultFloating, {});
}

absl::StatusOr<OpCost> CostSequence(const OpCall& call) {
  ASSIGN_OR_RETURN(OpCost cost, OverwriteCost(call));
  ASSIGN_OR_RETURN(cost.flops, (Checked(cost.output_elements) * 2).Value("FLOPs"));
  return cost;
}

absl::StatusOr<OpCost> CostNothing(const OpCall&) { return OpCost{}; }

OpDef Row(std::string_view type, std::string_view doc, std::vector<std::string_view> inputs,
          InferFn infer, CostFn cost = OverwriteCost) {
  return {type, "creation", doc, std::move(inputs), infer, cost, SavesNothing};
}

}  // namespace

std::vector<OpDef> CreationOps() {
  const std::vector<std::string_view> none;
  const std::vector<std::string_view> like = {"input"};  // for its shape or type, never read
  return {
      Row("zeros", "Zeros of a size. No FLOPs.", none, InferSized),
      Row("ones", "Ones of a size. No FLOPs.", none, InferSized),
      Row("full", "One number everywhere. No FLOPs.", none, InferFull),
      Row("empty", "Memory of a size, written by nobody. No cost.", none, InferSized, CostNothing),
      Row("new_zeros", "Zeros of a size and the input's type. No FLOPs.", like, InferNew),
      Row("new_ones", "Ones of a size and the input's type. No FLOPs.", like, InferNew),
      Row("new_full", "One number everywhere, of a size and the input's type. No FLOPs.", like,
          InferNew),
      Row("new_empty", "Memory of a size and the input's type. No cost.", like, InferNew,
          CostNothing),
      Row("zeros_like", "Zeros of the input's shape and type. No FLOPs.", like, InferLike),
      Row("ones_like", "Ones of the input's shape and type. No FLOPs.", like, InferLike),
      Row("full_like", "One number everywhere, of the input's shape and type. No FLOPs.", like,
          InferLike),
      Row("empty_like", "Memory of the input's shape and type. No cost.", like, InferLike,
          CostNothing),
      Row("arange", "start, start + step, ... below end. FLOPs: 2 an element.", none, InferArange,
          CostSequence),
      Row("linspace", "As many numbers as steps, evenly from start to end. FLOPs: 2 an element.",
          none, InferLinspace, CostSequence),
      Row("eye", "Ones on the diagonal of n x m, zeros elsewhere. No FLOPs.", none, InferEye),
      Row("scalar_tensor", "A number as a tensor. No FLOPs.", none, InferScalar),
  };
}

}  // namespace latcast::ops
