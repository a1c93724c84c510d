// Parameters and buffers, counted once by storage.
#ifndef LATCAST_ANALYZER_COST_PARAMETERS_H_
#define LATCAST_ANALYZER_COST_PARAMETERS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "analyzer/cost/graph_cost.h"
#include "analyzer/graph/graph.h"

namespace latcast::cost {

// One count a module call, its children included; the first is that of the whole graph and holds
// parameters that no call owns too. A tensor that two calls share counts once in each of them and
// once in their common ancestors. Where values share a storage, the first listed one is counted.
// OUT_OF_RANGE when a count does not fit 64 bits.
absl::StatusOr<std::vector<ParameterCount>> CountParameters(const graph::Graph& graph);

// That of the whole graph alone.
absl::StatusOr<ParameterCount> CountAllParameters(const graph::Graph& graph);

}  // namespace latcast::cost

#endif  // LATCAST_ANALYZER_COST_PARAMETERS_H_
