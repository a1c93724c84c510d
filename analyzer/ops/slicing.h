// Shapes of parts of a tensor, for the views that take them and the operators that write them.
#ifndef LATCAST_ANALYZER_OPS_SLICING_H_
#define LATCAST_ANALYZER_OPS_SLICING_H_

#include "absl/status/statusor.h"
#include "analyzer/graph/graph.h"

namespace latcast::ops {

// By the attributes of select (dim, index), slice (dim, start, end, step) and diagonal (offset,
// dim1, dim2). INVALID_ARGUMENT for a scalar, a dimension that does not exist, or an index outside
// it; slice takes what there is between its ends.
absl::StatusOr<graph::Shape> SelectedShape(const graph::Attributes& attributes,
                                           const graph::Value& input);
absl::StatusOr<graph::Shape> SlicedShape(const graph::Attributes& attributes,
                                         const graph::Value& input);
absl::StatusOr<graph::Shape> DiagonalShape(const graph::Attributes& attributes,
                                           const graph::Value& input);

}  // namespace latcast::ops

#endif  // LATCAST_ANALYZER_OPS_SLICING_H_
