// The gradients alive during a backward pass, in the order autograd makes and frees them.
#ifndef LATCAST_ANALYZER_MEMORY_GRADIENTS_H_
#define LATCAST_ANALYZER_MEMORY_GRADIENTS_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "analyzer/cost/gradient_flow.h"
#include "analyzer/graph/graph.h"
#include "analyzer/memory/allocator.h"

namespace latcast::memory {

class Gradients {
 public:
  struct Bytes {
    int64_t activations = 0;
    int64_t parameters = 0;
  };
  struct Alive {
    Bytes running;  // while the operator's kernels run
    Bytes summing;  // while its results are added to what other uses of its inputs have left
  };

  // The network's outputs that want a gradient have one from the start: the loss made it. All
  // gradients are taken from `allocator`. The arguments must outlive this; the sums must fit 64
  // bits (CheckSums in storages.h).
  Gradients(const graph::Graph& graph, const std::vector<cost::GradientNeed>& needs,
            CachingAllocator& allocator);

  // Goes back through operator `index`: call it for every operator, last one first.
  Alive Step(graph::OpId index);

 private:
  // A gradient's memory, shared by the tensors it was handed on to.
  struct Buffer {
    int64_t bytes = 0;
    int32_t block = CachingAllocator::kNothing;
    int readers = 0;
  };

  bool Wants(const graph::Op& op, const cost::GradientNeed& need, size_t position) const;
  int32_t Allocate(int64_t bytes);
  void Release(int32_t buffer);
  std::vector<int32_t> TakeOutputs(const graph::Op& op);
  int64_t AddParameter(graph::ValueId id);
  void Accumulate(graph::ValueId id, int32_t buffer, Bytes& summing);

  const graph::Graph& graph_;
  const std::vector<cost::GradientNeed>& needs_;
  CachingAllocator& allocator_;
  std::vector<Buffer> buffers_;
  std::vector<int32_t> of_value_;            // by value: its buffer, kNone before it has one
  absl::flat_hash_set<int32_t> parameters_;  // storages of parameters that have their gradient
  Bytes live_;
};

}  // namespace latcast::memory

#endif  // LATCAST_ANALYZER_MEMORY_GRADIENTS_H_
