// Shapes of a whole graph from its inputs.
#ifndef LATCAST_ANALYZER_OPS_INFER_H_
#define LATCAST_ANALYZER_OPS_INFER_H_

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "analyzer/graph/builder.h"
#include "analyzer/graph/graph.h"

namespace latcast::ops {

// Recomputes dtype and shape of every activation from the inputs, in execution order.
// INVALID_ARGUMENT names the operator whose rule refuses its inputs; UNIMPLEMENTED one that has no
// rule here (the graph then keeps its captured shapes only as long as its inputs do).
absl::Status InferShapes(graph::Graph& graph);

// What --input, --batch and --dtype ask for.
struct Reshape {
  std::vector<graph::Shape> inputs = {};   // by position; empty: keep all
  std::optional<int64_t> batch = {};       // first dimension of every input
  std::optional<graph::DType> dtype = {};  // of every floating-point input, parameter and buffer
};

// A copy of the graph with these inputs, re-inferred. INVALID_ARGUMENT when the number of inputs or
// a rank differs from the graph's, a batch is given both ways and disagrees, or an input changes
// that an operator's attributes are bound to (Pinned in op_def.h). Numbers among attributes follow
// the sizes by what the graph says of them (graph/sizes.h); where it says nothing, the batch alone
// is followed, where that is safe (follow_batch.h).
absl::StatusOr<graph::Graph> WithInputs(graph::Graph graph, const Reshape& reshape);

// Adds an operator whose output shapes its own rule infers; views and in-place operators get an
// alias of an input (AliasedInput in op_def.h). Returns the outputs.
absl::StatusOr<std::vector<graph::ValueId>> AddInferred(graph::GraphBuilder& builder,
                                                        std::string type,
                                                        std::vector<graph::ValueId> inputs,
                                                        graph::Attributes attributes = {});

}  // namespace latcast::ops

#endif  // LATCAST_ANALYZER_OPS_INFER_H_
