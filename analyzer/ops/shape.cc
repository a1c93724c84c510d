#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/result_type.h"
#include "analyzer/ops/rule.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"

namespace latcast::ops {
namespace {

using graph::Shape;
using graph::Value;

TensorTypes Reshaped(const Value& input, Shape shape) { return {{input.dtype, std::move(shape)}}; }

InferResult InferFlatten(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  const Shape& in = input->shape;
  ASSIGN_OR_RETURN(const int64_t start_dim, graph::GetInt(call.op.attributes, "start_dim", 0));
  ASSIGN_OR_RETURN(const int64_t end_dim, graph::GetInt(call.op.attributes, "end_dim", -1));
  ASSIGN_OR_RETURN(const size_t start, WrapDim(start_dim, in.size()));
  ASSIGN_OR_RETURN(const size_t end, WrapDim(end_dim, in.size()));
  if (start > end) {
    return Refuse(absl::StrCat("start_dim ", start_dim, " comes after end_dim ", end_dim));
  }
  if (in.empty()) return Reshaped(*input, {1});
  const auto first = in.begin() + static_cast<std::ptrdiff_t>(start);
  const auto last = in.begin() + static_cast<std::ptrdiff_t>(end) + 1;
  ASSIGN_OR_RETURN(const int64_t merged, Elements(Shape(first, last)).Value("elements"));
  Shape shape(in.begin(), first);
  shape.push_back(merged);
  shape.insert(shape.end(), last, in.end());
  return Reshaped(*input, std::move(shape));
}

// view names its target `size`, reshape `shape`; each may carry either name.
absl::StatusOr<Shape> TargetShape(const graph::Attributes& attributes) {
  return GetList(attributes, attributes.contains(std::string_view("size")) ? "size" : "shape");
}

// The target with its one -1 replaced so that it holds as many elements as `source`.
absl::StatusOr<Shape> FillTarget(const Shape& source, Shape shape) {
  const std::string target = graph::ToString(graph::Attribute(shape));
  int64_t* open = nullptr;
  Checked known = 1;
  for (int64_t& dim : shape) {
    if (dim == -1 && open == nullptr) {
      open = &dim;
    } else if (dim < 0) {
      return Refuse(absl::StrCat("target ", target, ": one -1 and no other negative dimension"));
    } else {
      known *= dim;
    }
  }
  ASSIGN_OR_RETURN(const int64_t wanted, known.Value(absl::StrCat("target ", target)));
  ASSIGN_OR_RETURN(const int64_t elements, Elements(source).Value("input elements"));
  if (open != nullptr && wanted > 0 && elements % wanted == 0) {
    *open = elements / wanted;
  } else if (open != nullptr || wanted != elements) {
    return Refuse(absl::StrCat("input ", ToString(source), " with ", elements,
                               " elements does not fit target ", target));
  }
  return shape;
}

// The last dimension holds the same bytes.
InferResult InferAnotherType(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const graph::DType dtype, GetDType(call.op.attributes, "dtype", input->dtype));
  const int64_t from = graph::ByteSize(input->dtype);
  const int64_t to = graph::ByteSize(dtype);
  Shape shape = input->shape;
  if (from != to) {
    RETURN_IF_ERROR(CheckRank(*input, "input", 1, SIZE_MAX));
    ASSIGN_OR_RETURN(const int64_t bytes, (Checked(shape.back()) * from).Value("bytes of a row"));
    if (bytes % to != 0) {
      return Refuse(absl::StrCat("rows of ", bytes, " bytes do not make up elements of ", to));
    }
    shape.back() = bytes / to;
  }
  return TensorTypes{{dtype, std::move(shape)}};
}

InferResult InferView(const OpCall& call) {
  if (call.op.attributes.contains(std::string_view("dtype"))) return InferAnotherType(call);
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(Shape target, TargetShape(call.op.attributes));
  ASSIGN_OR_RETURN(Shape shape, FillTarget(input->shape, std::move(target)));
  return Reshaped(*input, std::move(shape));
}

InferResult InferViewAs(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const Value* other, call.Input(1));
  ASSIGN_OR_RETURN(Shape shape, FillTarget(input->shape, other->shape));
  return Reshaped(*input, std::move(shape));
}

