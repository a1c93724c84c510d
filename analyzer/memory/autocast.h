// Mixed precision as PyTorch's autocast does it: weights stay float32 and are the master copies;
// convolutions and matrix products run in a half type, on copies of their operands in that type;
// every other operator takes what it is given.
//
// On CUDA, softmax, normalization over features or groups, and functions of a wide range run in
// float32, on copies where they are given halves. The half copy of a trainable parameter is made
// once and kept until the forward pass is over.
// (aten/src/ATen/autocast_mode.h lists the operators; gradient scaling takes no memory to speak
// of.)
#ifndef LATCAST_ANALYZER_MEMORY_AUTOCAST_H_
#define LATCAST_ANALYZER_MEMORY_AUTOCAST_H_

#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "analyzer/graph/graph.h"
#include "analyzer/memory/saved.h"

namespace latcast::memory {

struct Autocast {
  graph::Graph graph;               // with the copies as operators `to` before those that need them
  std::vector<graph::OpId> origin;  // by operator: the original one it is there for
  size_t first_copy = 0;            // values from here on are copies
};

// "float16", "bfloat16", or "" and "none" for no mixed precision; INVALID_ARGUMENT for any other.
absl::StatusOr<std::optional<graph::DType>> ParseAutocast(std::string_view name);

// `dtype` is float16 or bfloat16, else INVALID_ARGUMENT; the graph's float32 tensors are cast,
// other types stay. Fails as shape rules do, naming the operator.
absl::StatusOr<Autocast> WithAutocast(const graph::Graph& graph, graph::DType dtype, Device device);

// Whether the operator makes a half copy that is kept until the forward pass is over.
bool IsCachedCopy(const graph::Op& op);

}  // namespace latcast::memory

#endif  // LATCAST_ANALYZER_MEMORY_AUTOCAST_H_
