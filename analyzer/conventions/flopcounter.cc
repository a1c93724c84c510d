// FlopCounterMode, the counter that PyTorch ships: two FLOPs a multiply-accumulate, nothing else.
#include "analyzer/conventions/convention.h"
#include "analyzer/conventions/operators.h"
#include "analyzer/conventions/tools.h"

namespace latcast::conventions {
namespace {

Checked TwoAMac(const SeenOp& op) { return op.macs * 2; }

constexpr OpRule kFlops[] = {{kPlainConvolutions, TwoAMac},
                             {kTransposedConvolutions, TwoAMac},
                             {kProducts, TwoAMac},
                             {kAttention, TwoAMac}};

absl::StatusOr<Table> Count(const graph::Graph& graph) { return CountOps(graph, {kFlops}); }

}  // namespace

Convention FlopCounter() {
  return {.name = "flopcounter",
          .tool = "torch.utils.flop_counter.FlopCounterMode of PyTorch 2.11",
          .doc =
              "Two FLOPs a multiply-accumulate of convolutions, linear layers, matrix products "
              "and attention; no bias, nothing element by element.",
          .gaps = "A causal mask does not halve attention, and its softmax is free.",
          .columns = {{"FLOPs", Unit::kFlops, "two a multiply-accumulate"}},
          .totals = {{"flopcounter_flops", Unit::kFlops, "get_total_flops()"}},
          .count = Count};
}

}  // namespace latcast::conventions
