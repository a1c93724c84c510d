// How many bytes of activations are alive while each operator runs, in two forms.
//
// Planned: a storage is freed after the last operator that touches it, as a compiled runtime can.
// Eager: it also lives as long as a Python frame holds it. Whoever calls a module holds what it
// passes in until the call returns, so a storage lives until every module call that received it has
// run its last operator. Where all that a module's own code does is to join tensors and to hand the
// result to its children, as the layers of DenseNet do, it keeps the result under a name until it
// returns. Other names that outlive the last use of what they stand for do not show in a graph: the
// eager form misses them.
//
// The network's outputs live to the end in both forms, copies that autocast caches in the eager
// one; parameters, buffers and inputs are not counted, the caller holds them all the time.
//
// What an eager kernel allocates beside its result (the indices of a max pool, the statistics of a
// layer norm, operands of a product in another order) is alive while it runs, in both forms.
//
//   conv -> batch norm -> relu in place at 1 x 64 x 112 x 112, float32: batch norm reads 3.0625 MiB
//   and writes as much, the relu adds nothing: the peak is 6.125 MiB.
#ifndef LATCAST_ANALYZER_MEMORY_LIVENESS_H_
#define LATCAST_ANALYZER_MEMORY_LIVENESS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "analyzer/graph/graph.h"
#include "analyzer/memory/layout.h"
#include "analyzer/memory/storages.h"

namespace latcast::memory {

// The operators during which a storage is alive, both included; last < first: never.
struct Lifetime {
  int32_t first = 0;
  int32_t last = -1;
};

// By storage; weights and inputs have none.
std::vector<Lifetime> PlannedLifetimes(const graph::Graph& graph, const Storages& storages);
std::vector<Lifetime> EagerLifetimes(const graph::Graph& graph, const Storages& storages);

// By operator: what its kernel allocates beside the outputs the graph records, in evaluation.
// Operators nobody knows count nothing. Fails as the operators' rules do, naming the operator.
absl::StatusOr<std::vector<int64_t>> KernelBytes(const graph::Graph& graph, const Layouts& layouts);

struct LiveValue {
  graph::ValueId value = graph::kNone;  // the tensor; kNone for what the kernel allocates beside
  graph::OpId op = graph::kNone;        // what made it; kNone for constants
  int64_t bytes = 0;
};

struct Timeline {
  std::vector<int64_t> live_bytes;  // by operator
  int64_t peak_bytes = 0;
  graph::OpId peak_op = graph::kNone;  // the first operator with the peak; kNone for an empty graph
  std::vector<LiveValue> at_peak;      // alive while it runs; largest first
};

// The sums must fit 64 bits (CheckSums in storages.h).
Timeline MakeTimeline(const graph::Graph& graph, const Storages& storages,
                      const std::vector<Lifetime>& lifetimes,
                      const std::vector<int64_t>& kernel_bytes);

}  // namespace latcast::memory

#endif  // LATCAST_ANALYZER_MEMORY_LIVENESS_H_
