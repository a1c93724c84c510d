#include "analyzer/conventions/operators.h"

#include <vector>

#include "analyzer/conventions/modules.h"
#include "analyzer/conventions/notes.h"
#include "analyzer/graph/attributes.h"
#include "base/status_macros.h"

namespace latcast::conventions {

namespace {

// The first rule for the operator counts; without one it is nothing to the tool.
Checked CountBy(std::span<const OpRule> rules, const SeenOp& op) {
  for (const OpRule& rule : rules) {
    if (HasWord(rule.types, op.def.type)) return rule.count(op);
  }
  return 0;
}

}  // namespace

Checked SeenOp::In() const {
  return call.inputs.empty() || call.inputs[0] == nullptr ? Checked(0)
                                                          : Numel(call.inputs[0]->shape);
}

Checked SeenOp::Out() const {
  return call.outputs.empty() ? Checked(0) : Numel(call.outputs[0]->shape);
}

const graph::Value* SeenOp::Input(std::string_view name) const {
  for (size_t i = 0; i < std::min(def.inputs.size(), call.inputs.size()); ++i) {
    std::string_view declared = def.inputs[i];
    if (declared.ends_with('?')) declared.remove_suffix(1);
    if (declared == name) return call.inputs[i];
  }
  return nullptr;
}

std::string_view SeenOp::Text(std::string_view name) const {
  const auto it = call.op.attributes.find(name);
  if (it == call.op.attributes.end()) return {};
  const auto* text = std::get_if<std::string>(&it->second);
  return text == nullptr ? std::string_view() : *text;
}

int64_t SeenOp::Int(std::string_view name) const {
  return graph::GetInt(call.op.attributes, name, 0).value_or(0);
}

bool SeenOp::InsideOf(std::string_view class_name) const {
  return call.op.call != graph::kNone &&
         graph.calls[static_cast<size_t>(call.op.call)].class_name == class_name;
}

Checked Macs(const SeenOp& op) { return op.macs; }

Checked Elements(const SeenOp& op) { return op.Out(); }

Checked Scores(const SeenOp& op) {
  const graph::Shape& query = op.call.inputs[0]->shape;
  const graph::Shape& key = op.call.inputs[1]->shape;
  Checked scores = key[key.size() - 2];
  for (size_t i = 0; i + 1 < query.size(); ++i) scores *= query[i];
  return scores;
}

Checked BiasAdditions(const SeenOp& op) { return op.Has("bias") ? op.Out() : Checked(0); }

bool HasPaddingByWord(const SeenOp& op) {
  if (op.call.op.call == graph::kNone) return false;
  const auto& attributes = op.graph.calls[static_cast<size_t>(op.call.op.call)].attributes;
  const auto padding = attributes.find("padding");
  return padding != attributes.end() && std::holds_alternative<std::string>(padding->second);
}

bool IsEinsum(const SeenOp& op) {
  return op.def.type == "einsum" || op.InsideOf("RelativePositionalMultiHeadAttention");
}

bool InTraining(const SeenOp& op) {
  const absl::StatusOr<bool> training = graph::GetBool(op.call.op.attributes, "training", false);
  return training.ok() && *training;
}

absl::StatusOr<Table> CountOps(const graph::Graph& graph,
                               std::initializer_list<std::span<const OpRule>> columns) {
  Table table;
  std::vector<Checked> totals(columns.size());
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const graph::Op& op = graph.ops[i];
    const ops::OpDef* def = ops::FindOp(op.type);
    if (def == nullptr) continue;
    SeenOp seen{graph, *def, ops::MakeCall(graph, op), 0};
    ASSIGN_OR_RETURN(const ops::OpCost cost,
                     Annotate(ops::CostOp(*def, seen.call), [&] { return ops::Place(i, op); }));
    seen.macs = cost.macs;
    Row row{op.call, static_cast<graph::OpId>(i), op.name, {}};
    bool counts = false;
    for (const std::span<const OpRule> rules : columns) {
      const Checked count = CountBy(rules, seen);
      ASSIGN_OR_RETURN(const double exact,
                       Annotate(Exact(count, "count"), [&] { return ops::Place(i, op); }));
      counts = counts || exact != 0;
      totals[row.values.size()] += count;
      row.values.push_back(exact);
    }
    if (counts) table.rows.push_back(std::move(row));
  }
  for (const Checked& total : totals) {
    ASSIGN_OR_RETURN(const double exact, Exact(total, "total"));
    table.totals.push_back(exact);
  }
  RETURN_IF_ERROR(NoteMissed(graph, table));
  return table;
}

}  // namespace latcast::conventions
