// The smallest network that has one of everything a file holds.
#ifndef LATCAST_TESTS_UNIT_IMPORT_TINY_GRAPH_H_
#define LATCAST_TESTS_UNIT_IMPORT_TINY_GRAPH_H_

#include <utility>

#include "analyzer/graph/builder.h"

namespace latcast::import {

inline graph::Graph TinyGraph() {
  using graph::DType;
  graph::GraphBuilder b("tiny", "test");
  const graph::ValueId x = b.AddInput("x", DType::kFloat32, {1, 3, 8, 8});
  b.EnterCall("conv", "Conv2d", {x},
              {{"kernel_size", std::vector<int64_t>{3, 3}}, {"padding_mode", "zeros"}});
  const graph::ValueId weight = b.AddParameter("weight", DType::kFloat32, {4, 3, 3, 3});
  b.AddBuffer("steps", DType::kInt64, {});
  const graph::ValueId y = b.AddActivation(DType::kFloat32, {1, 4, 8, 8});
  b.AddOp("conv2d", {x, weight, graph::kNone}, {y},
          {{"stride", std::vector<int64_t>{1, 1}}, {"padding", int64_t{1}}});
  b.LeaveCall({y});
  b.EnterCall("act", "LeakyReLU", {y}, {{"inplace", true}, {"negative_slope", 0.01}});
  const graph::ValueId z = b.AddActivation(DType::kFloat32, {1, 4, 8, 8}, y);
  b.AddOp("leaky_relu", {y}, {z}, {{"inplace", true}, {"negative_slope", 0.01}});
  b.LeaveCall({z});
  const graph::ValueId odd = b.AddActivation(DType::kBFloat16, {1, 4, 16, 16});
  b.AddOp("aten.upsample.vec", {z}, {odd}, {{"scale_factors", std::vector<double>{2.0, 2.0}}});
  return std::move(b).Finish({odd});
}

}  // namespace latcast::import

#endif  // LATCAST_TESTS_UNIT_IMPORT_TINY_GRAPH_H_
