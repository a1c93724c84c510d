#include "analyzer/features/graph_features.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace latcast::features {
namespace {

using graph::Graph;

double BatchOf(const Graph& graph) {
  if (graph.inputs.empty()) return 1.0;
  const graph::Shape& shape = graph.value(graph.inputs.front()).shape;
  return shape.empty() ? 1.0 : static_cast<double>(shape.front());
}

// All columns present, all zero but the batch.
FeatureVector Empty(double batch) {
  FeatureVector vector;
  for (size_t i = 0; i < kFeatureCount; ++i) vector.Set(static_cast<Feature>(i), 0.0);
  vector.Set(Feature::kBatch, batch);
  return vector;
}

}  // namespace

absl::StatusOr<GraphFeatures> ComputeFeatures(const Graph& graph, const FeatureOptions& options) {
  ASSIGN_OR_RETURN(const cost::GraphCost costs, cost::ComputeCost(graph, {.rules = options.rules}));
  return ComputeFeatures(graph, costs, options);
}

absl::StatusOr<GraphFeatures> ComputeFeatures(const Graph& graph, const cost::GraphCost& costs,
                                              const FeatureOptions& options) {
  if (options.threads < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("threads: ", options.threads, ", at least 1 expected"));
  }
  const FeatureVector empty = Empty(BatchOf(graph));
  GraphFeatures result;
  result.ops.assign(graph.ops.size(), empty);
  result.calls.assign(graph.calls.size(), empty);
  result.completeness = costs.total.completeness;
  result.unknown_ops = costs.unknown_ops;
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    // What neither runs nor multiplies has no features; a rule may say so of any operator.
    if (costs.ops[i].has_value() && (costs.ops[i]->kernels > 0 || costs.ops[i]->macs > 0)) {
      const ops::OpCall call = ops::MakeCall(graph, graph.ops[i]);
      AddGeneralFeatures(call, *costs.ops[i], result.ops[i]);
      AddClassicFeatures(call, *costs.ops[i], result.ops[i]);
      std::optional<ops::ConvGeometry> conv;
      if (ops::IsConvolution(call.op.type)) {
        ASSIGN_OR_RETURN(conv, ops::ReadConvolution(call));
      }
      AddCpuFeatures(call, *costs.ops[i], conv ? &*conv : nullptr, options, result.ops[i]);
      AddCudaFeatures(call, *costs.ops[i], conv ? &*conv : nullptr, result.ops[i]);
    }
    result.calls[static_cast<size_t>(graph.ops[i].call)] += result.ops[i];
  }
  // Parents come before children: from the back, every call is complete when it is added.
  for (size_t i = graph.calls.size(); i-- > 1;) {
    result.calls[static_cast<size_t>(graph.calls[i].parent)] += result.calls[i];
  }
  result.total = result.calls.front();
  return result;
}

}  // namespace latcast::features
