// ptflops with its aten backend: multiply-accumulates and the additions of biases.
#include "analyzer/conventions/convention.h"
#include "analyzer/conventions/operators.h"
#include "analyzer/conventions/tools.h"

namespace latcast::conventions {
namespace {

Checked WithBias(const SeenOp& op) { return op.macs + BiasAdditions(op); }

// Beyond rank 3 a linear layer runs as a matrix product and an addition, which is not counted.
Checked Linear(const SeenOp& op) {
  return op.call.inputs[0]->shape.size() <= 3 ? WithBias(op) : op.macs;
}

constexpr OpRule kMacs[] = {{kPlainConvolutions, WithBias},
                            {kTransposedConvolutions, WithBias},
                            {"linear", Linear},
                            {kProducts, Macs},
                            {kAttention, Macs}};

absl::StatusOr<Table> Count(const graph::Graph& graph) { return CountOps(graph, {kMacs}); }

}  // namespace

Convention PtflopsAten() {
  return {
      .name = "ptflops-aten",
      .tool = "ptflops 0.7, backend 'aten'",
      .doc =
          "Multiply-accumulates of convolutions, linear layers and matrix products, and 1 "
          "an output for a bias; those of attention as its two products.",
      .gaps =
          "The bias of a linear layer on an input of more than three dimensions counts nothing.",
      .columns = {{"MACs", Unit::kMacs, "multiply-accumulates and additions of a bias"}},
      .totals = {{"ptflops_aten_macs", Unit::kMacs, "of the whole batch"}},
      .count = Count};
}

}  // namespace latcast::conventions
