// Which kernels PyTorch's CPU library runs, as far as latency depends on it.
#ifndef LATCAST_ANALYZER_FEATURES_CPU_H_
#define LATCAST_ANALYZER_FEATURES_CPU_H_

#include "analyzer/graph/graph.h"
#include "analyzer/ops/convolution.h"

namespace latcast::features {

// Whether a convolution takes the oneDNN path, which packs its operands (else the fallback, which
// unfolds the input and multiplies matrices). In float32 it does if
//   it is strided, dilated, has a batch of 16 or more, is not 1 x 1, or several threads run it, and
//   it is grouped, larger than 3 x 3 both ways, has a batch over 1, or an input of over 20480
//   elements;
// in bfloat16 always, on CPUs that know the type; in other types never. A transposed one never does
// where output_padding reaches the stride. Of three dimensions, the kernel is looked at along the
// last two, and the input counts without its last. `threads` is the intra-op thread count. Observed
// on PyTorch 2.11.
bool TakesOneDnnPath(const ops::ConvGeometry& conv, graph::DType dtype, int threads);

}  // namespace latcast::features

#endif  // LATCAST_ANALYZER_FEATURES_CPU_H_
