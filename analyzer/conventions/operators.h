// What tools that watch operators see of a call, and how such a tool is written down: one table of
// rules a column, a rule being operators and what one call of them counts.
//
//   constexpr OpRule kMacs[] = {
//       {kConvolutions, Macs},
//       {"batch_norm", [](const SeenOp& op) { return op.In() * (op.Has("weight") ? 2 : 1); }},
//   };
//   return CountOps(graph, {kMacs});
#ifndef LATCAST_ANALYZER_CONVENTIONS_OPERATORS_H_
#define LATCAST_ANALYZER_CONVENTIONS_OPERATORS_H_

#include <initializer_list>
#include <span>
#include <string_view>

#include "absl/status/statusor.h"
#include "analyzer/conventions/convention.h"
#include "analyzer/ops/op_def.h"
#include "base/checked.h"

namespace latcast::conventions {

struct SeenOp {
  const graph::Graph& graph;
  const ops::OpDef& def;
  ops::OpCall call;
  // Multiply-accumulates, counted rightly: of convolutions, linear layers, matrix products,
  // attention and recurrent layers; 0 of all else.
  Checked macs;

  // Elements of the first input; of the first output.
  Checked In() const;
  Checked Out() const;
  // The tensor at the input of this name in the operator's schema ("weight", "bias"); nullptr where
  // there is none.
  const graph::Value* Input(std::string_view name) const;
  // The operator's attribute; empty or 0 where it has none of this name and type.
  std::string_view Text(std::string_view name) const;
  int64_t Int(std::string_view name) const;
  // Whether the module that runs the operator is of this class.
  bool InsideOf(std::string_view class_name) const;
  bool Has(std::string_view name) const { return Input(name) != nullptr; }
};

using CountFn = Checked (*)(const SeenOp& op);

struct OpRule {
  std::string_view types;  // canonical names with spaces between; kAny (notes.h): every operator
  CountFn count = nullptr;
};

inline constexpr std::string_view kTransposedConvolutions =
    "conv_transpose1d conv_transpose2d conv_transpose3d";
inline constexpr std::string_view kPlainConvolutions = "conv1d conv2d conv3d";
// Matrix products; attention is two of them with a softmax between.
inline constexpr std::string_view kProducts = "linear matmul einsum baddbmm addmm";
inline constexpr std::string_view kAttention = "scaled_dot_product_attention";
inline constexpr std::string_view kOtherNorms = "layer_norm group_norm instance_norm";

Checked Macs(const SeenOp& op);
Checked Elements(const SeenOp& op);  // of the first output
// Elements of the scores that attention takes the softmax of.
Checked Scores(const SeenOp& op);
// The first output, where a bias is added to it; else 0.
Checked BiasAdditions(const SeenOp& op);

// Whether the module gives the padding of its convolution as a word ("same"), which traces hold as
// another operator that few tools know.
bool HasPaddingByWord(const SeenOp& op);
// Whether the model writes this matrix product as torch.einsum, which a capture does not tell
// apart: known of torchvision's MaxViT.
bool IsEinsum(const SeenOp& op);
// Whether a batch norm takes the statistics of its batch.
bool InTraining(const SeenOp& op);

// One row an operator that counts in some column; a column's total is its sum. The notes say which
// operators with multiply-accumulates the first column misses, and which operators are unknown.
absl::StatusOr<Table> CountOps(const graph::Graph& graph,
                               std::initializer_list<std::span<const OpRule>> columns);

}  // namespace latcast::conventions

#endif  // LATCAST_ANALYZER_CONVENTIONS_OPERATORS_H_
