// The rules on Graph::sizes. Private to this room: Verify() in verify.h is what others call.
#ifndef LATCAST_ANALYZER_GRAPH_VERIFY_SIZES_H_
#define LATCAST_ANALYZER_GRAPH_VERIFY_SIZES_H_

#include "absl/status/status.h"
#include "analyzer/graph/graph.h"
#include "analyzer/graph/verify.h"

namespace latcast::graph {

// The rest of the graph keeps its rules. INVALID_ARGUMENT naming the expression, condition,
// operator or constant when: an id is out of range; an operand does not precede its expression; an
// entry names no number among the attributes; one is used before all values that it, or an
// expression before it, measures are written; conditions or constants are not in the order of
// operators; a constant is none, or has another rank. RESOURCE_EXHAUSTED beyond the limits.
absl::Status VerifySizes(const Graph& graph, const GraphLimits& limits);

}  // namespace latcast::graph

#endif  // LATCAST_ANALYZER_GRAPH_VERIFY_SIZES_H_
