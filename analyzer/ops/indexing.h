// Indexing by tensors as PyTorch has it: x[i, :, j].
#ifndef LATCAST_ANALYZER_OPS_INDEXING_H_
#define LATCAST_ANALYZER_OPS_INDEXING_H_

#include <span>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "analyzer/graph/graph.h"

namespace latcast::ops {

// The shape of input[indices], where indices[i] is for dimension i (a mask for as many dimensions
// as it has) and nullptr takes a dimension whole. All indices broadcast together; what they give
// stands where they stand, or in front where a whole dimension lies between them. A mask gives
// `count` entries, whose error is returned where there is one. INVALID_ARGUMENT for indices that
// are no whole numbers, more of them than dimensions, masks of another shape than what they mask,
// and indices that do not broadcast.
absl::StatusOr<graph::Shape> IndexedShape(const graph::Value& input,
                                          std::span<const graph::Value* const> indices,
                                          const absl::StatusOr<int64_t>& count);

// Bool and uint8 tensors say which entries to take, others where they are.
bool IsMask(const graph::Value& index);

// An index must be of whole numbers; `wide` ones of 64 bits.
absl::Status CheckIndex(const graph::Value& index, bool wide);

// A position for each of some entries: `index` has the rank of `input` and, but for `dim`, no more
// entries than it. Scalars count as vectors of one.
absl::Status CheckPositions(const graph::Value& index, const graph::Value& input, size_t dim);

}  // namespace latcast::ops

#endif  // LATCAST_ANALYZER_OPS_INDEXING_H_
