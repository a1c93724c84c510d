#include "analyzer/cost/graph_cost.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "analyzer/cost/parameters.h"
#include "base/checked.h"
#include "base/status_macros.h"

namespace latcast::cost {
namespace {

// Sums that remember an overflow, so that one question at the end is enough.
class Summer {
 public:
  void Add(int64_t value, int64_t& total, const char* what) {
    if (__builtin_add_overflow(total, value, &total) && overflown_ == nullptr) overflown_ = what;
  }

  void Add(const ops::OpCost& cost, CostSum& sum) {
    Add(cost.macs, sum.macs, "the sum of MACs");
    Add(cost.macs, sum.macs_by_class[static_cast<size_t>(cost.mac_class)], "the sum of MACs");
    Add(cost.flops, sum.flops, "the sum of FLOPs");
    Add(cost.bytes_read, sum.bytes_read, "the sum of bytes read");
    Add(cost.bytes_written, sum.bytes_written, "the sum of bytes written");
    Add(cost.input_elements, sum.input_elements, "the sum of inputs");
    Add(cost.weight_elements, sum.weight_elements, "the sum of weights");
    Add(cost.output_elements, sum.output_elements, "the sum of outputs");
    Add(cost.kernels, sum.kernels, "the sum of kernels");
    CheckMoved(sum);
    ++sum.ops;
  }

  void Add(const CostSum& part, CostSum& sum) {
    Add(part.macs, sum.macs, "the sum of MACs");
    for (size_t i = 0; i < std::size(sum.macs_by_class); ++i) {
      Add(part.macs_by_class[i], sum.macs_by_class[i], "the sum of MACs");
    }
    Add(part.flops, sum.flops, "the sum of FLOPs");
    Add(part.bytes_read, sum.bytes_read, "the sum of bytes read");
    Add(part.bytes_written, sum.bytes_written, "the sum of bytes written");
    Add(part.input_elements, sum.input_elements, "the sum of inputs");
    Add(part.weight_elements, sum.weight_elements, "the sum of weights");
    Add(part.output_elements, sum.output_elements, "the sum of outputs");
    Add(part.kernels, sum.kernels, "the sum of kernels");
    CheckMoved(sum);
    sum.ops += part.ops;
    if (part.completeness == Completeness::kPartial) sum.completeness = Completeness::kPartial;
  }

  // OUT_OF_RANGE when any sum so far did not fit.
  absl::Status status() const {
    if (overflown_ == nullptr) return absl::OkStatus();
    return absl::OutOfRangeError(absl::StrCat(overflown_, " does not fit 64 bits"));
  }

 private:
  // CostSum::elements_moved() must fit too.
  void CheckMoved(const CostSum& sum) {
    int64_t moved = sum.input_elements;
    Add(sum.weight_elements, moved, "the sum of elements moved");
    Add(sum.output_elements, moved, "the sum of elements moved");
  }

  const char* overflown_ = nullptr;
};

// The cost of one operator after another, by the user's rules first.
class OpCounter {
 public:
  OpCounter(const graph::Graph& graph, const CostOptions& options)
      : graph_(graph), rules_(options.rules), are_inferred_(options.shapes_are_inferred) {
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
    const ops::OpCall call = ops::MakeCall(graph_, op);
    return are_inferred_ ? def->cost(call) : ops::CostOp(*def, call);
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
  bool are_inferred_;
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

absl::StatusOr<GraphCost> ComputeCost(const graph::Graph& graph, const CostOptions& options) {
  GraphCost result;
  OpCounter counter(graph, options);
  Summer summer;
  result.ops.resize(graph.ops.size());
  result.calls.resize(graph.calls.size());
  std::map<std::string_view, int64_t> unknown;
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const graph::Op& op = graph.ops[i];
    const auto place = [i, &op] { return ops::Place(i, op); };
    ASSIGN_OR_RETURN(result.ops[i], Annotate(counter.Count(op), place));
    CostSum& call = result.calls[static_cast<size_t>(op.call)];
    if (result.ops[i]) {
      summer.Add(*result.ops[i], call);
    } else {
      ++unknown[op.type];
      ++call.ops;
      call.completeness = Completeness::kPartial;
    }
    RETURN_IF_ERROR(Annotate(summer.status(), place));
  }
  // Parents come before children: from the back, every call is complete when it is added.
  for (size_t i = graph.calls.size(); i-- > 1;) {
    const auto parent = static_cast<size_t>(graph.calls[i].parent);
    summer.Add(result.calls[i], result.calls[parent]);
    RETURN_IF_ERROR(Annotate(summer.status(), [&] {
      return absl::StrCat("module call ", parent, " '", graph.calls[parent].path, "'");
    }));
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
