// Costs of every operator, module call and of the whole graph.
#ifndef LATCAST_ANALYZER_COST_GRAPH_COST_H_
#define LATCAST_ANALYZER_COST_GRAPH_COST_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "analyzer/cost/rules.h"
#include "analyzer/graph/graph.h"
#include "analyzer/ops/op_def.h"

namespace latcast::cost {

enum class Completeness { kComplete, kPartial };

// Sums over some operators. `kPartial`: the numbers are lower bounds, because the graph holds
// operators nobody knows (GraphCost::unknown_ops).
struct CostSum {
  int64_t macs = 0;
  int64_t macs_by_class[6] = {};  // by ops::MacClass
  int64_t flops = 0;
  int64_t bytes_read = 0;
  int64_t bytes_written = 0;
  int64_t input_elements = 0;   // activations read
  int64_t weight_elements = 0;  // parameters and buffers read
  int64_t output_elements = 0;  // activations written
  int64_t kernels = 0;
  int64_t ops = 0;
  Completeness completeness = Completeness::kComplete;

  // Elements read and written, activations and weights.
  int64_t elements_moved() const { return input_elements + weight_elements + output_elements; }
};

// Of one operator.
CostSum SumOf(const ops::OpCost& cost);

// Parameters are counted once however often a module is called or a tensor is shared.
struct ParameterCount {
  int64_t trainable = 0;
  int64_t frozen = 0;
  int64_t buffers = 0;          // elements of buffers
  int64_t parameter_bytes = 0;  // parameters only
  int64_t buffer_bytes = 0;
  int64_t parameters() const { return trainable + frozen; }
};

struct UnknownOp {
  std::string type;
  int64_t calls = 0;
};

struct GraphCost {
  std::vector<std::optional<ops::OpCost>> ops;  // by operator; nullopt where nobody knows it
  std::vector<CostSum> calls;                   // by module call, its children included
  std::vector<ParameterCount> call_parameters;  // by module call, its children included
  CostSum total;
  ParameterCount parameters;
  std::vector<UnknownOp> unknown_ops;  // by type
};

struct CostOptions {
  const Rules* rules = nullptr;  // the user's own counts, before the built-in ones
  // The shapes are those ops::InferShapes has just given: they are not inferred again.
  bool shapes_are_inferred = false;
};

// The graph must be sound (graph/verify.h). OUT_OF_RANGE or INVALID_ARGUMENT naming the operator
// when a rule refuses it. Operators without a rule are listed, not guessed.
absl::StatusOr<GraphCost> ComputeCost(const graph::Graph& graph, const CostOptions& options = {});

}  // namespace latcast::cost

#endif  // LATCAST_ANALYZER_COST_GRAPH_COST_H_
