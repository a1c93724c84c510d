// Largest and smallest elements, and where they are.
#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/reduction.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"

namespace latcast::ops {
namespace {

using graph::DType;
using graph::Value;

bool AlongOneDim(const OpCall& call) {
  return call.op.attributes.contains(std::string_view("dim"));
}

// Along a dimension where they are, too.
InferResult InferExtremum(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  RETURN_IF_ERROR(CheckNotEmpty(call));
  ASSIGN_OR_RETURN(const graph::Shape shape, ReducedShape(call));
  if (!AlongOneDim(call)) return TensorTypes{{input->dtype, shape}};
  return TensorTypes{{input->dtype, shape}, {DType::kInt64, shape}};
}

absl::StatusOr<Saved> SavedByExtremum(const OpCall& call) {
  if (!AlongOneDim(call)) return SavesInputAndOutput(call);
  return Saved{.outputs = 0b10};
}

InferResult InferValue(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  RETURN_IF_ERROR(CheckNotEmpty(call));
  ASSIGN_OR_RETURN(graph::Shape shape, ReducedShape(call));
  return TensorTypes{{input->dtype, std::move(shape)}};
}

InferResult InferPlace(const OpCall& call) {
  ASSIGN_OR_RETURN(TensorTypes types, InferValue(call));
  types[0].dtype = DType::kInt64;
  return types;
}

InferResult InferRange(const OpCall& call) {
  ASSIGN_OR_RETURN(TensorTypes types, InferValue(call));
  types.push_back(types[0]);
  return types;
}

OpDef Row(std::string_view type, std::string_view doc, InferFn infer, SavedFn saved,
          CostFn cost = Reduces<1>) {
  return {type, "reduction", doc, {"input"}, infer, cost, saved};
}

}  // namespace

std::vector<OpDef> ExtremumOps() {
  return {
      Row("max",
          "The largest element; along a dimension also its index. FLOPs: 1 an input element "
          "(comparison).",
          InferExtremum, SavedByExtremum),
      Row("min",
          "The smallest element; along a dimension also its index. FLOPs: 1 an input element "
          "(comparison).",
          InferExtremum, SavedByExtremum),
      Row("amax", "The largest element over some dimensions. FLOPs: 1 an input element.",
          InferValue, SavesInputAndOutput),
      Row("amin", "The smallest element over some dimensions. FLOPs: 1 an input element.",
          InferValue, SavesInputAndOutput),
      Row("aminmax", "The smallest and the largest element. FLOPs: 2 an input element.", InferRange,
          SavesNothing, Reduces<2>),
      Row("argmax", "Where the largest element is. FLOPs: 1 an input element.", InferPlace,
          SavesNothing),
      Row("argmin", "Where the smallest element is. FLOPs: 1 an input element.", InferPlace,
          SavesNothing),
  };
}

}  // namespace latcast::ops
