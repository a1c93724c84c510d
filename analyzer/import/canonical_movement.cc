// Views, copies that rearrange, indexing, padding and detection.
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
};

}  // namespace

std::span<const Rule> MovementRules() { return kRules; }

}  // namespace latcast::import
