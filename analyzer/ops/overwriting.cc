// What writes into a tensor without reading it, and changes of type.
#include "absl/strings/str_cat.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/result_type.h"
#include "analyzer/ops/rule.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::ops {
namespace {

using graph::Value;

InferResult InferFill(const OpCall& call) {
  const Value* value = call.inputs.size() > 1 ? call.inputs[1] : nullptr;
  if ((value != nullptr) == call.op.attributes.contains(std::string_view("value"))) {
    return Refuse("either input 1 or the attribute value is expected");
  }
  if (value != nullptr && !value->shape.empty()) {
    return Refuse(absl::StrCat("value ", ToString(value->shape), ", a scalar expected"));
  }
  return SameAsFirst(call);
}

InferResult InferCopy(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* target, call.Input(0));
  ASSIGN_OR_RETURN(const Value* source, call.Input(1));
  ASSIGN_OR_RETURN(const graph::Shape shape, Broadcast(target->shape, source->shape));
  if (shape != target->shape) {
    return Refuse(absl::StrCat("source ", ToString(source->shape), " does not fit ",
                               ToString(target->shape)));
  }
  return SameAsFirst(call);
}

InferResult InferTo(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const graph::DType dtype, GetDType(call.op.attributes, "dtype", input->dtype));
  return TensorTypes{{dtype, input->shape}};
}

}  // namespace

std::vector<OpDef> OverwritingOps() {
  constexpr std::string_view kFamily = "overwriting";
  return {
      {"fill",
       kFamily,
       "value everywhere, a scalar or an attribute; the input is not read. No FLOPs.",
       {"input", "value?"},
       InferFill,
       OverwriteCost,
       SavesNothing},
      {"zero",
       kFamily,
       "0 everywhere; the input is not read. No FLOPs.",
       {"input"},
       SameAsFirst,
       OverwriteCost,
       SavesNothing},
      {"copy",
       kFamily,
       "src, broadcast and in the input's type; the input itself is not read. No FLOPs.",
       {"input", "src"},
       InferCopy,
       OverwriteCost,
       SavesNothing},
      {"to",
       kFamily,
       "The same elements in another type. A copy, or no cost where a capture saw the input itself "
       "returned; no FLOPs.",
       {"input"},
       InferTo,
       ViewCost,
       SavesNothing},
  };
}

}  // namespace latcast::ops
