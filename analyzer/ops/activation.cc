#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/pointwise.h"
#include "analyzer/ops/rule.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"

namespace latcast::ops {
namespace {

// OK(true) for the tanh approximation.
absl::StatusOr<bool> IsTanhGelu(const OpCall& call) {
  const auto it = call.op.attributes.find(std::string_view("approximate"));
  if (it == call.op.attributes.end()) return false;
  const std::string* mode = std::get_if<std::string>(&it->second);
  if (mode != nullptr && *mode == "none") return false;
  if (mode != nullptr && *mode == "tanh") return true;
  return Refuse(absl::StrCat("attribute approximate: ", graph::ToString(it->second),
                             ", \"none\" or \"tanh\" expected"));
}

InferResult InferGelu(const OpCall& call) {
  RETURN_IF_ERROR(IsTanhGelu(call).status());
  return SameAsFirst(call);
}

absl::StatusOr<OpCost> CostGelu(const OpCall& call) {
  ASSIGN_OR_RETURN(const bool tanh, IsTanhGelu(call));
  return ElementwiseCost(call, tanh ? 13 : 5);
}

InferResult InferHardtanh(const OpCall& call) {
  ASSIGN_OR_RETURN(const double min, graph::GetDouble(call.op.attributes, "min_val", -1.0));
  ASSIGN_OR_RETURN(const double max, graph::GetDouble(call.op.attributes, "max_val", 1.0));
  if (!(min <= max)) {
    return Refuse(absl::StrCat("min_val ", min, " is not below max_val ", max));
  }
  return SameAsFirst(call);
}

InferResult InferPrelu(const OpCall& call) {
  ASSIGN_OR_RETURN(const graph::Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const graph::Value* weight, call.Input(1));
  RETURN_IF_ERROR(CheckRank(*weight, "weight", 0, 1));
  RETURN_IF_ERROR(CheckSameType(*input, *weight));
  const int64_t slopes = weight->shape.empty() ? 1 : weight->shape[0];
  const int64_t channels = input->shape.size() >= 2 ? input->shape[1] : 1;
  if (slopes != 1 && slopes != channels) {
    return Refuse(absl::StrCat("weight has ", slopes, " slopes, 1 or ", channels,
                               " (one a channel) expected"));
  }
  return SameAsFirst(call);
}

}  // namespace

std::vector<OpDef> ActivationOps() {
  constexpr std::string_view kFamily = "activation";
  return {
      {"relu",
       kFamily,
       "max(x, 0). FLOPs: 1 an element.",
       {"input"},
       SameAsFirst,
       Flops<1>,
       SavesOutput},
      {"relu6",
       kFamily,
       "min(max(x, 0), 6). FLOPs: 2 an element.",
       {"input"},
       SameAsFirst,
       Flops<2>,
       SavesInput},
      {"hardtanh",
       kFamily,
       "min(max(x, min_val), max_val). FLOPs: 2 an element.",
       {"input"},
       InferHardtanh,
       Flops<2>,
       SavesInput},
      {"sigmoid",
       kFamily,
       "1 / (1 + exp(-x)). FLOPs: 4 an element, the exponential being one.",
       {"input"},
       Pointwise<Gives::kFraction>,
       Flops<4>,
       SavesOutput},
      {"silu",
       kFamily,
       "x sigmoid(x). FLOPs: 5 an element, the exponential being one.",
       {"input"},
       SameAsFirst,
       Flops<5>,
       SavesInput},
      {"hardsigmoid",
       kFamily,
       "min(max(x + 3, 0), 6) / 6. FLOPs: 4 an element.",
       {"input"},
       SameAsFirst,
       Flops<4>,
       SavesInput},
      {"hardswish",
       kFamily,
       "x hardsigmoid(x). FLOPs: 5 an element.",
       {"input"},
       SameAsFirst,
       Flops<5>,
       SavesInput},
      {"tanh",
       kFamily,
       "1 - 2 / (exp(2x) + 1). FLOPs: 5 an element, the exponential being one.",
       {"input"},
       Pointwise<Gives::kFraction>,
       Flops<5>,
       SavesOutput},
      {"gelu",
       kFamily,
       "x / 2 (1 + erf(x / sqrt 2)). FLOPs: 5 an element, the error function being one; 13 with "
       "the "
       "tanh approximation.",
       {"input"},
       InferGelu,
       CostGelu,
       SavesInput},
      {"leaky_relu",
       kFamily,
       "x, or negative_slope x below 0. FLOPs: 2 an element (comparison, multiplication).",
       {"input"},
       SameAsFirst,
       Flops<2>,
       SavesWhatRemains},
      {"prelu",
       kFamily,
       "x, or weight x below 0, one weight or one a channel. FLOPs: 2 an element (comparison, "
       "multiplication).",
       {"input", "weight"},
       InferPrelu,
       Flops<2>,
       SavesInputs},
  };
}

}  // namespace latcast::ops
