// A network small enough to count by hand, with everything reports have to show: nested modules, a
// module called twice, a residual addition and a flatten outside any leaf, a frozen parameter and,
// if asked for, an operator nobody knows.
#ifndef LATCAST_TESTS_UNIT_REPORT_TINY_NETWORK_H_
#define LATCAST_TESTS_UNIT_REPORT_TINY_NETWORK_H_

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "analyzer/graph/builder.h"
#include "analyzer/ops/infer.h"

namespace latcast::report {

class TinyNetwork {
 public:
  explicit TinyNetwork(bool with_unknown_op) : with_unknown_op_(with_unknown_op) {}

  // 2 images of 3x8x8.
  graph::Graph Build() {
    graph::ValueId x = builder_.AddInput("x", graph::DType::kFloat32, {2, 3, 8, 8});
    x = Convolution("stem", x, 3, 4);
    builder_.EnterCall("body", "Residual", {x});
    graph::ValueId y = Convolution("conv", x, 4, 4);
    y = Simple("act", "ReLU", "relu", {y});
    y = Apply("add", {y, x});
    y = Simple("act", "ReLU", "relu", {y});
    builder_.LeaveCall({y});
    if (with_unknown_op_) {
      const graph::ValueId z = builder_.AddActivation(graph::DType::kFloat32, {2, 4, 8, 8});
      builder_.AddOp("mystery", {y}, {z});
      y = z;
    }
    y = Simple("pool", "AdaptiveAvgPool2d", "adaptive_avg_pool2d", {y},
               {{"output_size", std::vector<int64_t>{1, 1}}});
    y = Apply("flatten", {y}, {{"start_dim", int64_t{1}}});
    builder_.EnterCall("fc", "Linear", {y});
    const graph::ValueId weight =
        builder_.AddParameter("weight", graph::DType::kFloat32, {10, 4}, /*requires_grad=*/false);
    const graph::ValueId bias = builder_.AddParameter("bias", graph::DType::kFloat32, {10});
    y = Apply("linear", {y, weight, bias});
    builder_.LeaveCall({y});
    return std::move(builder_).Finish({y});
  }

 private:
  graph::ValueId Apply(const std::string& type, std::vector<graph::ValueId> inputs,
                       graph::Attributes attributes = {}) {
    const auto outputs = ops::AddInferred(builder_, type, std::move(inputs), std::move(attributes));
    EXPECT_TRUE(outputs.ok()) << outputs.status();
    return outputs->front();
  }

  graph::ValueId Simple(const std::string& name, const std::string& class_name,
                        const std::string& type, std::vector<graph::ValueId> inputs,
                        graph::Attributes attributes = {}) {
    builder_.EnterCall(name, class_name, inputs);
    const graph::ValueId y = Apply(type, inputs, std::move(attributes));
    builder_.LeaveCall({y});
    return y;
  }

  // 3x3, padded, without bias.
  graph::ValueId Convolution(const std::string& name, graph::ValueId x, int64_t in, int64_t out) {
    builder_.EnterCall(name, "Conv2d", {x});
    const graph::ValueId weight =
        builder_.AddParameter("weight", graph::DType::kFloat32, {out, in, 3, 3});
    const graph::ValueId y = Apply("conv2d", {x, weight}, {{"padding", int64_t{1}}});
    builder_.LeaveCall({y});
    return y;
  }

  bool with_unknown_op_;
  graph::GraphBuilder builder_{"tiny", "test"};
};

}  // namespace latcast::report

#endif  // LATCAST_TESTS_UNIT_REPORT_TINY_NETWORK_H_
