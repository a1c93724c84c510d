// PyTorch's type promotion.
#ifndef LATCAST_ANALYZER_OPS_ARITHMETIC_H_
#define LATCAST_ANALYZER_OPS_ARITHMETIC_H_

#include "analyzer/graph/graph.h"

namespace latcast::ops {

// The type that holds values of both: float32 for int64 and float32, int16 for uint8 and int8.
graph::DType PromoteTypes(graph::DType a, graph::DType b);

}  // namespace latcast::ops

#endif  // LATCAST_ANALYZER_OPS_ARITHMETIC_H_
