// Random content for parameters, buffers and inputs, of magnitudes that keep activations finite and
// away from denormals through deep networks. Internal to the executor: includes ATen.
#ifndef LATCAST_BENCH_EXECUTOR_RANDOM_TENSOR_H_
#define LATCAST_BENCH_EXECUTOR_RANDOM_TENSOR_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "analyzer/graph/graph.h"

namespace latcast::bench {

enum class TensorRole : uint8_t {
  kInput,     // uniform with variance 1
  kWeight,    // uniform with variance 2 / fan-in
  kPositive,  // in [0.5, 1.5]: variances and scales of normalisations
  kSmall,     // in [-0.1, 0.1]: biases, means and all else of rank 1
};

// What each value of the graph is to the operators that read it.
std::vector<TensorRole> TensorRoles(const graph::Graph& graph);

// Fills by repeating one random tile: as fast as memory, which counts for networks with hundreds of
// megabytes of parameters.
class RandomTensors {
 public:
  explicit RandomTensors(uint64_t seed);

  // `salt` makes tensors of equal shape differ. Integer and bool tensors are zero.
  at::Tensor Make(const graph::Value& value, TensorRole role, size_t salt) const;

 private:
  std::vector<float> tile_;  // uniform in [-1, 1]
};

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_EXECUTOR_RANDOM_TENSOR_H_
