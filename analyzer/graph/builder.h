// Puts a graph together value by value and call by call: unique names, fresh or shared storages,
// the nesting of module calls. It knows no operator: shapes are the caller's (ops/infer.h, or a
// capture that saw them).
//
//   GraphBuilder b("tiny", "example");
//   const ValueId x = b.AddInput("x", DType::kFloat32, {1, 3, 8, 8});
//   b.EnterCall("act", "ReLU");
//   const ValueId y = b.AddActivation(DType::kFloat32, {1, 3, 8, 8});
//   b.AddOp("relu", {x}, {y});
//   b.LeaveCall({y});
//   Graph g = std::move(b).Finish({y});
#ifndef LATCAST_ANALYZER_GRAPH_BUILDER_H_
#define LATCAST_ANALYZER_GRAPH_BUILDER_H_

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/graph/graph.h"

namespace latcast::graph {

class GraphBuilder {
 public:
  GraphBuilder(std::string name, std::string producer);

  ValueId AddInput(std::string name, DType dtype, Shape shape);
  // Owned by the current module call; the qualified name is its path plus `name`.
  ValueId AddParameter(std::string_view name, DType dtype, Shape shape, bool requires_grad = true);
  ValueId AddBuffer(std::string_view name, DType dtype, Shape shape);
  // A fresh activation, or, with `alias`, one that shares that value's storage.
  ValueId AddActivation(DType dtype, Shape shape, ValueId alias = kNone);

  OpId AddOp(std::string type, std::vector<ValueId> inputs, std::vector<ValueId> outputs,
             Attributes attributes = {});

  // `name` is relative to the enclosing call: "conv1" inside "layer1" is "layer1.conv1".
  CallId EnterCall(std::string_view name, std::string class_name, std::vector<ValueId> inputs = {},
                   Attributes attributes = {});
  void LeaveCall(std::vector<ValueId> outputs);

  const Graph& graph() const { return graph_; }
  // The innermost call that is open; the network's own when none is.
  const ModuleCall& open_call() const {
    return graph_.calls[static_cast<size_t>(open_calls_.back())];
  }

  // Closes the network's own call. The builder is spent afterwards.
  Graph Finish(std::vector<ValueId> outputs) &&;

 private:
  ValueId AddValue(Value value);
  ValueId AddOwned(std::string_view name, ValueKind kind, DType dtype, Shape shape, bool grad);

  Graph graph_;
  std::vector<CallId> open_calls_;
  std::map<std::string, int> name_counts_;  // by operator type
  std::set<std::string> op_names_;
  std::map<std::string, int> call_counts_;  // by module path
  int32_t next_storage_ = 0;
};

}  // namespace latcast::graph

#endif  // LATCAST_ANALYZER_GRAPH_BUILDER_H_
