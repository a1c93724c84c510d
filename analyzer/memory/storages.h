// The pieces of memory a pass over a graph touches. Values that share a storage (views, results in
// place) are one piece; its size is that of the tensor it was allocated for, so that a view that
// repeats elements (expand) adds nothing.
#ifndef LATCAST_ANALYZER_MEMORY_STORAGES_H_
#define LATCAST_ANALYZER_MEMORY_STORAGES_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "analyzer/graph/graph.h"
#include "analyzer/memory/layout.h"

namespace latcast::memory {

// Evaluation runs the graph as captured. In training, batch norm keeps statistics and dropout
// draws: what a capture saw it hand through is a tensor of its own.
enum class Mode : uint8_t { kEvaluation, kTraining };

enum class Role : uint8_t {
  kWeight,      // a parameter or buffer: there before and after the pass
  kInput,       // held by the caller
  kConstant,    // a tensor the program made of no input
  kActivation,  // allocated by an operator
};

struct Storage {
  Role role = Role::kActivation;
  int64_t bytes = 0;
  graph::OpId maker = graph::kNone;     // the operator that allocates it
  graph::ValueId value = graph::kNone;  // the value it was allocated for
};

struct Storages {
  std::vector<Storage> all;
  std::vector<int32_t> of_value;  // by value: index into `all`

  const Storage& Of(graph::ValueId id) const {
    return all[static_cast<size_t>(of_value[static_cast<size_t>(id)])];
  }
};

// The graph must be sound (graph/verify.h): the bytes of every value fit 64 bits.
Storages FindStorages(const graph::Graph& graph, const Layouts& layouts, Mode mode);

// True for a dropout that hands its input through outside training and draws in training.
bool DrawsInTraining(const graph::Op& op);

// OUT_OF_RANGE when the tensors that operators read and write are so large that sums over a forward
// and a backward pass might not fit 64 bits. `extra_bytes` are further bytes by operator.
absl::Status CheckSums(const graph::Graph& graph, const std::vector<int64_t>& extra_bytes);

// Bytes of a tensor of a sound graph.
int64_t Bytes(const graph::Value& value);

}  // namespace latcast::memory

#endif  // LATCAST_ANALYZER_MEMORY_STORAGES_H_
