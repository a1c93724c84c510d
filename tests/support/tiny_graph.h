// Graphs of a few operators for tests: one line an operator, one a module call.
#ifndef LATCAST_TESTS_SUPPORT_TINY_GRAPH_H_
#define LATCAST_TESTS_SUPPORT_TINY_GRAPH_H_

#include <string>
#include <utility>
#include <vector>

#include "analyzer/graph/builder.h"
#include "analyzer/ops/infer.h"
#include "base/status_matchers.h"

namespace latcast {

// All tensors are float32.
class TinyGraph {
 public:
  using Id = graph::ValueId;

  Id Input(graph::Shape shape) {
    return builder_.AddInput("x", graph::DType::kFloat32, std::move(shape));
  }
  Id Parameter(graph::Shape shape, bool trainable = true) {
    const std::string name = "p" + std::to_string(parameters_++);
    return builder_.AddParameter(name, graph::DType::kFloat32, std::move(shape), trainable);
  }
  Id Buffer(graph::Shape shape) {
    const std::string name = "b" + std::to_string(parameters_++);
    return builder_.AddBuffer(name, graph::DType::kFloat32, std::move(shape));
  }

  Id Add(const std::string& type, std::vector<Id> inputs, graph::Attributes attributes = {}) {
    auto outputs = ops::AddInferred(builder_, type, std::move(inputs), std::move(attributes));
    EXPECT_OK(outputs);
    return outputs.ok() ? outputs->front() : graph::kNone;
  }
  Id Inplace(const std::string& type, std::vector<Id> inputs) {
    return Add(type, std::move(inputs), {{"inplace", true}});
  }
  // An operator nobody knows.
  Id AddUnknown(Id input, graph::Shape shape) {
    const Id output = builder_.AddActivation(graph::DType::kFloat32, std::move(shape));
    builder_.AddOp("strange", {input}, {output});
    return output;
  }

  void Enter(const std::string& name, std::vector<Id> inputs) {
    builder_.EnterCall(name, "Module", std::move(inputs));
  }
  void Leave(std::vector<Id> outputs) { builder_.LeaveCall(std::move(outputs)); }

  graph::Graph Finish(std::vector<Id> outputs) {
    return std::move(builder_).Finish(std::move(outputs));
  }

 private:
  graph::GraphBuilder builder_{"net", "test"};
  int parameters_ = 0;
};

}  // namespace latcast

#endif  // LATCAST_TESTS_SUPPORT_TINY_GRAPH_H_
