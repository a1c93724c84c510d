// Views of consecutive parts of one dimension, all of the input's storage.
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

absl::StatusOr<size_t> ReadDim(const OpCall& call, const Value& input) {
  RETURN_IF_ERROR(CheckRank(input, "input", 1, SIZE_MAX));
  ASSIGN_OR_RETURN(const int64_t dim, GetInt(call.op.attributes, "dim", 0));
  return WrapDim(dim, input.shape.size());
}

constexpr int64_t kMaxParts = 65536;

// A recorded call says how many parts there are; more, or very many, are not worth building.
absl::Status CheckCount(const OpCall& call, int64_t count) {
  if (count > kMaxParts) return Refuse(absl::StrCat(count, " parts, at most ", kMaxParts));
  const size_t recorded = call.op.outputs.size();
  if (recorded == 0 || count == static_cast<int64_t>(recorded)) return absl::OkStatus();
  return Refuse(absl::StrCat(recorded, " outputs, ", count, " expected"));
}

bool IsList(const OpCall& call, std::string_view name) {
  const auto it = call.op.attributes.find(name);
  return it != call.op.attributes.end() && std::holds_alternative<std::vector<int64_t>>(it->second);
}

TensorTypes Parts(const Value& input, size_t dim, const std::vector<int64_t>& lengths) {
  TensorTypes parts(lengths.size(), {input.dtype, input.shape});
  for (size_t i = 0; i < lengths.size(); ++i) parts[i].shape[dim] = lengths[i];
  return parts;
}

// Parts of `length`, the last one what remains; an empty dimension has one empty part.
InferResult EqualParts(const OpCall& call, const Value& input, size_t dim, int64_t length) {
  const int64_t size = input.shape[dim];
  if (length < 0 || (length == 0 && size > 0)) {
    return Refuse(absl::StrCat("parts of ", length, " do not make up ", size));
  }
  const int64_t full = length == 0 ? 0 : size / length;
  const int64_t rest = size - full * length;
  const int64_t count = full + (rest > 0 || full == 0 ? 1 : 0);
  RETURN_IF_ERROR(CheckCount(call, count));
  std::vector<int64_t> lengths(static_cast<size_t>(count), length);
  if (rest > 0 || full == 0) lengths.back() = rest;
  return Parts(input, dim, lengths);
}

InferResult InferSplit(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const size_t dim, ReadDim(call, *input));
  if (!IsList(call, "split_size")) {
    ASSIGN_OR_RETURN(const int64_t length, GetInt(call.op.attributes, "split_size"));
    return EqualParts(call, *input, dim, length);
  }
  ASSIGN_OR_RETURN(const std::vector<int64_t> lengths, GetList(call.op.attributes, "split_size"));
  RETURN_IF_ERROR(CheckCount(call, static_cast<int64_t>(lengths.size())));
  Checked sum;
  for (const int64_t length : lengths) {
    if (length < 0) return Refuse(absl::StrCat("attribute split_size: ", length, " is negative"));
    sum += length;
  }
  ASSIGN_OR_RETURN(const int64_t total, sum.Value("the sum of split_size"));
  if (total != input->shape[dim]) {
    return Refuse(absl::StrCat("split_size adds up to ", total, ", dimension ", dim, " of ",
                               ToString(input->shape), " has ", input->shape[dim]));
  }
  return Parts(*input, dim, lengths);
}

InferResult InferChunk(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const size_t dim, ReadDim(call, *input));
  ASSIGN_OR_RETURN(const int64_t chunks, GetInt(call.op.attributes, "chunks"));
  if (chunks < 1) return Refuse(absl::StrCat("attribute chunks: ", chunks, ", at least 1"));
  const int64_t size = input->shape[dim];
  if (size > 0) {
    return EqualParts(call, *input, dim, size / chunks + (size % chunks == 0 ? 0 : 1));
  }
  RETURN_IF_ERROR(CheckCount(call, chunks));
  return Parts(*input, dim, std::vector<int64_t>(static_cast<size_t>(chunks), 0));
}

// Parts between indices, which are clamped as those of a slice.
std::vector<int64_t> LengthsBetween(const std::vector<int64_t>& indices, int64_t size) {
  const auto position = [size](int64_t at) {
    return std::clamp<int64_t>(at < 0 ? at + size : at, 0, size);
  };
  std::vector<int64_t> lengths;
  int64_t start = 0;
  for (const int64_t index : indices) {
    lengths.push_back(std::max<int64_t>(position(index) - position(start), 0));
    start = index;
  }
  lengths.push_back(size - position(start));
  return lengths;
}

InferResult InferTensorSplit(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const size_t dim, ReadDim(call, *input));
  const int64_t size = input->shape[dim];
  if (call.op.attributes.contains(std::string_view("indices"))) {
    ASSIGN_OR_RETURN(const std::vector<int64_t> indices, GetList(call.op.attributes, "indices"));
    RETURN_IF_ERROR(CheckCount(call, static_cast<int64_t>(indices.size()) + 1));
    return Parts(*input, dim, LengthsBetween(indices, size));
  }
  ASSIGN_OR_RETURN(const int64_t sections, GetInt(call.op.attributes, "sections"));
  if (sections < 1) return Refuse(absl::StrCat("attribute sections: ", sections, ", at least 1"));
  RETURN_IF_ERROR(CheckCount(call, sections));
  std::vector<int64_t> lengths(static_cast<size_t>(sections), size / sections);
  for (int64_t i = 0; i < size % sections; ++i) ++lengths[static_cast<size_t>(i)];
  return Parts(*input, dim, lengths);
}

InferResult InferUnbind(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const size_t dim, ReadDim(call, *input));
  RETURN_IF_ERROR(CheckCount(call, input->shape[dim]));
  Shape shape = input->shape;
  shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(dim));
  return TensorTypes(static_cast<size_t>(input->shape[dim]), {input->dtype, shape});
}

}  // namespace

std::vector<OpDef> SplittingOps() {
  constexpr std::string_view kFamily = "splitting";
  struct Row {
    std::string_view type;
    std::string_view doc;
    InferFn infer;
  };
  constexpr Row kRows[] = {
      {"split",
       "Parts of split_size entries of a dimension, the last one smaller, or of the lengths listed "
       "there. No cost.",
       InferSplit},
      {"chunk", "At most `chunks` parts of equal length, the last one smaller. No cost.",
       InferChunk},
      {"tensor_split",
       "`sections` parts whose lengths differ by one at most, or the parts between indices. No "
       "cost.",
       InferTensorSplit},
      {"unbind", "Every entry of a dimension, which is gone afterwards. No cost.", InferUnbind},
  };
  std::vector<OpDef> defs;
  for (const Row& row : kRows) {
    defs.push_back(
        {row.type, kFamily, row.doc, {"input"}, row.infer, ViewCost, SavesNothing, true});
  }
  return defs;
}

}  // namespace latcast::ops
