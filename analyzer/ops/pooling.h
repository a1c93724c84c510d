// The windows of a pooling call, which its cost and the CPU features count.
#ifndef LATCAST_ANALYZER_OPS_POOLING_H_
#define LATCAST_ANALYZER_OPS_POOLING_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "analyzer/ops/op_def.h"

namespace latcast::ops {

// Over one, two or three dimensions, adaptive or not.
bool IsMaxPool(std::string_view type);      // max_pool2d, adaptive_max_pool1d, ...
bool IsAveragePool(std::string_view type);  // avg_pool3d, adaptive_avg_pool2d, ...

// The average of all there is: an adaptive one to a single element.
bool IsGlobalAverage(const OpCall& call);

// Window elements over all outputs: outputs x kernel elements for max_pool and avg_pool (padding
// and overhang included), the exact windows for the adaptive ones. INVALID_ARGUMENT for any other
// operator; OUT_OF_RANGE.
absl::StatusOr<int64_t> PoolWindowElements(const OpCall& call);

}  // namespace latcast::ops

#endif  // LATCAST_ANALYZER_OPS_POOLING_H_
