// Random numbers. Making one is not counted: its cost is no fixed number of operations.
#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/result_type.h"
#include "analyzer/ops/rule.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"

namespace latcast::ops {
namespace {

using graph::DType;
using graph::Shape;

absl::StatusOr<TensorType> Sized(const OpCall& call, DType fallback) {
  TensorType type;
  ASSIGN_OR_RETURN(type.dtype, GetDType(call.op.attributes, "dtype", fallback));
  ASSIGN_OR_RETURN(type.shape, GetList(call.op.attributes, "size"));
  for (const int64_t dim : type.shape) {
    if (dim < 0) return Refuse(absl::StrCat("dimension ", dim, " is negative"));
  }
  return type;
}

InferResult InferReal(const OpCall& call) {
  ASSIGN_OR_RETURN(TensorType type, Sized(call, kDefaultFloating));
  return TensorTypes{std::move(type)};
}

InferResult InferWhole(const OpCall& call) {
  ASSIGN_OR_RETURN(TensorType type, Sized(call, DType::kInt64));
  return TensorTypes{std::move(type)};
}

InferResult InferPermutation(const OpCall& call) {
  ASSIGN_OR_RETURN(const DType dtype, GetDType(call.op.attributes, "dtype", DType::kInt64));
  ASSIGN_OR_RETURN(const int64_t n, graph::GetInt(call.op.attributes, "n"));
  if (n < 0) return Refuse(absl::StrCat("attribute n: ", n, " is negative"));
  return TensorTypes{{dtype, {n}}};
}

InferResult InferLike(const OpCall& call) {
  ASSIGN_OR_RETURN(const graph::Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const DType dtype, GetDType(call.op.attributes, "dtype", input->dtype));
  return TensorTypes{{dtype, input->shape}};
}

template <int64_t kFlops>
absl::StatusOr<OpCost> Cost(const OpCall& call) {
  ASSIGN_OR_RETURN(OpCost cost, OverwriteCost(call));
  ASSIGN_OR_RETURN(cost.flops, (Checked(cost.output_elements) * kFlops).Value("FLOPs"));
  return cost;
}

// Without p the input holds the probabilities, and is read.
absl::StatusOr<OpCost> CostBernoulli(const OpCall& call) {
  const bool overwrites = graph::IsInplace(call.op.attributes) || call.inputs.size() > 1 ||
                          call.op.attributes.contains(std::string_view("p"));
  return overwrites ? Cost<1>(call) : ElementwiseCost(call, 1);
}

OpDef Row(std::string_view type, std::string_view doc, std::vector<std::string_view> inputs,
          InferFn infer, CostFn cost = OverwriteCost) {
  return {type, "random", doc, std::move(inputs), infer, cost, SavesNothing};
}

}  // namespace

std::vector<OpDef> RandomOps() {
  const std::vector<std::string_view> none;
  const std::vector<std::string_view> input = {"input"};
  return {
      Row("rand", "Uniform in [0, 1), of a size. No FLOPs.", none, InferReal),
      Row("randn", "Normal, of a size. No FLOPs.", none, InferReal),
      Row("randint", "Integers from low to below high, of a size. No FLOPs.", none, InferWhole),
      Row("randperm", "0 to n - 1 in any order. No FLOPs.", none, InferPermutation),
      Row("rand_like", "Uniform in [0, 1), of the input's shape. No FLOPs.", input, InferLike),
      Row("randn_like", "Normal, of the input's shape. No FLOPs.", input, InferLike),
      Row("randint_like", "Integers from low to below high, of the input's shape. No FLOPs.", input,
          InferLike),
      Row("bernoulli", "1 with probability p, else 0. FLOPs: 1 an element (comparison).",
          {"input", "p?"}, SameAsFirst, CostBernoulli),
      Row("uniform", "Uniform between two numbers. FLOPs: 2 an element (scale and shift).", input,
          SameAsFirst, Cost<2>),
      Row("normal", "Normal of a mean and a deviation. FLOPs: 2 an element (scale and shift).",
          input, SameAsFirst, Cost<2>),
      Row("exponential", "-log(u) / lambd for a uniform u. FLOPs: 3 an element.", input,
          SameAsFirst, Cost<3>),
      Row("random", "Integers of a range. No FLOPs.", input, SameAsFirst),
  };
}

}  // namespace latcast::ops
