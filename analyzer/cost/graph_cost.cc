#include "analyzer/cost/graph_cost.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "analyzer/cost/parameters.h"
#include "base/checked.h"
#include "base/status_macros.h"

namespace latcast::cost {
namespace {

CostSum SumOf(const ops::OpCost& cost) {
  CostSum sum;
  sum.macs = cost.macs;
  sum.macs_by_class[static_cast<size_t>(cost.mac_class)] = cost.macs;
  sum.flops = cost.flops;
  sum.bytes_read = cost.bytes_read;
  sum.bytes_written = cost.bytes_written;
  sum.output_elements = cost.output_elements;
  sum.kernels = cost.kernels;
  sum.ops = 1;
  return sum;
}

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
  RETURN_IF_ERROR(add(part.output_elements, sum.output_elements, "the sum of outputs"));
  sum.kernels += part.kernels;
  sum.ops += part.ops;
  if (part.completeness == Completeness::kPartial) sum.completeness = Completeness::kPartial;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<GraphCost> ComputeCost(const graph::Graph& graph) {
  GraphCost result;
  result.ops.resize(graph.ops.size());
  result.calls.resize(graph.calls.size());
  std::map<std::string_view, int64_t> unknown;
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const graph::Op& op = graph.ops[i];
    const ops::OpDef* def = ops::FindOp(op.type);
    if (def == nullptr) {
      ++unknown[op.type];
    } else {
      ASSIGN_OR_RETURN(result.ops[i],
                       Annotate(ops::CostOp(*def, ops::MakeCall(graph, op)), ops::Place(i, op)));
    }
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
