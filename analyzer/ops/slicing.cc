// Views of a part of the input.
#include "analyzer/ops/slicing.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/rule.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"

namespace latcast::ops {
namespace {

using graph::GetInt;
using graph::Shape;
using graph::Value;

TensorTypes Part(const Value& input, Shape shape) {
  return {{input.dtype, std::move(shape)}};
}

absl::Status CheckNotScalar(const Value& input) { return CheckRank(input, "input", 1, SIZE_MAX); }

absl::StatusOr<size_t> ReadDim(const OpCall& call, std::string_view name, int64_t fallback) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const int64_t dim, GetInt(call.op.attributes, name, fallback));
  return WrapDim(dim, input->shape.size());
}

InferResult InferSelect(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(Shape shape, SelectedShape(call.op.attributes, *input));
  return Part(*input, std::move(shape));
}

InferResult InferSlice(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(Shape shape, SlicedShape(call.op.attributes, *input));
  return Part(*input, std::move(shape));
}

// The start is an attribute, or the second input's value.
InferResult InferNarrow(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  RETURN_IF_ERROR(CheckNotScalar(*input));
  ASSIGN_OR_RETURN(const int64_t dim_attribute, GetInt(call.op.attributes, "dim"));
  ASSIGN_OR_RETURN(const size_t dim, WrapDim(dim_attribute, input->shape.size()));
  ASSIGN_OR_RETURN(const int64_t length, GetInt(call.op.attributes, "length"));
  int64_t start = 0;
  if (Optional(call, 1) == nullptr) {
    ASSIGN_OR_RETURN(start, GetInt(call.op.attributes, "start"));
  }
  Shape shape = input->shape;
  const int64_t size = shape[dim];
  const int64_t first = start < 0 ? start + size : start;
  if (first < 0 || first > size || length < 0 || length > size - first) {
    return Refuse(absl::StrCat(length, " entries from ", start, " on do not lie in dimension ", dim,
                               " of ", ToString(shape)));
  }
  shape[dim] = length;
  return Part(*input, std::move(shape));
}

InferResult InferDiagonal(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(Shape shape, DiagonalShape(call.op.attributes, *input));
  return Part(*input, std::move(shape));
}

// Windows of `size` every `step` entries; a scalar counts as one entry.
InferResult InferUnfold(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const size_t dim, ReadDim(call, "dimension", 0));
  ASSIGN_OR_RETURN(const int64_t size, GetInt(call.op.attributes, "size"));
  ASSIGN_OR_RETURN(const int64_t step, GetInt(call.op.attributes, "step"));
  Shape shape = input->shape;
  const int64_t available = shape.empty() ? 1 : shape[dim];
  if (size < 0 || size > available || step < 1) {
    return Refuse(absl::StrCat("no windows of ", size, " every ", step, " in ", available,
                               " entries of ", ToString(shape)));
  }
  if (!shape.empty()) shape[dim] = (available - size) / step + 1;
  shape.push_back(size);
  return Part(*input, std::move(shape));
}

// Whether the elements exist is for the storage to say, which may reach beyond the input.
InferResult InferAsStrided(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(Shape shape, GetList(call.op.attributes, "size"));
  ASSIGN_OR_RETURN(const std::vector<int64_t> stride, GetList(call.op.attributes, "stride"));
  ASSIGN_OR_RETURN(const int64_t offset, GetInt(call.op.attributes, "storage_offset", 0));
  if (shape.size() != stride.size()) {
    return Refuse(absl::StrCat(shape.size(), " sizes and ", stride.size(), " strides"));
  }
  const auto negative = [](int64_t entry) { return entry < 0; };
  if (offset < 0 || std::any_of(shape.begin(), shape.end(), negative) ||
      std::any_of(stride.begin(), stride.end(), negative)) {
    return Refuse("a size, a stride or the offset is negative");
  }
  return Part(*input, std::move(shape));
}

Pinned PinsInput(const OpCall&) { return {1, "size and stride were chosen for it"}; }

}  // namespace

absl::StatusOr<Shape> SelectedShape(const graph::Attributes& attributes, const Value& input) {
  RETURN_IF_ERROR(CheckNotScalar(input));
  ASSIGN_OR_RETURN(const int64_t dim_attribute, GetInt(attributes, "dim", 0));
  ASSIGN_OR_RETURN(const size_t dim, WrapDim(dim_attribute, input.shape.size()));
  ASSIGN_OR_RETURN(const int64_t index, GetInt(attributes, "index"));
  const int64_t size = input.shape[dim];
  if (index < -size || index >= size) {
    return Refuse(absl::StrCat("index ", index, " does not lie in dimension ", dim, " of ",
                               ToString(input.shape)));
  }
  Shape shape = input.shape;
  shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(dim));
  return shape;
}

