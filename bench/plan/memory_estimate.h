// How much memory running a graph takes, so that points that cannot fit are not tried.
#ifndef LATCAST_BENCH_PLAN_MEMORY_ESTIMATE_H_
#define LATCAST_BENCH_PLAN_MEMORY_ESTIMATE_H_

#include <cstdint>

#include "analyzer/graph/graph.h"

namespace latcast::bench {

// Bytes of parameters, buffers and inputs, plus, at the worst operator, the activations alive (from
// the operator that makes a storage to its last use) and once more what that operator touches, for
// the library's own copies. Saturates instead of overflowing.
int64_t EstimatePeakBytes(const graph::Graph& graph);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_PLAN_MEMORY_ESTIMATE_H_
