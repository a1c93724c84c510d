#include "analyzer/ops/indexing.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "analyzer/ops/rule.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::ops {
namespace {

using graph::Shape;
using graph::Value;

// Which dimensions are indexed, and the shape that their indices broadcast to.
struct Indexed {
  std::vector<bool> dims;
  Shape shape;
};

// The first dimension that a mask lies over is `at`.
absl::Status CheckMask(const Value& mask, const Shape& input, size_t at) {
  const Shape& shape = mask.shape;
  if (!shape.empty() && at + shape.size() <= input.size() &&
      std::equal(shape.begin(), shape.end(), input.begin() + static_cast<std::ptrdiff_t>(at))) {
    return absl::OkStatus();
  }
  return Refuse(absl::StrCat("mask ", ToString(shape), " does not lie over dimension ", at, " of ",
                             ToString(input)));
}

absl::StatusOr<Indexed> ReadIndices(const Shape& input, std::span<const Value* const> indices,
                                    const absl::StatusOr<int64_t>& count) {
  Indexed indexed;
  for (const Value* index : indices) {
    const size_t at = indexed.dims.size();
    if (index == nullptr) {
      indexed.dims.push_back(false);
    } else if (IsMask(*index)) {
      RETURN_IF_ERROR(CheckMask(*index, input, at));
      if (!count.ok()) return count.status();
      ASSIGN_OR_RETURN(indexed.shape, Broadcast(indexed.shape, {*count}));
      indexed.dims.insert(indexed.dims.end(), index->shape.size(), true);
    } else {
      RETURN_IF_ERROR(CheckIndex(*index, false));
      ASSIGN_OR_RETURN(indexed.shape, Broadcast(indexed.shape, index->shape));
      indexed.dims.push_back(true);
    }
  }
  if (indexed.dims.size() > input.size()) {
    return Refuse(absl::StrCat(indexed.dims.size(), " indices for input ", ToString(input)));
  }
  indexed.dims.resize(input.size(), false);
  return indexed;
}

}  // namespace

bool IsMask(const Value& index) {
  return index.dtype == graph::DType::kBool || index.dtype == graph::DType::kUInt8;
}

absl::Status CheckIndex(const Value& index, bool wide) {
  const bool fits =
      index.dtype == graph::DType::kInt64 || (!wide && index.dtype == graph::DType::kInt32);
  if (fits) return absl::OkStatus();
  return Refuse(absl::StrCat("index is ", ToAbsl(Name(index.dtype)), ", int64 ",
                             wide ? "" : "or int32 ", "expected"));
}

absl::Status CheckPositions(const Value& index, const Value& input, size_t dim) {
  const Shape one = {1};
  const Shape& positions = index.shape.empty() ? one : index.shape;
  const Shape& entries = input.shape.empty() ? one : input.shape;
  bool fits = positions.size() == entries.size();
  for (size_t i = 0; fits && i < entries.size(); ++i) fits = i == dim || positions[i] <= entries[i];
  if (fits) return absl::OkStatus();
  return Refuse(absl::StrCat("index ", ToString(index.shape), " does not fit ",
                             ToString(input.shape), " in every dimension but ", dim));
}

absl::StatusOr<Shape> IndexedShape(const Value& input, std::span<const Value* const> indices,
                                   const absl::StatusOr<int64_t>& count) {
  ASSIGN_OR_RETURN(const Indexed indexed, ReadIndices(input.shape, indices, count));
  const auto first = std::find(indexed.dims.begin(), indexed.dims.end(), true);
  if (first == indexed.dims.end()) return Refuse("there is no index");
  const auto last = std::find(first, indexed.dims.end(), false);
  const bool adjacent = std::find(last, indexed.dims.end(), true) == indexed.dims.end();
  const bool takes_any =
      std::find(indexed.shape.begin(), indexed.shape.end(), 0) == indexed.shape.end();
  const auto position = first - indexed.dims.begin();
  Shape shape;
  if (!adjacent) shape = indexed.shape;
  for (size_t i = 0; i < input.shape.size(); ++i) {
    if (adjacent && static_cast<std::ptrdiff_t>(i) == position) {
      shape.insert(shape.end(), indexed.shape.begin(), indexed.shape.end());
    }
    if (!indexed.dims[i]) {
      shape.push_back(input.shape[i]);
    } else if (takes_any && input.shape[i] == 0) {
      return Refuse(absl::StrCat("dimension ", i, " of ", ToString(input.shape), " is empty"));
    }
  }
  return shape;
}

}  // namespace latcast::ops
