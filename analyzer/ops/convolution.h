// The numbers of one convolution, plain or transposed, over one, two or three spatial dimensions,
// checked: what its shape and cost rules compute with, and what feature sets classify kernels by.
#ifndef LATCAST_ANALYZER_OPS_CONVOLUTION_H_
#define LATCAST_ANALYZER_OPS_CONVOLUTION_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "analyzer/ops/op_def.h"
#include "analyzer/ops/rule.h"

namespace latcast::ops {

struct ConvGeometry {
  bool transposed = false;
  int64_t batch = 1;  // 1 for an input without a batch dimension
  int64_t in_channels = 0;
  int64_t out_channels = 0;
  int64_t groups = 1;
  // By spatial dimension.
  Sizes input;
  Sizes kernel;
  Sizes stride;
  Sizes dilation;
  Sizes output_padding;  // zeros unless transposed
  Sizes output;

  bool is_pointwise() const;  // the kernel is 1 in every dimension
};

// conv1d, conv2d, conv3d, conv_transpose1d, conv_transpose2d, conv_transpose3d.
bool IsConvolution(std::string_view type);

// INVALID_ARGUMENT when the operator is no convolution, ranks or channels do not fit, groups do not
// divide, the kernel is larger than the padded input, or more than everything is cut off a
// transposed one's output; OUT_OF_RANGE.
absl::StatusOr<ConvGeometry> ReadConvolution(const OpCall& call);

// By groups first: grouped and depthwise win over the kernel size. One input channel is dense.
MacClass ClassOf(const ConvGeometry& conv);

}  // namespace latcast::ops

#endif  // LATCAST_ANALYZER_OPS_CONVOLUTION_H_
