// Which inputs of which operators a training step computes gradients for.
//
// A gradient is wanted for every trainable parameter and therefore for every tensor computed from
// one. The network's inputs, buffers, constants and frozen parameters want none, nor do tensors of
// whole numbers, detached ones and those that are only made in the likeness of another. A write in
// place hands its gradient on to the whole storage, as autograd does.
#ifndef LATCAST_ANALYZER_COST_GRADIENT_FLOW_H_
#define LATCAST_ANALYZER_COST_GRADIENT_FLOW_H_

#include <cstdint>
#include <vector>

#include "analyzer/graph/graph.h"

namespace latcast::cost {

struct GradientNeed {
  bool any = false;     // some input wants a gradient: the operator takes part in the backward pass
  uint64_t inputs = 0;  // bit i: the input at position i does; positions from 64 on show in `any`

  bool Wants(size_t position) const { return position < 64 && (inputs >> position & 1) != 0; }
};

// By operator, in one pass. The graph must be sound (graph/verify.h).
std::vector<GradientNeed> GradientFlow(const graph::Graph& graph);

}  // namespace latcast::cost

#endif  // LATCAST_ANALYZER_COST_GRADIENT_FLOW_H_
