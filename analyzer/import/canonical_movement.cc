// Views, copies that rearrange, indexing, padding and detection.
#include <utility>

#include "analyzer/graph/attributes.h"
#include "analyzer/import/canonical_rule.h"

namespace latcast::import {
namespace {

using graph::Op;
using graph::Shape;

bool RenameSplitSizes(const Context&, Op& op) {
  Rename(op, "split_sizes", "split_size");
  return true;
}

// x.mT and, for the real tensors there are here, x.mH: the last two dimensions exchanged.
bool SwapLastTwo(const Context&, Op& op) {
  op.attributes.emplace("dim0", int64_t{-2});
  op.attributes.emplace("dim1", int64_t{-1});
  return true;
}

// x.T: all dimensions in reverse order.
bool ReverseDims(const Context& context, Op& op) {
  const Shape* shape = context.ShapeOf(op, 0);
  if (shape == nullptr) return false;
  std::vector<int64_t> dims;
  for (size_t i = shape->size(); i-- > 0;) dims.push_back(static_cast<int64_t>(i));
  op.attributes.emplace("dims", std::move(dims));
  return true;
}

bool SwapRowsAndColumns(const Context& context, Op& op) {
  op.attributes.emplace("dim0", int64_t{0});
  op.attributes.emplace("dim1", int64_t{1});
  return context.HasRank(op, 0, 2);
}

bool FlattenAll(const Context&, Op& op) {
  op.attributes.emplace("start_dim", int64_t{0});
  op.attributes.emplace("end_dim", int64_t{-1});
  return true;
}

// A padding operator of one mode as pad of that mode.
bool ToPad(Op& op, std::string_view mode) {
  Rename(op, "padding", "pad");
  return op.attributes.emplace("mode", std::string(mode)).second;
}

bool Reflect(const Context&, Op& op) { return ToPad(op, "reflect"); }
bool Replicate(const Context&, Op& op) { return ToPad(op, "replicate"); }
bool Circle(const Context&, Op& op) { return ToPad(op, "circular"); }

bool FlipRows(const Context&, Op& op) {
  return op.attributes.emplace("dims", std::vector<int64_t>{0}).second;
}

bool FlipColumns(const Context&, Op& op) {
  return op.attributes.emplace("dims", std::vector<int64_t>{1}).second;
}

// Tensors that have `rank` dimensions and more are joined along the one that `dim` counts; such of
// one dimension less, that lacks it, are stacked.
bool JoinAlong(const Context& context, Op& op, size_t rank, int64_t dim) {
  bool all_have = true;
  bool all_lack = true;
  for (size_t i = 0; i < op.inputs.size(); ++i) {
    const Shape* shape = context.ShapeOf(op, i);
    if (shape == nullptr) return false;
    all_have = all_have && shape->size() >= rank;
    all_lack = all_lack && shape->size() + 1 == rank;
  }
  if (all_lack) op.type = "stack";
  op.attributes.emplace("dim", dim);
  return all_have || all_lack;
}

bool StackRows(const Context& context, Op& op) { return JoinAlong(context, op, 2, 0); }
bool StackColumns(const Context& context, Op& op) { return JoinAlong(context, op, 2, 1); }
bool StackDepth(const Context& context, Op& op) { return JoinAlong(context, op, 3, 2); }

// Vectors lie in one row already.
bool StackInRow(const Context& context, Op& op) {
  return JoinAlong(context, op, 1, context.HasRank(op, 0, 1) ? 0 : 1);
}

// What the repetitions of a tensor add up to is what the capture saw.
bool KeepOutputSize(const Context& context, Op& op) {
  const bool is_fixed = op.attributes.contains("repeats") || op.attributes.contains("output_size");
  if (is_fixed || op.outputs.size() != 1) return is_fixed;
  const Shape& shape = context.graph.value(op.outputs[0]).shape;
  const absl::StatusOr<int64_t> dim = graph::GetInt(op.attributes, "dim", 0);
  if (!dim.ok() || shape.empty()) return false;
  const int64_t index = *dim < 0 ? *dim + static_cast<int64_t>(shape.size()) : *dim;
  if (index < 0 || index >= static_cast<int64_t>(shape.size())) return false;
  op.attributes["output_size"] = shape[static_cast<size_t>(index)];
  return true;
}

constexpr Rule kRules[] = {
    {"select", "select", {"dim", "index"}},
    {"select_copy", "select", {"dim", "index"}},
    {"slice", "slice", {"dim", "start", "end", "step"}},
    {"slice_copy", "slice", {"dim", "start", "end", "step"}},
    {"narrow", "narrow", {"dim", "start", "length"}},
    {"narrow_copy", "narrow", {"dim", "start", "length"}},
    {"diagonal", "diagonal", {"offset", "dim1", "dim2"}},
    {"diagonal_copy", "diagonal", {"offset", "dim1", "dim2"}},
    {"unfold", "unfold", {"dimension", "size", "step"}},
    {"unfold_copy", "unfold", {"dimension", "size", "step"}},
    {"as_strided", "as_strided", {"size", "stride", "storage_offset"}},
    {"as_strided_copy", "as_strided", {"size", "stride", "storage_offset"}},
    {"split", "split", {"split_size", "dim"}, {}, RenameSplitSizes},
    {"split_copy", "split", {"split_size", "dim"}},
    {"unsafe_split", "split", {"split_size", "dim"}},
    {"split_with_sizes", "split", {"split_size", "dim"}, {}, RenameSplitSizes},
    {"split_with_sizes_copy", "split", {"split_size", "dim"}, {}, RenameSplitSizes},
    {"unsafe_split_with_sizes", "split", {"split_size", "dim"}, {}, RenameSplitSizes},
    {"chunk", "chunk", {"chunks", "dim"}},
    {"unsafe_chunk", "chunk", {"chunks", "dim"}},
    {"tensor_split", "tensor_split", {"indices", "sections", "dim"}},
    {"unbind", "unbind", {"dim"}},
    {"unbind_copy", "unbind", {"dim"}},
    {"expand", "expand", {"size"}, {"implicit"}},
    {"expand_copy", "expand", {"size"}, {"implicit"}},
    {"broadcast_to", "expand", {"size"}},
    {"expand_as", "expand_as"},
    {"broadcast_tensors", "broadcast_tensors"},
    {"meshgrid", "meshgrid", {"indexing"}},
    {"squeeze", "squeeze", {"dim"}},
    {"squeeze_copy", "squeeze", {"dim"}},
    {"unsqueeze", "unsqueeze", {"dim"}},
    {"unsqueeze_copy", "unsqueeze", {"dim"}},
    {"unflatten", "unflatten", {"dim", "sizes"}},
    {"movedim", "movedim", {"source", "destination"}},
    {"moveaxis", "movedim", {"source", "destination"}},
    {"alias", "alias"},
    {"alias_copy", "alias"},
    {"lift", "alias"},
    {"lift_fresh", "alias"},
    {"lift_fresh_copy", "alias"},
    {"detach", "detach"},
    {"detach_copy", "detach"},
    {"view_as", "view_as"},
    {"reshape_as", "view_as"},
    {"view_copy", "view", {"size"}},
    {"_reshape_copy", "reshape", {"size"}},
    {"_reshape_alias_copy", "view", {"size"}, {"stride"}},
    {"ravel", "flatten", {"start_dim", "end_dim"}, {}, FlattenAll},
    {"permute_copy", "permute", {"dims"}},
    {"numpy_T", "permute", {"dims"}, {}, ReverseDims},
    {"transpose_copy", "transpose", {"dim0", "dim1"}},
    {"t_copy", "transpose", {"dim0", "dim1"}, {}, SwapRowsAndColumns},
    {"mT", "transpose", {"dim0", "dim1"}, {}, SwapLastTwo},
    {"mH", "transpose", {"dim0", "dim1"}, {}, SwapLastTwo},
    {"adjoint", "transpose", {"dim0", "dim1"}, {}, SwapLastTwo},
    {"stack", "stack", {"dim"}},
    {"hstack", "cat", {"dim"}, {}, StackInRow},
    {"vstack", "cat", {"dim"}, {}, StackRows},
    {"row_stack", "cat", {"dim"}, {}, StackRows},
    {"dstack", "cat", {"dim"}, {}, StackDepth},
    {"column_stack", "cat", {"dim"}, {}, StackColumns},
    {"roll", "roll", {"shifts", "dims"}},
    {"flip", "flip", {"dims"}},
    {"flipud", "flip", {"dims"}, {}, FlipRows},
    {"fliplr", "flip", {"dims"}, {}, FlipColumns},
    {"tril", "tril", {"diagonal"}},
    {"triu", "triu", {"diagonal"}},
    {"repeat", "repeat", {"repeats"}},
    {"tile", "tile", {"dims"}},
    {"repeat_interleave",
     "repeat_interleave",
     {"repeats", "dim", "output_size"},
     {},
     KeepOutputSize},
    {"pad", "pad", {"pad", "mode", "value"}},
    {"constant_pad_nd", "pad", {"pad", "value"}},
    {"reflection_pad1d", "pad", {"pad", "mode"}, {}, Reflect},
    {"reflection_pad2d", "pad", {"pad", "mode"}, {}, Reflect},
    {"reflection_pad3d", "pad", {"pad", "mode"}, {}, Reflect},
    {"replication_pad1d", "pad", {"pad", "mode"}, {}, Replicate},
    {"replication_pad2d", "pad", {"pad", "mode"}, {}, Replicate},
    {"replication_pad3d", "pad", {"pad", "mode"}, {}, Replicate},
    {"_pad_circular", "pad", {"pad", "mode"}, {}, Circle},
    {"pixel_shuffle", "pixel_shuffle", {"upscale_factor"}},
    {"pixel_unshuffle", "pixel_unshuffle", {"downscale_factor"}},
    {"channel_shuffle", "channel_shuffle", {"groups"}},
    {"native_channel_shuffle", "channel_shuffle", {"groups"}},
    {"im2col", "im2col", {"kernel_size", "dilation", "padding", "stride"}},
    {"col2im", "col2im", {"output_size", "kernel_size", "dilation", "padding", "stride"}},
};

}  // namespace

std::span<const Rule> MovementRules() { return kRules; }

}  // namespace latcast::import
