// The numbers of one conv2d call, checked: what its shape and cost rules compute with, and what
// feature sets classify kernels by.
#ifndef LATCAST_ANALYZER_OPS_CONVOLUTION_H_
#define LATCAST_ANALYZER_OPS_CONVOLUTION_H_

#include "absl/status/statusor.h"
#include "analyzer/ops/op_def.h"
#include "analyzer/ops/rule.h"

namespace latcast::ops {

struct ConvGeometry {
  int64_t batch = 1;  // 1 for an input without a batch dimension
  int64_t in_channels = 0;
  int64_t out_channels = 0;
  int64_t groups = 1;
  Pair input;
  Pair kernel;
  Pair stride;
  Pair dilation;
  Pair output;

  bool is_pointwise() const { return kernel == Pair{1, 1}; }
};

// INVALID_ARGUMENT when ranks or channels do not fit, groups do not divide, or the kernel is larger
// than the padded input.
absl::StatusOr<ConvGeometry> ReadConv2d(const OpCall& call);

// By groups first: grouped and depthwise win over the kernel size. One input channel is dense.
MacClass ClassOf(const ConvGeometry& conv);

}  // namespace latcast::ops

#endif  // LATCAST_ANALYZER_OPS_CONVOLUTION_H_
