// Operator costs -> FeatureVector: the general columns, the classic count, the path-aware CPU
// columns and those of GPU kernels, all in one pass. One file a feature set; base/features.h names
// the columns.
#ifndef LATCAST_ANALYZER_FEATURES_GRAPH_FEATURES_H_
#define LATCAST_ANALYZER_FEATURES_GRAPH_FEATURES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "analyzer/cost/graph_cost.h"
#include "analyzer/graph/graph.h"
#include "analyzer/ops/convolution.h"
#include "analyzer/ops/op_def.h"
#include "base/features.h"

namespace latcast::features {

struct FeatureOptions {
  int threads = 1;                     // intra-op threads: decides the path of the CPU library
  const cost::Rules* rules = nullptr;  // the user's own counts, before the built-in ones
};

struct GraphFeatures {
  FeatureVector total;
  std::vector<FeatureVector> ops;    // by operator
  std::vector<FeatureVector> calls;  // by module call, its children included
  cost::Completeness completeness = cost::Completeness::kComplete;
  std::vector<cost::UnknownOp> unknown_ops;
};

// Adds one operator's contribution to one feature set's columns, all of which `out` has. `cost` is
// what ops::CostOp gave for the call, `conv` its geometry where it is a convolution, else nullptr.
void AddGeneralFeatures(const ops::OpCall& call, const ops::OpCost& cost, FeatureVector& out);
void AddClassicFeatures(const ops::OpCall& call, const ops::OpCost& cost, FeatureVector& out);
void AddCpuFeatures(const ops::OpCall& call, const ops::OpCost& cost, const ops::ConvGeometry* conv,
                    const FeatureOptions& options, FeatureVector& out);
void AddCudaFeatures(const ops::OpCall& call, const ops::OpCost& cost,
                     const ops::ConvGeometry* conv, FeatureVector& out);

// Every column of every operator, module call and of the whole graph, also where it is zero;
// `batch` is the first dimension of the first graph input (1 without one). Operators that nobody
// knows count nothing and make the result partial. The graph must be sound (graph/verify.h).
// INVALID_ARGUMENT when options.threads < 1, or as ComputeCost.
absl::StatusOr<GraphFeatures> ComputeFeatures(const graph::Graph& graph,
                                              const FeatureOptions& options = {});
// The same from costs at hand, which ComputeCost gave for this graph (options.rules is not read).
absl::StatusOr<GraphFeatures> ComputeFeatures(const graph::Graph& graph,
                                              const cost::GraphCost& costs,
                                              const FeatureOptions& options = {});

}  // namespace latcast::features

#endif  // LATCAST_ANALYZER_FEATURES_GRAPH_FEATURES_H_
