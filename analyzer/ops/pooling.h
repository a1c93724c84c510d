// The windows of a pooling call, which its cost and the CPU features count.
#ifndef LATCAST_ANALYZER_OPS_POOLING_H_
#define LATCAST_ANALYZER_OPS_POOLING_H_

#include "absl/status/statusor.h"
#include "analyzer/ops/op_def.h"

namespace latcast::ops {

// Window elements over all outputs: outputs x kernel elements for max_pool2d and avg_pool2d
// (padding and overhang included), the exact windows for the adaptive ones. INVALID_ARGUMENT for
// any other operator; OUT_OF_RANGE.
absl::StatusOr<int64_t> PoolWindowElements(const OpCall& call);

}  // namespace latcast::ops

#endif  // LATCAST_ANALYZER_OPS_POOLING_H_
