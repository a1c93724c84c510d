// Views, copies that rearrange, indexing, padding and detection.
#include <algorithm>
#include <utility>

#include "analyzer/graph/attributes.h"
#include "analyzer/import/canonical_rule.h"
#include "analyzer/ops/indexing.h"

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

template <int64_t kDim>
bool SplitAlong(const Context&, Op& op) {
  op.attributes.emplace("dim", kDim);
  return true;
}

// Along the only dimension of a vector, else along the second.
bool SplitHorizontally(const Context& context, Op& op) {
  op.attributes.emplace("dim", int64_t{context.HasRank(op, 0, 1) ? 0 : 1});
  return true;
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

// How many entries masks gave is what the capture saw.
bool KeepCountOfMasks(const Context& context, Op& op) {
  if (context.ShapeOf(op, 0) == nullptr) return false;
  std::vector<const graph::Value*> indices;
  bool has_mask = false;
  for (size_t i = 1; i < op.inputs.size(); ++i) {
    const graph::ValueId id = op.inputs[i];
    indices.push_back(id == graph::kNone ? nullptr : &context.graph.value(id));
    has_mask = has_mask || (indices.back() != nullptr && ops::IsMask(*indices.back()));
  }
  if (!has_mask) return true;
  // A mask that gives one entry leaves the shape of the others': where the capture's differs, there
  // is what it gave. None at all fits where one does not.
  const graph::Value& input = context.graph.value(op.inputs[0]);
  const Shape& seen = context.graph.value(op.outputs[0]).shape;
  for (const int64_t guess : {1, 0}) {
    const absl::StatusOr<Shape> shape = ops::IndexedShape(input, indices, guess);
    if (!shape.ok() || shape->size() != seen.size()) continue;
    const auto differs = std::mismatch(shape->begin(), shape->end(), seen.begin());
    op.attributes["count"] = differs.first == shape->end() ? guess : *differs.second;
    return true;
  }
  return false;
}

// A number has no input of its own, and the one behind it moves up.
bool SearchNumber(const Context&, Op& op) {
  if (op.inputs.empty()) return false;
  if (op.attributes.contains("self")) op.inputs.insert(op.inputs.begin() + 1, graph::kNone);
  return true;
}

// bucketize(x, boundaries) searches the boundaries for x.
bool SearchBoundaries(const Context& context, Op& op) {
  if (op.inputs.size() == 2) std::swap(op.inputs[0], op.inputs[1]);
  return context.HasRank(op, 0, 1);
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
    {"hsplit", "tensor_split", {"indices", "sections", "dim"}, {}, SplitHorizontally},
    {"vsplit", "tensor_split", {"indices", "sections", "dim"}, {}, SplitAlong<0>},
    {"dsplit", "tensor_split", {"indices", "sections", "dim"}, {}, SplitAlong<2>},
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
    {"view_copy", "view", {"size", "dtype"}},
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
    {"index", "index", {"count"}, {}, KeepCountOfMasks},
    {"_unsafe_index", "index", {"count"}, {}, KeepCountOfMasks},
    {"index_select", "index_select", {"dim"}},
    {"gather", "gather", {"dim"}, {"sparse_grad"}},
    {"take", "take"},
    {"take_along_dim", "take_along_dim", {"dim"}},
    {"masked_select", "masked_select", {"count"}, {}, KeepCount},
    {"nonzero", "nonzero", {"count"}, {}, KeepCount},
    {"argwhere", "nonzero", {"count"}, {}, KeepCount},
    {"nonzero_numpy", "nonzero_numpy", {"count"}, {}, KeepCount},
    {"nonzero_static", "nonzero_static", {"size", "fill_value"}},
    {"scatter", "scatter", {"dim", "value", "reduce"}},
    {"scatter_add", "scatter_add", {"dim"}},
    {"scatter_reduce", "scatter_reduce", {"dim", "reduce", "include_self"}},
    {"index_add", "index_add", {"dim", "alpha"}},
    {"index_copy", "index_copy", {"dim"}},
    {"index_fill", "index_fill", {"dim", "value"}},
    {"index_put", "index_put", {"accumulate"}},
    {"_unsafe_index_put", "index_put", {"accumulate"}},
    {"_index_put_impl", "index_put", {"accumulate"}, {"unsafe"}},
    {"masked_scatter", "masked_scatter"},
    {"select_scatter", "select_scatter", {"dim", "index"}},
    {"slice_scatter", "slice_scatter", {"dim", "start", "end", "step"}},
    {"diagonal_scatter", "diagonal_scatter", {"offset", "dim1", "dim2"}},
    {"sort", "sort", {"dim", "descending", "stable"}},
    {"argsort", "argsort", {"dim", "descending", "stable"}},
    {"topk", "topk", {"k", "dim", "largest", "sorted"}},
    {"searchsorted", "searchsorted", {"self", "out_int32", "right", "side"}, {}, SearchNumber},
    {"bucketize", "searchsorted", {"self", "out_int32", "right"}, {}, SearchBoundaries},
    {"roi_align",
     "roi_align",
     {"spatial_scale", "pooled_height", "pooled_width", "sampling_ratio", "aligned"}},
    {"ps_roi_align",
     "ps_roi_align",
     {"spatial_scale", "pooled_height", "pooled_width", "sampling_ratio"}},
    {"roi_pool", "roi_pool", {"spatial_scale", "pooled_height", "pooled_width"}},
    {"ps_roi_pool", "ps_roi_pool", {"spatial_scale", "pooled_height", "pooled_width"}},
    {"nms", "nms", {"iou_threshold", "count"}, {}, KeepCount},
    {"deform_conv2d",
     "deform_conv2d",
     {"stride_h", "stride_w", "pad_h", "pad_w", "dilation_h", "dilation_w", "groups",
      "offset_groups", "use_mask"}},
};

}  // namespace

std::span<const Rule> MovementRules() { return kRules; }

}  // namespace latcast::import
