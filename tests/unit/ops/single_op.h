// Graphs of one operator, for tables of shapes and costs.
#ifndef LATCAST_TESTS_UNIT_OPS_SINGLE_OP_H_
#define LATCAST_TESTS_UNIT_OPS_SINGLE_OP_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "analyzer/graph/builder.h"
#include "analyzer/ops/infer.h"
#include "analyzer/ops/op_def.h"
#include "base/status_macros.h"

namespace latcast::ops {

using graph::ToString;

struct Operand {
  graph::ValueKind kind = graph::ValueKind::kInput;
  graph::Shape shape;
  graph::DType dtype = graph::DType::kFloat32;
};

inline Operand In(graph::Shape shape, graph::DType dtype = graph::DType::kFloat32) {
  return {graph::ValueKind::kInput, std::move(shape), dtype};
}
inline Operand Weight(graph::Shape shape, graph::DType dtype = graph::DType::kFloat32) {
  return {graph::ValueKind::kParameter, std::move(shape), dtype};
}
inline constexpr std::nullopt_t kAbsent = std::nullopt;

using Operands = std::vector<std::optional<Operand>>;
using Ints = std::vector<int64_t>;

// The operator on these operands, shapes inferred; the operator is ops[0].
inline absl::StatusOr<graph::Graph> SingleOp(std::string type, const Operands& operands,
                                             graph::Attributes attributes = {}) {
  graph::GraphBuilder builder("single", "test");
  std::vector<graph::ValueId> inputs;
  for (const auto& operand : operands) {
    const std::string name = absl::StrCat("x", inputs.size());
    if (!operand) {
      inputs.push_back(graph::kNone);
    } else if (operand->kind == graph::ValueKind::kInput) {
      inputs.push_back(builder.AddInput(name, operand->dtype, operand->shape));
    } else {
      inputs.push_back(builder.AddParameter(name, operand->dtype, operand->shape));
    }
  }
  ASSIGN_OR_RETURN(std::vector<graph::ValueId> outputs,
                   AddInferred(builder, std::move(type), inputs, std::move(attributes)));
  return std::move(builder).Finish(std::move(outputs));
}

inline absl::StatusOr<graph::Shape> ShapeOf(std::string type, const Operands& operands,
                                            graph::Attributes attributes = {}) {
  ASSIGN_OR_RETURN(const graph::Graph graph,
                   SingleOp(std::move(type), operands, std::move(attributes)));
  return graph.value(graph.outputs[0]).shape;
}

inline absl::StatusOr<OpCost> CostOf(std::string type, const Operands& operands,
                                     graph::Attributes attributes = {}) {
  ASSIGN_OR_RETURN(const graph::Graph graph,
                   SingleOp(std::move(type), operands, std::move(attributes)));
  const graph::Op& op = graph.ops[0];
  return CostOp(*FindOp(op.type), MakeCall(graph, op));
}

}  // namespace latcast::ops

#endif  // LATCAST_TESTS_UNIT_OPS_SINGLE_OP_H_