absl::StatusOr<Shape> SlicedShape(const graph::Attributes& attributes, const Value& input) {
  RETURN_IF_ERROR(CheckNotScalar(input));
  ASSIGN_OR_RETURN(const int64_t dim_attribute, GetInt(attributes, "dim", 0));
  ASSIGN_OR_RETURN(const size_t dim, WrapDim(dim_attribute, input.shape.size()));
  ASSIGN_OR_RETURN(const int64_t start, GetInt(attributes, "start", 0));
  ASSIGN_OR_RETURN(const int64_t end, GetInt(attributes, "end", INT64_MAX));
  ASSIGN_OR_RETURN(const int64_t step, GetInt(attributes, "step", 1));
  if (step < 1) return Refuse(absl::StrCat("attribute step: ", step, ", at least 1 expected"));
  Shape shape = input.shape;
  const int64_t size = shape[dim];
  const auto position = [size](int64_t at) {
    return std::clamp<int64_t>(at < 0 ? at + size : at, 0, size);
  };
  const int64_t length = std::max<int64_t>(position(end) - position(start), 0);
  shape[dim] = length / step + (length % step == 0 ? 0 : 1);
  return shape;
}

absl::StatusOr<Shape> DiagonalShape(const graph::Attributes& attributes, const Value& input) {
  ASSIGN_OR_RETURN(const int64_t offset, GetInt(attributes, "offset", 0));
  ASSIGN_OR_RETURN(const int64_t dim1, GetInt(attributes, "dim1", 0));
  ASSIGN_OR_RETURN(const int64_t dim2, GetInt(attributes, "dim2", 1));
  RETURN_IF_ERROR(CheckNotScalar(input));
  ASSIGN_OR_RETURN(const size_t rows, WrapDim(dim1, input.shape.size()));
  ASSIGN_OR_RETURN(const size_t columns, WrapDim(dim2, input.shape.size()));
  if (rows == columns) return Refuse(absl::StrCat("dim1 and dim2 are both ", rows));
  Shape shape;
  for (size_t i = 0; i < input.shape.size(); ++i) {
    if (i != rows && i != columns) shape.push_back(input.shape[i]);
  }
  const Checked row_end = Checked(input.shape[rows]) + std::min<int64_t>(offset, 0);
  const Checked column_end = Checked(input.shape[columns]) - std::max<int64_t>(offset, 0);
  ASSIGN_OR_RETURN(const int64_t height, row_end.Value("the diagonal's offset"));
  ASSIGN_OR_RETURN(const int64_t width, column_end.Value("the diagonal's offset"));
  shape.push_back(std::max<int64_t>(std::min(height, width), 0));
  return shape;
}

std::vector<OpDef> SlicingOps() {
  constexpr std::string_view kFamily = "slicing";
  constexpr bool kIsView = true;
  return {
      {"select",
       kFamily,
       "One entry of a dimension, which is gone afterwards. No cost.",
       {"input"},
       InferSelect,
       ViewCost,
       SavesNothing,
       kIsView},
      {"slice",
       kFamily,
       "The entries from start to end of a dimension, every step-th one. No cost.",
       {"input"},
       InferSlice,
       ViewCost,
       SavesNothing,
       kIsView},
      {"narrow",
       kFamily,
       "`length` entries of a dimension from start on. No cost.",
       {"input", "start?"},
       InferNarrow,
       ViewCost,
       SavesNothing,
       kIsView},
      {"diagonal",
       kFamily,
       "A diagonal of two dimensions, which becomes the last one. No cost.",
       {"input"},
       InferDiagonal,
       ViewCost,
       SavesNothing,
       kIsView},
      {"unfold",
       kFamily,
       "Sliding windows of one dimension, their elements in a new last one. No cost.",
       {"input"},
       InferUnfold,
       ViewCost,
       SavesNothing,
       kIsView},
      {"as_strided",
       kFamily,
       "The input's storage under any size and stride. No cost.",
       {"input"},
       InferAsStrided,
       ViewCost,
       SavesNothing,
       kIsView,
       PinsInput},
  };
}

}  // namespace latcast::ops
