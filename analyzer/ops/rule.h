// What the shape and cost rules of the operator families share. Private to this room and to the
// rooms that read geometry from a call.
#ifndef LATCAST_ANALYZER_OPS_RULE_H_
#define LATCAST_ANALYZER_OPS_RULE_H_

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "analyzer/graph/graph.h"
#include "analyzer/ops/op_def.h"
#include "analyzer/ops/sizes.h"
#include "base/checked.h"

namespace latcast::ops {

using graph::ToString;  // of shapes, in errors

using InferResult = absl::StatusOr<TensorTypes>;

inline absl::Status Refuse(std::string_view what) {
  return absl::InvalidArgumentError(absl::string_view(what.data(), what.size()));
}

bool IsFloating(graph::DType dtype);

// The product of the dimensions; 1 for a scalar.
Checked Elements(const graph::Shape& shape);

// A dimension as PyTorch counts it, negative ones from the end: "dim 4 is outside [-4, 3]". A
// scalar has one dimension for this purpose.
absl::StatusOr<size_t> WrapDim(int64_t dim, size_t rank);

// "input 3x4x5: rank 3, 4 expected".
absl::Status CheckRank(const graph::Value& value, std::string_view name, size_t min, size_t max);

// The input at this position; nullptr where it is absent.
const graph::Value* Optional(const OpCall& call, size_t index);

// Operands of convolutions and matrix products have one type.
absl::Status CheckSameType(const graph::Value& a, const graph::Value& b);

Checked Elements(const Sizes& sizes);
inline std::string ToString(const Sizes& sizes) {
  return ToString(graph::Shape(sizes.begin(), sizes.end()));
}

// The spatial dimensions an operator's name ends in: 2 for "conv2d"; 0 where there are none.
size_t SpatialDims(std::string_view type);

// An attribute such as stride: INVALID_ARGUMENT where an entry is below `min`.
absl::StatusOr<Sizes> GetSizes(const graph::Attributes& attributes, std::string_view name,
                               size_t dims, int64_t fallback, int64_t min);
// The same without a fallback.
absl::StatusOr<Sizes> GetSizes(const graph::Attributes& attributes, std::string_view name,
                               size_t dims, int64_t min);
// A list of any length; a single int is a list of one. INVALID_ARGUMENT when absent.
absl::StatusOr<std::vector<int64_t>> GetList(const graph::Attributes& attributes,
                                             std::string_view name);

// The size of a result that only its data give, kept in an attribute: INVALID_ARGUMENT when it is
// absent or negative. Such an operator pins its input (op_def.h).
absl::StatusOr<int64_t> GetCount(const OpCall& call, std::string_view name);
inline constexpr std::string_view kSizeDependsOnData =
    "the size of the result depends on its data, not on its shape";

// The shape of a result computed element by element (PyTorch's broadcasting).
absl::StatusOr<graph::Shape> Broadcast(const graph::Shape& a, const graph::Shape& b);

// Shape rule: the type of the first input.
InferResult SameAsFirst(const OpCall& call);

// One kernel that reads every input once (the same value twice is one read) and writes every
// output: all fields but MACs and FLOPs.
absl::StatusOr<OpCost> MoveCost(const OpCall& call);
// The same, but of the first input no more than so many elements are read.
absl::StatusOr<OpCost> MoveCost(const OpCall& call, int64_t most_of_first);
// MoveCost, but the first input is not read: it is written, or only lends its shape or type.
absl::StatusOr<OpCost> OverwriteCost(const OpCall& call);
// MoveCost with `flops` for every element of the first output.
absl::StatusOr<OpCost> ElementwiseCost(const OpCall& call, int64_t flops);
// MoveCost that reads no more elements of the first input than it writes.
absl::StatusOr<OpCost> PickCost(const OpCall& call);
// No cost where every output shares the storage of an input, else PickCost: a copy.
absl::StatusOr<OpCost> ViewCost(const OpCall& call);

}  // namespace latcast::ops

#endif  // LATCAST_ANALYZER_OPS_RULE_H_
