// What the operators share that reduce dimensions to one number each.
#ifndef LATCAST_ANALYZER_OPS_REDUCTION_H_
#define LATCAST_ANALYZER_OPS_REDUCTION_H_

#include "absl/status/statusor.h"
#include "analyzer/ops/op_def.h"
#include "analyzer/ops/rule.h"

namespace latcast::ops {

// What remains of the first input: without the dimensions of the attribute dim (a number or a list;
// absent or empty means all of them), or with 1 in their place under keepdim. INVALID_ARGUMENT
// where a dimension is outside or repeats.
absl::StatusOr<graph::Shape> ReducedShape(const OpCall& call);

// INVALID_ARGUMENT where a number would have to come from no element: "dimension 1 of 3x0 is empty".
absl::Status CheckNotEmpty(const OpCall& call);

absl::Status CheckFloating(const graph::Value& value);

// MoveCost with so many FLOPs for every element of the input, and of the first output.
absl::StatusOr<OpCost> ReductionCost(const OpCall& call, int64_t input_flops, int64_t output_flops);

template <int64_t kInput, int64_t kOutput = 0>
absl::StatusOr<OpCost> Reduces(const OpCall& call) {
  return ReductionCost(call, kInput, kOutput);
}

}  // namespace latcast::ops

#endif  // LATCAST_ANALYZER_OPS_REDUCTION_H_
