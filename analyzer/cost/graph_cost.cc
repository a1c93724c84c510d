#include "analyzer/cost/graph_cost.h"

#include <map>
#include <set>
#include <string>

#include "base/checked.h"
#include "base/status_macros.h"

namespace latcast::cost {
namespace {

using graph::CallId;
using graph::Graph;
using graph::kNone;
using graph::Value;
using graph::ValueId;
using graph::ValueKind;

absl::Status Accumulate(int64_t& sum, int64_t term, std::string_view what) {
  ASSIGN_OR_RETURN(sum, (Checked(sum) + term).Value(what));
  return absl::OkStatus();
}

absl::Status Accumulate(CostSum& sum, const ops::OpCost& cost) {
  RETURN_IF_ERROR(Accumulate(sum.macs, cost.macs, "the sum of MACs"));
  sum.macs_by_class[static_cast<size_t>(cost.mac_class)] += cost.macs;  // at most sum.macs
  RETURN_IF_ERROR(Accumulate(sum.flops, cost.flops, "the sum of FLOPs"));
  RETURN_IF_ERROR(Accumulate(sum.bytes_read, cost.bytes_read, "the sum of bytes read"));
  RETURN_IF_ERROR(Accumulate(sum.bytes_written, cost.bytes_written, "the sum of bytes written"));
  RETURN_IF_ERROR(Accumulate(sum.output_elements, cost.output_elements, "the sum of outputs"));
  sum.kernels += cost.kernels;
  ++sum.ops;
  return absl::OkStatus();
}

void MarkPartial(CostSum& sum) {
  sum.completeness = Completeness::kPartial;
  ++sum.ops;
}

// Counts every storage once.
class ParameterCounter {
 public:
  absl::Status Add(const Value& value) {
    if (value.kind != ValueKind::kParameter && value.kind != ValueKind::kBuffer) {
      return absl::OkStatus();
    }
    if (!seen_.insert(value.storage).second) return absl::OkStatus();
    Checked elements = 1;
    for (const int64_t dim : value.shape) elements *= dim;
    ASSIGN_OR_RETURN(const int64_t n, elements.Value("the size of a parameter"));
    ASSIGN_OR_RETURN(const int64_t bytes,
                     (elements * graph::ByteSize(value.dtype)).Value("the bytes of a parameter"));
    const bool is_buffer = value.kind == ValueKind::kBuffer;
    int64_t& count = is_buffer             ? count_.buffers
                     : value.requires_grad ? count_.trainable
                                           : count_.frozen;
    RETURN_IF_ERROR(Accumulate(count, n, "the number of parameters"));
    return Accumulate(is_buffer ? count_.buffer_bytes : count_.parameter_bytes, bytes,
                      "the bytes of the parameters");
  }

  const ParameterCount& count() const { return count_; }

 private:
  std::set<int32_t> seen_;
  ParameterCount count_;
};

absl::Status SumOps(const Graph& graph, GraphCost& result) {
  std::map<std::string, int64_t, std::less<>> unknown;
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const graph::Op& op = graph.ops[i];
    const ops::OpDef* def = ops::FindOp(op.type);
    if (def == nullptr) {
      ++unknown[op.type];
      result.ops.emplace_back(std::nullopt);
      for (CallId call = op.call; call != kNone;
           call = graph.calls[static_cast<size_t>(call)].parent) {
        MarkPartial(result.calls[static_cast<size_t>(call)]);
      }
      MarkPartial(result.total);
      continue;
    }
    const std::string place = ops::Place(i, op);
    ASSIGN_OR_RETURN(const ops::OpCost cost,
                     Annotate(ops::CostOp(*def, ops::MakeCall(graph, op)), place));
    result.ops.emplace_back(cost);
    for (CallId call = op.call; call != kNone;
         call = graph.calls[static_cast<size_t>(call)].parent) {
      RETURN_IF_ERROR(Annotate(Accumulate(result.calls[static_cast<size_t>(call)], cost), place));
    }
    RETURN_IF_ERROR(Annotate(Accumulate(result.total, cost), place));
  }
  for (const auto& [type, calls] : unknown) result.unknown_ops.push_back({type, calls});
  return absl::OkStatus();
}

absl::Status CountParameters(const Graph& graph, GraphCost& result) {
  std::vector<ParameterCounter> counters(graph.calls.size());
  for (size_t i = 0; i < graph.calls.size(); ++i) {
    for (const ValueId id : graph.calls[i].parameters) {
      for (CallId call = static_cast<CallId>(i); call != kNone;
           call = graph.calls[static_cast<size_t>(call)].parent) {
        RETURN_IF_ERROR(counters[static_cast<size_t>(call)].Add(graph.value(id)));
      }
    }
  }
  for (const ParameterCounter& counter : counters) {
    result.call_parameters.push_back(counter.count());
  }
  ParameterCounter all;
  for (const Value& value : graph.values) RETURN_IF_ERROR(all.Add(value));
  result.parameters = all.count();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<GraphCost> ComputeCost(const Graph& graph) {
  GraphCost result;
  result.calls.resize(graph.calls.size());
  RETURN_IF_ERROR(SumOps(graph, result));
  RETURN_IF_ERROR(CountParameters(graph, result));
  return result;
}

}  // namespace latcast::cost
