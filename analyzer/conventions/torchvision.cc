// The `_ops` that torchvision publishes beside its weights, there called GFLOPS:
// multiply-accumulates of convolutions and matrix products, nothing else.
#include "absl/strings/str_cat.h"
#include "analyzer/conventions/convention.h"
#include "analyzer/conventions/tools.h"
#include "analyzer/ops/op_def.h"
#include "base/status_macros.h"

namespace latcast::conventions {
namespace {

absl::StatusOr<Table> Count(const graph::Graph& graph) {
  Table table;
  Checked total;
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const graph::Op& op = graph.ops[i];
    const ops::OpDef* def = ops::FindOp(op.type);
    if (def == nullptr) continue;  // what nobody knows, the tool does not count either
    ASSIGN_OR_RETURN(const ops::OpCost cost,
                     Annotate(ops::CostOp(*def, ops::MakeCall(graph, op)), ops::Place(i, op)));
    if (cost.macs == 0) continue;
    ASSIGN_OR_RETURN(const double macs, Exact(cost.macs, "MACs"));
    table.rows.push_back({op.call, static_cast<graph::OpId>(i), op.name, {macs}});
    total += cost.macs;
  }
  ASSIGN_OR_RETURN(const double macs, Exact(total, "MACs"));
  table.totals = {macs};
  return table;
}

}  // namespace

Convention Torchvision() {
  return {.name = "torchvision",
          .tool = "torchvision 0.26, `_ops` of its weights (test/common_extended_utils.py)",
          .doc =
              "Multiply-accumulates of convolutions, linear layers and matrix products, those of "
              "attention included; no bias, nothing else. Published in units of 10^9 as "
              "\"GFLOPS\".",
          .gaps = "",
          .columns = {{"MACs", Unit::kMacs, "multiply-accumulates of the operator"}},
          .totals = {{"conv_matmul_macs", Unit::kMacs, "sum over all operators"}},
          .count = Count};
}

}  // namespace latcast::conventions
