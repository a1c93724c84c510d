#include "analyzer/cost/graph_cost.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "analyzer/cost/parameters.h"
#include "base/checked.h"
#include "base/status_macros.h"

namespace latcast::cost {
namespace {

CostSum UnknownSum() {
  CostSum sum;
  sum.ops = 1;
  sum.completeness = Completeness::kPartial;
  return sum;
}

absl::Status Accumulate(const CostSum& part, CostSum& sum) {
  const auto add = [](int64_t value, int64_t& total, std::string_view what) -> absl::Status {
    ASSIGN_OR_RETURN(total, (Checked(total) + value).Value(what));
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(add(part.macs, sum.macs, "the sum of MACs"));
  for (size_t i = 0; i < std::size(sum.macs_by_class); ++i) {
    RETURN_IF_ERROR(add(part.macs_by_class[i], sum.macs_by_class[i], "the sum of MACs"));
  }
  RETURN_IF_ERROR(add(part.flops, sum.flops, "the sum of FLOPs"));
  RETURN_IF_ERROR(add(part.bytes_read, sum.bytes_read, "the sum of bytes read"));
  RETURN_IF_ERROR(add(part.bytes_written, sum.bytes_written, "the sum of bytes written"));
  RETURN_IF_ERROR(add(part.input_elements, sum.input_elements, "the sum of inputs"));
  RETURN_IF_ERROR(add(part.weight_elements, sum.weight_elements, "the sum of weights"));
  RETURN_IF_ERROR(add(part.output_elements, sum.output_elements, "the sum of outputs"));
  const Checked moved = Checked(sum.input_elements) + sum.weight_elements + sum.output_elements;
  RETURN_IF_ERROR(moved.Value("the sum of elements moved").status());
  sum.kernels += part.kernels;
  sum.ops += part.ops;
  if (part.completeness == Completeness::kPartial) sum.completeness = Completeness::kPartial;
  return absl::OkStatus();
}

// The cost of one operator after another, by the user's rules first.
class OpCounter {
 public:
  OpCounter(const graph::Graph& graph, const Rules* rules) : graph_(graph), rules_(rules) {
    if (rules_ == nullptr || rules_->modules.empty()) return;
    ruled_by_.assign(graph.calls.size(), graph::kNone);
    counted_.assign(graph.calls.size(), false);
    for (size_t i = 0; i < graph.calls.size(); ++i) {
      const graph::ModuleCall& call = graph.calls[i];
      if (call.parent != graph::kNone) ruled_by_[i] = ruled_by_[static_cast<size_t>(call.parent)];
      if (ruled_by_[i] == graph::kNone && rules_->modules.contains(call.class_name)) {
        ruled_by_[i] = static_cast<graph::CallId>(i);
      }
    }
  }

  // nullopt for an operator nobody knows.
  absl::StatusOr<std::optional<ops::OpCost>> Count(const graph::Op& op) {
    if (!ruled_by_.empty()) {
      const graph::CallId call = ruled_by_[static_cast<size_t>(op.call)];
      if (call != graph::kNone) return CountModule(static_cast<size_t>(call));
    }
    if (rules_ != nullptr) {
      const auto rule = rules_->ops.find(op.type);
      if (rule != rules_->ops.end()) return CostByRule(rule->second, graph_, op);
    }
    const ops::OpDef* def = ops::FindOp(op.type);
    if (def == nullptr) return std::nullopt;
    return ops::CostOp(*def, ops::MakeCall(graph_, op));
  }

 private:
  absl::StatusOr<std::optional<ops::OpCost>> CountModule(size_t call) {
    if (counted_[call]) return ops::OpCost{};
    counted_[call] = true;
    const CostRule& rule = rules_->modules.find(graph_.calls[call].class_name)->second;
    return CostByRule(rule, graph_, static_cast<graph::CallId>(call));
  }

  const graph::Graph& graph_;
  const Rules* rules_;
  std::vector<graph::CallId> ruled_by_;  // by call: the outermost one around it with a rule
  std::vector<bool> counted_;            // by call: an operator carries its cost already
};

}  // namespace

CostSum SumOf(const ops::OpCost& cost) {
  CostSum sum;
  sum.macs = cost.macs;
  sum.macs_by_class[static_cast<size_t>(cost.mac_class)] = cost.macs;
  sum.flops = cost.flops;
  sum.bytes_read = cost.bytes_read;
  sum.bytes_written = cost.bytes_written;
  sum.input_elements = cost.input_elements;
  sum.weight_elements = cost.weight_elements;
  sum.output_elements = cost.output_elements;
  sum.kernels = cost.kernels;
  sum.ops = 1;
  return sum;
}

absl::StatusOr<GraphCost> ComputeCost(const graph::Graph& graph, const Rules* rules) {
  GraphCost result;
  OpCounter counter(graph, rules);
  result.ops.resize(graph.ops.size());
  result.calls.resize(graph.calls.size());
  std::map<std::string_view, int64_t> unknown;
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const graph::Op& op = graph.ops[i];
    auto cost = counter.Count(op);
    if (!cost.ok()) return Annotate(cost.status(), ops::Place(i, op));
    result.ops[i] = *cost;
    if (!result.ops[i]) ++unknown[op.type];
    RETURN_IF_ERROR(Annotate(Accumulate(result.ops[i] ? SumOf(*result.ops[i]) : UnknownSum(),
                                        result.calls[static_cast<size_t>(op.call)]),
                             ops::Place(i, op)));
  }
  // Parents come before children: from the back, every call is complete when it is added.
  for (size_t i = graph.calls.size(); i-- > 1;) {
    const auto parent = static_cast<size_t>(graph.calls[i].parent);
    RETURN_IF_ERROR(
        Annotate(Accumulate(result.calls[i], result.calls[parent]),
                 absl::StrCat("module call ", parent, " '", graph.calls[parent].path, "'")));
  }
  result.total = result.calls.front();
  ASSIGN_OR_RETURN(result.call_parameters, CountParameters(graph));
  result.parameters = result.call_parameters.front();
  for (const auto& [type, calls] : unknown) {
    result.unknown_ops.push_back({std::string(type), calls});
  }
  return result;
}

}  // namespace latcast::cost
