// Whether a graph keeps the rules its readers rely on.
#ifndef LATCAST_ANALYZER_GRAPH_VERIFY_H_
#define LATCAST_ANALYZER_GRAPH_VERIFY_H_

#include "absl/status/status.h"
#include "analyzer/graph/graph.h"

namespace latcast::graph {

// Limits on graphs from strangers; a graph beyond them is RESOURCE_EXHAUSTED.
struct GraphLimits {
  size_t max_ops = 100'000;
  size_t max_values = 1'000'000;
  size_t max_calls = 200'000;
  size_t max_rank = 64;
  size_t max_attributes_per_op = 256;
  size_t max_sizes = 200'000;  // expressions, and conditions, of Graph::sizes
};

// INVALID_ARGUMENT naming the operator, value or call when: an id is out of range; an operator has
// no type or no output; operator or value names repeat; a value is read before it is written or
// written twice; an operator writes anything but an activation; a graph input is not an input value
// or is listed twice; a value has no storage number below the number of values or a negative
// dimension; the call tree has no root, or a parent does not precede its child; what is said of
// sizes is not sound (verify_sizes.h). OUT_OF_RANGE when the bytes of a value do not fit 64 bits.
absl::Status Verify(const Graph& graph, const GraphLimits& limits = {});

}  // namespace latcast::graph

#endif  // LATCAST_ANALYZER_GRAPH_VERIFY_H_
