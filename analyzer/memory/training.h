// The memory of a training step, walked through operator by operator: forward, then back.
//
// Forward, a storage lives as in evaluation (liveness.h), and longer where autograd keeps it
// (saved.h): until the backward pass has left the operator that kept it first. Backward, every
// operator reads the gradients of its outputs and allocates one for each input that wants one;
// views, additions and joins hand theirs on without a copy, several uses of a tensor are summed up
// where nobody else reads the sum. Gradients of parameters stay.
//
//   peak = weights + buffers + inputs + optimizer states
//        + max over both passes of (activations alive + gradients alive)
//
// What kernels allocate inside, and what the loss needs, is not counted.
#ifndef LATCAST_ANALYZER_MEMORY_TRAINING_H_
#define LATCAST_ANALYZER_MEMORY_TRAINING_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "analyzer/cost/gradient_flow.h"
#include "analyzer/graph/graph.h"
#include "analyzer/memory/allocator.h"
#include "analyzer/memory/liveness.h"
#include "analyzer/memory/saved.h"
#include "analyzer/memory/storages.h"

namespace latcast::memory {

// What the optimizer keeps of every trainable parameter beside its gradient.
enum class Optimizer : uint8_t {
  kSgd,       // nothing
  kMomentum,  // one number of the parameter's type
  kAdam,      // two
  kAdamW,     // two
  kAdam8bit,  // two bytes an element; the scales of its blocks (1.6 % more) are not counted
};
std::string_view Name(Optimizer optimizer);  // "sgd", "momentum", "adam", "adamw", "adam8bit"
// INVALID_ARGUMENT listing the names for any other.
absl::StatusOr<Optimizer> ParseOptimizer(std::string_view name);

// How many tensors the states of one parameter are, and their bytes.
int64_t StateTensors(Optimizer optimizer);
int64_t StateBytes(Optimizer optimizer, const graph::Value& parameter);

// The walk, without what is there all the time (weights, buffers, inputs, optimizer states).
struct TrainingWalk {
  std::vector<int64_t> forward_bytes;   // by operator: alive while it runs forward
  std::vector<int64_t> backward_bytes;  // by operator: while it runs backward

  int64_t peak_bytes = 0;
  graph::OpId peak_op = graph::kNone;
  bool peak_in_backward = false;
  // What the peak is made of.
  int64_t peak_activations = 0;
  int64_t peak_activation_gradients = 0;
  int64_t peak_parameter_gradients = 0;
};

// `storages` are those of Mode::kTraining, `lifetimes` their EagerLifetimes(), `kernel_bytes`
// KernelBytes(). Everything is taken from `allocator`. The sums must fit 64 bits (CheckSums in
// storages.h).
TrainingWalk WalkTraining(const graph::Graph& graph, const Storages& storages,
                          const std::vector<Lifetime>& lifetimes,
                          const std::vector<int64_t>& kernel_bytes, const Saved& saved,
                          const std::vector<cost::GradientNeed>& needs,
                          CachingAllocator& allocator);

}  // namespace latcast::memory

#endif  // LATCAST_ANALYZER_MEMORY_TRAINING_H_
