// Running sums, products and extrema along a dimension.
#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/pointwise.h"
#include "analyzer/ops/result_type.h"
#include "analyzer/ops/rule.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"

namespace latcast::ops {
namespace {

using graph::DType;
using graph::Value;

absl::StatusOr<const Value*> Scanned(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const int64_t dim, graph::GetInt(call.op.attributes, "dim"));
  RETURN_IF_ERROR(WrapDim(dim, input->shape.size()).status());
  return input;
}

InferResult InferSum(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, Scanned(call));
  const DType sum = IsFloating(input->dtype) ? input->dtype : DType::kInt64;
  ASSIGN_OR_RETURN(const DType dtype, GetDType(call.op.attributes, "dtype", sum));
  return TensorTypes{{dtype, input->shape}};
}

InferResult InferExtremum(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, Scanned(call));
  return TensorTypes{{input->dtype, input->shape}, {DType::kInt64, input->shape}};
}

absl::StatusOr<Saved> SavedByExtremum(const OpCall&) { return Saved{.inputs = 1, .outputs = 0b10}; }

InferResult InferSame(const OpCall& call) {
  RETURN_IF_ERROR(Scanned(call).status());
  return SameAsFirst(call);
}

OpDef Row(std::string_view type, std::string_view doc, InferFn infer, CostFn cost, SavedFn saved) {
  return {type, "scan", doc, {"input"}, infer, cost, saved};
}

}  // namespace

std::vector<OpDef> ScanOps() {
  return {
      Row("cumsum", "The sum of what stands up to there. FLOPs: 1 an element.", InferSum, Flops<1>,
          SavesNothing),
      Row("cumprod", "The product of what stands up to there. FLOPs: 1 an element.", InferSum,
          Flops<1>, SavesInputAndOutput),
      Row("cummax", "The largest up to there, and its index. FLOPs: 1 an element.", InferExtremum,
          Flops<1>, SavedByExtremum),
      Row("cummin", "The smallest up to there, and its index. FLOPs: 1 an element.", InferExtremum,
          Flops<1>, SavedByExtremum),
      Row("logcumsumexp",
          "log of the sum of exp(x) up to there, by logaddexp. FLOPs: 6 an element.", InferSame,
          Flops<6>, SavesInputAndOutput),
  };
}

}  // namespace latcast::ops
