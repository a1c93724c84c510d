// Rules of operators that compute every element of the result from the elements in its place, all
// operands broadcast. An operand is the tensor at an input's position, or a number: the attribute
// with that input's name.
#ifndef LATCAST_ANALYZER_OPS_POINTWISE_H_
#define LATCAST_ANALYZER_OPS_POINTWISE_H_

#include "absl/status/statusor.h"
#include "analyzer/ops/op_def.h"
#include "analyzer/ops/rule.h"

namespace latcast::ops {

// The type of the result, given the operands' promoted type.
enum class Gives {
  kSame,      // that type
  kNumber,    // that type; no operand may be bool
  kPower,     // that type, int64 for booleans
  kWhole,     // that type, which must not be a floating-point one
  kFraction,  // float32 for integers and booleans
  kBool,
};

// The broadcast shape and the promoted type of the operands from position `first` on.
// INVALID_ARGUMENT unless each is either a tensor or a number, or neither where `all` is false.
struct Operands {
  size_t first = 0;
  bool all = true;
  bool booleans = true;  // else they are refused
};
absl::StatusOr<TensorType> Promoted(const OpCall& call, Operands operands = {});

absl::StatusOr<TensorType> PointwiseType(const OpCall& call, Gives gives);

template <Gives kGives>
InferResult Pointwise(const OpCall& call) {
  absl::StatusOr<TensorType> type = PointwiseType(call, kGives);
  if (!type.ok()) return std::move(type).status();
  return TensorTypes{*std::move(type)};
}

// FLOPs for every element of the result.
template <int64_t kFlops>
absl::StatusOr<OpCost> Flops(const OpCall& call) {
  return ElementwiseCost(call, kFlops);
}

}  // namespace latcast::ops

#endif  // LATCAST_ANALYZER_OPS_POINTWISE_H_
