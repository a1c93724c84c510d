// torchprofile: multiply-accumulates of a trace, plus one an output of norms, averages and
// multiplications.
#include "absl/strings/str_cat.h"
#include "analyzer/conventions/convention.h"
#include "analyzer/conventions/modules.h"
#include "analyzer/conventions/operators.h"
#include "analyzer/conventions/tools.h"
#include "base/status_macros.h"

namespace latcast::conventions {
namespace {

// Transposed convolutions are taken for plain ones on their output.
Checked Transposed(const SeenOp& op) {
  const graph::Value* weight = op.Input("weight");
  if (weight == nullptr) return 0;
  const graph::Shape& shape = weight->shape;  // in, out / groups, kernel
  const graph::Shape& output = op.call.outputs[0]->shape;
  Checked count = op.Out() * (output[1] == shape[0] ? shape[1] : shape[0]);
  for (size_t i = 2; i < shape.size(); ++i) count *= shape[i];
  return count;
}

Checked GridSample(const SeenOp& op) {
  constexpr int64_t kByMode[] = {4, 0, 16};  // bilinear, nearest, bicubic
  const int64_t mode = op.Int("interpolation_mode");
  return mode >= 0 && mode < 3 ? op.Out() * kByMode[mode] : Checked(0);
}

constexpr OpRule kMacs[] = {
    {kPlainConvolutions,
     [](const SeenOp& op) { return HasPaddingByWord(op) ? Checked(0) : op.macs; }},
    {kTransposedConvolutions, Transposed},
    {kProducts, Macs},
    {kAttention, Macs},
    {"lstm", Macs},
    {"batch_norm layer_norm group_norm instance_norm",
     [](const SeenOp& op) { return op.Has("weight") ? op.Out() : Checked(0); }},
    {"mul leaky_relu mean", Elements},
    {"avg_pool1d avg_pool2d avg_pool3d", Elements},
    {"adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d", Elements},
    {"interpolate",
     [](const SeenOp& op) { return op.Out() * (op.Text("mode") == "bilinear" ? 4 : 0); }},
    {"grid_sample", GridSample},
};

// A trace holds the arithmetic of shapes too, and every multiplication there counts 1.
struct ShapeArithmetic {
  std::string_view class_name;
  int64_t multiplications;
};
constexpr ShapeArithmetic kShapeArithmetic[] = {
    {"MultiheadAttention", 4},      // batch * heads for q, k and v; batch * length
    {"ShiftedWindowAttention", 2},  // the number of windows; batch * windows
    {"ShiftedWindowAttentionV2", 2},
    {"VisionTransformer", 1},  // rows * columns of patches
};

absl::StatusOr<Table> Count(const graph::Graph& graph) {
  ASSIGN_OR_RETURN(Table table, CountOps(graph, {kMacs}));
  for (size_t i = 0; i < graph.calls.size(); ++i) {
    for (const ShapeArithmetic& arithmetic : kShapeArithmetic) {
      if (!HasClass(graph.calls[i], {arithmetic.class_name})) continue;
      const auto count = static_cast<double>(arithmetic.multiplications);
      table.rows.push_back({static_cast<graph::CallId>(i),
                            graph::kNone,
                            absl::StrCat(graph.calls[i].path, " shapes"),
                            {count}});
      *table.totals[0] += count;
    }
  }
  return table;
}

}  // namespace

Convention Torchprofile() {
  return {.name = "torchprofile",
          .tool = "torchprofile 0.0.4",
          .doc =
              "Multiply-accumulates of convolutions, linear layers and matrix products, plus 1 "
              "an output of affine norms, average pools, means and multiplications.",
          .gaps =
              "Transposed convolutions are counted on their output, as if they were plain; "
              "convolutions whose padding is given as a word ('same') count nothing; arithmetic "
              "of shapes in the trace counts too, known here for torchvision's transformers.",
          .columns = {{"MACs", Unit::kMacs, "multiply-accumulates and multiplications"}},
          .totals = {{"torchprofile_macs", Unit::kMacs, "profile_macs()"}},
          .count = Count};
}

}  // namespace latcast::conventions
