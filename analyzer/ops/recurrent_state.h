// The first states of recurrent layers. PyTorch's modules make them of zeros, in the batch and the
// type of their input, and a capture writes both down as numbers: zeros(size=[1, 8, 64]).
#ifndef LATCAST_ANALYZER_OPS_RECURRENT_STATE_H_
#define LATCAST_ANALYZER_OPS_RECURRENT_STATE_H_

#include <vector>

#include "analyzer/graph/graph.h"

namespace latcast::ops {

class StateMakers {
 public:
  // The operators of the graph that make a tensor of a size. The graph must outlive this, and keep
  // its operators where they are.
  explicit StateMakers(graph::Graph& graph);

  // Brings the states of a recurrent layer or cell to the batch and the type of its input, in the
  // operators that made them. Leaves all other operators and states to their shape rules.
  void FollowInput(const graph::Op& op);

 private:
  graph::Graph& graph_;
  std::vector<graph::Op*> makers_;  // by value; nullptr where it is something else
};

}  // namespace latcast::ops

#endif  // LATCAST_ANALYZER_OPS_RECURRENT_STATE_H_
