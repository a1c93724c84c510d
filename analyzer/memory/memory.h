// What memory a network takes, in evaluation and in training, part by part.
//
// Parts that follow from the graph are exact counts of tensors; what depends on libraries and
// devices (rounding of the allocator, contexts, workspaces) is marked an estimate and stands beside
// the exact parts, never inside them.
#ifndef LATCAST_ANALYZER_MEMORY_MEMORY_H_
#define LATCAST_ANALYZER_MEMORY_MEMORY_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "analyzer/cost/graph_cost.h"
#include "analyzer/graph/graph.h"
#include "analyzer/memory/component.h"
#include "analyzer/memory/estimates.h"
#include "analyzer/memory/liveness.h"
#include "analyzer/memory/saved.h"
#include "analyzer/memory/training.h"

namespace latcast::memory {

struct MemoryOptions {
  Optimizer optimizer = Optimizer::kSgd;
  Device device = Device::kCuda;
  // Mixed precision (autocast.h): float16 or bfloat16; nullopt runs the graph in its own types.
  std::optional<graph::DType> autocast = std::nullopt;
  EstimateOptions estimates = {};  // on CUDA
};

struct MemoryReport {
  MemoryOptions options;  // what it was asked for
  // kPartial: lower bounds, because nobody knows what some operator's kernel allocates.
  cost::Completeness status = cost::Completeness::kComplete;

  Timeline eager;    // evaluation, as a Python program runs it
  Timeline planned;  // evaluation, every tensor freed after its last use

  Saved saved;  // has a status of its own, which is that of the training walk too
  TrainingWalk training;
  int64_t gradient_bytes = 0;  // of all trainable parameters
  int64_t state_bytes = 0;     // of the optimizer

  // The parts of the memory taken at the peak of an eager pass; estimates on CUDA only.
  std::vector<Component> evaluation_parts;
  std::vector<Component> training_parts;
};

// What an evaluation takes, without what only training or a device's libraries ask: for those who
// want many graphs' peaks. The graph must be sound (graph/verify.h); fails as AnalyzeMemory does.
struct EvaluationMemory {
  // kPartial: lower bounds, because nobody knows what some operator's kernel allocates.
  cost::Completeness status = cost::Completeness::kComplete;
  int64_t weights = 0;  // bytes of parameters; they, buffers and inputs are there all the time
  int64_t buffers = 0;
  int64_t inputs = 0;
  Timeline eager;
  Timeline planned;
};
absl::StatusOr<EvaluationMemory> AnalyzeEvaluation(const graph::Graph& graph);

// The graph must be sound (graph/verify.h) and one whose operators ComputeCost accepts. Operators
// nobody knows make the report partial. Fails as the operators' rules do, and with OUT_OF_RANGE
// when sums of bytes do not fit 64 bits, naming the operator.
absl::StatusOr<MemoryReport> AnalyzeMemory(const graph::Graph& graph,
                                           const MemoryOptions& options = {});

}  // namespace latcast::memory

#endif  // LATCAST_ANALYZER_MEMORY_MEMORY_H_
