// The `_ops` that torchvision publishes beside its weights, there called GFLOPS:
// multiply-accumulates of convolutions and matrix products, nothing else.
#include "analyzer/conventions/convention.h"
#include "analyzer/conventions/notes.h"
#include "analyzer/conventions/operators.h"
#include "analyzer/conventions/tools.h"

namespace latcast::conventions {
namespace {

constexpr OpRule kMacs[] = {{kAny, Macs}};

absl::StatusOr<Table> Count(const graph::Graph& graph) { return CountOps(graph, {kMacs}); }

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