InferResult InferUnflatten(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  RETURN_IF_ERROR(CheckRank(*input, "input", 1, SIZE_MAX));
  ASSIGN_OR_RETURN(const int64_t dim_attribute, graph::GetInt(call.op.attributes, "dim"));
  ASSIGN_OR_RETURN(const size_t dim, WrapDim(dim_attribute, input->shape.size()));
  ASSIGN_OR_RETURN(Shape target, GetList(call.op.attributes, "sizes"));
  if (target.empty()) return Refuse("attribute sizes is empty");
  ASSIGN_OR_RETURN(target, FillTarget({input->shape[dim]}, std::move(target)));
  Shape shape = input->shape;
  const auto at = shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(dim));
  shape.insert(at, target.begin(), target.end());
  return Reshaped(*input, std::move(shape));
}

InferResult InferPermute(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const std::vector<int64_t> dims, GetList(call.op.attributes, "dims"));
  if (dims.size() != input->shape.size()) {
    return Refuse(absl::StrCat(dims.size(), " dims for input ", ToString(input->shape), ", ",
                               input->shape.size(), " expected"));
  }
  std::vector<bool> used(dims.size());
  Shape shape;
  for (const int64_t dim : dims) {
    ASSIGN_OR_RETURN(const size_t index, WrapDim(dim, dims.size()));
    if (used[index]) return Refuse(absl::StrCat("dim ", dim, " repeats"));
    used[index] = true;
    shape.push_back(input->shape[index]);
  }
  return Reshaped(*input, std::move(shape));
}

InferResult InferTranspose(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const int64_t dim0, graph::GetInt(call.op.attributes, "dim0"));
  ASSIGN_OR_RETURN(const int64_t dim1, graph::GetInt(call.op.attributes, "dim1"));
  ASSIGN_OR_RETURN(const size_t first, WrapDim(dim0, input->shape.size()));
  ASSIGN_OR_RETURN(const size_t second, WrapDim(dim1, input->shape.size()));
  Shape shape = input->shape;
  if (!shape.empty()) std::swap(shape[first], shape[second]);
  return Reshaped(*input, std::move(shape));
}

}  // namespace

std::vector<OpDef> ShapeOps() {
  constexpr std::string_view kFamily = "shape";
  constexpr bool kIsView = true;
  return {
      {"flatten",
       kFamily,
       "Merges the dimensions from start_dim to end_dim. No cost, unless a capture saw a copy.",
       {"input"},
       InferFlatten,
       ViewCost,
       SavesNothing,
       kIsView},
      {"view",
       kFamily,
       "The same elements under another shape; -1 stands for what remains. Or the same memory as "
       "elements of another dtype; the last dimension holds the same bytes. No cost.",
       {"input"},
       InferView,
       ViewCost,
       SavesNothing,
       kIsView},
      {"reshape",
       kFamily,
       "The same elements under another shape; -1 stands for what remains. No cost, unless a "
       "capture saw a copy.",
       {"input"},
       InferView,
       ViewCost,
       SavesNothing,
       kIsView},
      {"view_as",
       kFamily,
       "The same elements under the shape of another tensor. No cost, unless a capture saw a copy.",
       {"input", "other"},
       InferViewAs,
       ViewCost,
       SavesNothing,
       kIsView},
      {"unflatten",
       kFamily,
       "One dimension split into several; -1 stands for what remains. No cost.",
       {"input"},
       InferUnflatten,
       ViewCost,
       SavesNothing,
       kIsView},
      {"permute",
       kFamily,
       "The dimensions in another order. No cost: the strides change, no element moves.",
       {"input"},
       InferPermute,
       ViewCost,
       SavesNothing,
       kIsView},
      {"transpose",
       kFamily,
       "Two dimensions exchanged. No cost: the strides change, no element moves.",
       {"input"},
       InferTranspose,
       ViewCost,
       SavesNothing,
       kIsView},
  };
}

}  // namespace latcast::ops
