// What the backward pass of a training step multiplies.
//
// An operator with M MACs that multiplies two factors needs, in the backward pass, one product of M
// MACs for every factor whose gradient is wanted (gradient_flow.h): the input's gradient dX and the
// weight's gradient dW of a convolution or linear layer, both factors of a matrix product. The
// first convolution of a network therefore has no dX, a frozen layer no dW:
//
//   ResNet-18: 2 x 1,814,073,344 - 118,013,952 (conv1) = 3,510,132,736 MACs backward.
//
// Attention with Q K^T (A MACs) and weights times V (B MACs) takes B for dV, B for the gradient of
// the weights, A for dQ and A for dK. Kernels that forget the weights compute Q K^T once more; that
// recomputation is not counted. Recurrent layers multiply every matrix twice a step, but the first
// layer's input matrices once where the input wants no gradient. Everything else has no MACs
// forward and none backward.
#ifndef LATCAST_ANALYZER_COST_BACKWARD_H_
#define LATCAST_ANALYZER_COST_BACKWARD_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "analyzer/cost/graph_cost.h"
#include "analyzer/graph/graph.h"

namespace latcast::cost {

// kPartial: lower bounds, because an operator that takes part is unknown, or multiplies in a way
// nobody wrote down a backward rule for.
struct BackwardSum {
  int64_t activation_macs = 0;  // dX: gradients of activations
  int64_t weight_macs = 0;      // dW: gradients of parameters
  Completeness completeness = Completeness::kComplete;

  int64_t macs() const { return activation_macs + weight_macs; }
};

struct BackwardCost {
  std::vector<std::optional<BackwardSum>> ops;  // by operator; nullopt where there is no rule
  std::vector<BackwardSum> calls;               // by module call, its children included
  BackwardSum total;
};

// `forward` is ComputeCost(graph). OUT_OF_RANGE when a sum does not fit 64 bits, naming the
// operator or module call.
absl::StatusOr<BackwardCost> ComputeBackward(const graph::Graph& graph, const GraphCost& forward);

// MACs of one training step: forward and backward; with `checkpointing` of the whole network, which
// keeps no activation and computes them a second time, another forward.
absl::StatusOr<int64_t> TrainingMacs(const GraphCost& forward, const BackwardCost& backward,
                                     bool checkpointing = false);

}  // namespace latcast::cost

#endif  // LATCAST_ANALYZER_COST_BACKWARD_H_
