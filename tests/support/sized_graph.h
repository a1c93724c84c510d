// The smallest network whose code computes with sizes: relu, then x.view(n, c, h * w), which asked
// before whether h < 16.
#ifndef LATCAST_TESTS_SUPPORT_SIZED_GRAPH_H_
#define LATCAST_TESTS_SUPPORT_SIZED_GRAPH_H_

#include <utility>
#include <vector>

#include "analyzer/graph/builder.h"

namespace latcast {

// Values: 0 x (2x3x8x6), 1 relu's, 2 view's. Expressions: 0 n, 1 h, 2 w, 3 h * w, 4 sixteen.
inline graph::Graph SizedGraph() {
  using graph::DType;
  using graph::SizeOperator;
  graph::GraphBuilder b("sized", "test");
  const graph::ValueId x = b.AddInput("x", DType::kFloat32, {2, 3, 8, 6});
  b.EnterCall("body.flat", "Flat", {x});
  const graph::ValueId y = b.AddActivation(DType::kFloat32, {2, 3, 8, 6});
  b.AddOp("relu", {x}, {y});
  const graph::ValueId z = b.AddActivation(DType::kFloat32, {2, 3, 48}, y);
  b.AddOp("view", {y}, {z}, {{"size", std::vector<int64_t>{2, 3, 48}}});
  b.LeaveCall({z});
  graph::Graph graph = std::move(b).Finish({z});
  graph.sizes.emplace();
  graph.sizes->expressions = {{SizeOperator::kDim, x, 0},
                              {SizeOperator::kDim, x, 2},
                              {SizeOperator::kDim, y, 3},
                              {SizeOperator::kMultiply, 1, 2},
                              {SizeOperator::kConstant, 16, 0}};
  graph.sizes->conditions = {{1, 1, graph::SizeComparison::kLess, 1, 4, true}};
  graph.ops[1].sizes = {{"size", 0, 0}, {"size", 2, 3}};
  return graph;
}

}  // namespace latcast

#endif  // LATCAST_TESTS_SUPPORT_SIZED_GRAPH_H_
