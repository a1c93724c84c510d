// What autograd keeps of a training forward pass for the backward pass: the operators' own rules
// (ops::Saved), every storage once and whole, parameters and buffers left out.
//
// Kept is only what some wanted gradient needs: an operator without a trainable parameter upstream
// keeps nothing, a product keeps a factor only where the other one wants a gradient, and where it
// had to copy that factor (layout.h), it keeps the copy.
#ifndef LATCAST_ANALYZER_MEMORY_SAVED_H_
#define LATCAST_ANALYZER_MEMORY_SAVED_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "analyzer/cost/gradient_flow.h"
#include "analyzer/cost/graph_cost.h"
#include "analyzer/graph/graph.h"
#include "analyzer/memory/layout.h"
#include "analyzer/memory/storages.h"

namespace latcast::memory {

// Where a network trains. Kernels differ: on the CPU, dropout keeps its mask in the input's type,
// on CUDA a byte an element.
enum class Device : uint8_t { kCuda, kCpu };

// Activations, constants and extras. kPartial: a lower bound; an operator that takes part in the
// backward pass has no rule.
struct SavedSum {
  int64_t bytes = 0;
  cost::Completeness completeness = cost::Completeness::kComplete;
};

struct Saved {
  SavedSum total;
  int64_t input_bytes = 0;  // the network's inputs that are kept: their owner holds them anyway
  std::vector<cost::UnknownOp> missing;  // the operators without a rule, by type

  // A storage counts where it is kept first, so that the parts add up.
  std::vector<std::optional<int64_t>> ops;  // by operator; nullopt without a rule
  std::vector<SavedSum> calls;              // by module call, its children included

  std::vector<graph::OpId> first_keeper;  // by storage; kNone where nobody keeps it
  std::vector<int64_t> extra_bytes;       // by operator: statistics, masks, indices
};

// `storages` are those of Mode::kTraining, `needs` GradientFlow(graph). Fails as the operators'
// rules do and with OUT_OF_RANGE when a sum does not fit 64 bits, naming the operator.
absl::StatusOr<Saved> FindSaved(const graph::Graph& graph, const Layouts& layouts,
                                const Storages& storages,
                                const std::vector<cost::GradientNeed>& needs,
                                Device device = Device::kCuda);

}  // namespace latcast::memory

#endif  // LATCAST_ANALYZER_MEMORY_SAVED_H_
