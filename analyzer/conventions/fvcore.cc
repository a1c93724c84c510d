// fvcore, whose "flops" are multiply-accumulates plus a few operations of norms and resampling. The
// GMACs and activations of timm's results tables are its totals.
#include "analyzer/conventions/convention.h"
#include "analyzer/conventions/operators.h"
#include "analyzer/conventions/tools.h"

namespace latcast::conventions {
namespace {

// Of images, by copying or by lines.
Checked Resampling(const SeenOp& op) {
  if (op.call.inputs[0]->shape.size() != 4) return 0;
  const std::string_view mode = op.Text("mode");
  return op.Out() * (mode == "nearest" ? 1 : mode == "bilinear" ? 4 : 0);
}

constexpr OpRule kFlops[] = {
    {kPlainConvolutions,
     [](const SeenOp& op) { return HasPaddingByWord(op) ? Checked(0) : op.macs; }},
    {kTransposedConvolutions, Macs},
    {kProducts, Macs},
    {kAttention, Macs},
    {"batch_norm",
     [](const SeenOp& op) {
       return op.In() * ((InTraining(op) ? 4 : 1) + (op.Has("weight") ? 1 : 0));
     }},
    {kOtherNorms, [](const SeenOp& op) { return op.In() * (op.Has("weight") ? 5 : 4); }},
    {"adaptive_avg_pool2d", [](const SeenOp& op) { return op.In(); }},
    {"interpolate", Resampling},
    {"grid_sample", [](const SeenOp& op) { return op.Out() * 4; }},
};

constexpr OpRule kActivations[] = {
    {kPlainConvolutions,
     [](const SeenOp& op) { return HasPaddingByWord(op) ? Checked(0) : op.Out(); }},
    {kTransposedConvolutions, Elements},
    {kProducts, Elements},
    {kAttention, [](const SeenOp& op) { return Scores(op) + op.Out(); }},
};

absl::StatusOr<Table> Count(const graph::Graph& graph) {
  return CountOps(graph, {kFlops, kActivations});
}

}  // namespace

Convention Fvcore() {
  return {.name = "fvcore",
          .tool = "fvcore 0.1.5, FlopCountAnalysis and ActivationCountAnalysis",
          .doc =
              "Multiply-accumulates of convolutions, linear layers and matrix products, plus 2 "
              "an element of batch norms (1 without affine), 5 of other norms (4), 1 of the "
              "input of adaptive_avg_pool2d and 4 of bilinear resampling. Activations are the "
              "outputs of convolutions and products. timm publishes both as GMACs and MActs.",
          .gaps =
              "Recurrent layers and convolutions whose padding is given as a word ('same') "
              "count nothing; so does fused attention, which is counted here as the two "
              "products it stands for, as in published numbers.",
          .columns = {{"flops", Unit::kMacs, "multiply-accumulates, norms and resampling"},
                      {"activations", Unit::kElements, "elements convolutions and products write"}},
          .totals = {{"fvcore_flops", Unit::kMacs, "FlopCountAnalysis.total()"},
                     {"fvcore_activations", Unit::kElements, "ActivationCountAnalysis.total()"}},
          .count = Count};
}

}  // namespace latcast::conventions
