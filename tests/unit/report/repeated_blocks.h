// A network with blocks that are alike.
#ifndef LATCAST_TESTS_UNIT_REPORT_REPEATED_BLOCKS_H_
#define LATCAST_TESTS_UNIT_REPORT_REPEATED_BLOCKS_H_

#include <string>
#include <utility>

#include "analyzer/graph/builder.h"
#include "analyzer/ops/infer.h"

namespace latcast::report {

// A convolution, then blocks of convolution and activation: the first one widens.
inline graph::Graph RepeatedBlocks() {
  graph::GraphBuilder builder("blocks", "test");
  graph::ValueId x = builder.AddInput("x", graph::DType::kFloat32, {1, 3, 16, 16});
  for (int i = 0; i < 5; ++i) {
    const std::string name = i == 0 ? "stem" : "block" + std::to_string(i);
    builder.EnterCall(name, i == 0 ? "Stem" : "Block", {x});
    builder.EnterCall("conv", "Conv2d", {x});
    const graph::ValueId weight =
        builder.AddParameter("weight", graph::DType::kFloat32, {8, i == 0 ? 3 : 8, 3, 3});
    x = ops::AddInferred(builder, "conv2d", {x, weight}, {{"padding", int64_t{1}}})->front();
    builder.LeaveCall({x});
    builder.EnterCall("act", "ReLU", {x});
    x = ops::AddInferred(builder, "relu", {x})->front();
    builder.LeaveCall({x});
    builder.LeaveCall({x});
  }
  x = ops::AddInferred(builder, "flatten", {x}, {{"start_dim", int64_t{1}}})->front();
  return std::move(builder).Finish({x});
}

}  // namespace latcast::report

#endif  // LATCAST_TESTS_UNIT_REPORT_REPEATED_BLOCKS_H_
