#include <array>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/rule.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::ops {
namespace {

using graph::Value;

const Value* Optional(const OpCall& call, size_t index) {
  return index < call.inputs.size() ? call.inputs[index] : nullptr;
}

InferResult InferBatchNorm(const OpCall& call) {
  static constexpr std::array<std::string_view, 5> kNames = {"input", "weight", "bias",
                                                             "running_mean", "running_var"};
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  RETURN_IF_ERROR(CheckRank(*input, "input", 2, SIZE_MAX));
  const int64_t channels = input->shape[1];
  for (size_t i = 1; i < kNames.size(); ++i) {
    const Value* value = Optional(call, i);
    if (value != nullptr && value->shape != graph::Shape{channels}) {
      return Refuse(absl::StrCat(ToAbsl(kNames[i]), " ", ToString(value->shape), ", ", channels,
                                 " elements expected, one a channel of the input"));
    }
  }
  ASSIGN_OR_RETURN(const bool training, graph::GetBool(call.op.attributes, "training", false));
  if (!training && (Optional(call, 3) == nullptr || Optional(call, 4) == nullptr)) {
    return Refuse("running_mean and running_var are needed outside training");
  }
  return SameAsFirst(call);
}

absl::StatusOr<OpCost> CostBatchNorm(const OpCall& call) {
  ASSIGN_OR_RETURN(const bool training, graph::GetBool(call.op.attributes, "training", false));
  return ElementwiseCost(call, training ? 6 : 2);
}

// The input, and mean and inverse deviation of every channel in float32.
absl::StatusOr<Saved> SavedByBatchNorm(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  RETURN_IF_ERROR(CheckRank(*input, "input", 2, SIZE_MAX));
  ASSIGN_OR_RETURN(const int64_t statistics,
                   (Checked(input->shape[1]) * 2 * 4).Value("bytes of statistics"));
  return Saved{.inputs = 1, .extra_bytes = statistics};
}

}  // namespace

std::vector<OpDef> NormalizationOps() {
  return {{"batch_norm",
           "normalization",
           "Batch normalization over every dimension but the channels. FLOPs: 2 an element (scale "
           "and shift); in training 4 more for the statistics (a sum; a difference, a square and a "
           "sum). The update of the running statistics is not counted.",
           {"input", "weight?", "bias?", "running_mean?", "running_var?"},
           InferBatchNorm,
           CostBatchNorm,
           SavedByBatchNorm}};
}

}  // namespace latcast::ops
