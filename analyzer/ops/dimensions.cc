// Views that add, drop, widen or reorder dimensions.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/rule.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"

namespace latcast::ops {
namespace {

using graph::Shape;
using graph::Value;

InferResult Reshaped(const Value& input, Shape shape) {
  return TensorTypes{{input.dtype, std::move(shape)}};
}

// -1 keeps a dimension of the input; only dimensions of 1 widen.
absl::StatusOr<Shape> Expanded(const Shape& input, Shape target) {
  const auto refused = [&] {
    return Refuse(absl::StrCat("input ", ToString(input), " does not expand to ",
                               graph::ToString(graph::Attribute(target))));
  };
  if (target.size() < input.size()) return refused();
  const size_t added = target.size() - input.size();
  for (size_t i = 0; i < target.size(); ++i) {
    const bool is_new = i < added;
    int64_t& dim = target[i];
    if (!is_new && dim == -1) dim = input[i - added];
    const bool fits = is_new || input[i - added] == 1 || input[i - added] == dim;
    if (dim < 0 || !fits) return refused();
  }
  return target;
}

InferResult InferExpand(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(Shape target, GetList(call.op.attributes, "size"));
  ASSIGN_OR_RETURN(Shape shape, Expanded(input->shape, std::move(target)));
  return Reshaped(*input, std::move(shape));
}

InferResult InferExpandAs(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const Value* other, call.Input(1));
  ASSIGN_OR_RETURN(Shape shape, Expanded(input->shape, other->shape));
  return Reshaped(*input, std::move(shape));
}

// Without dims all that are 1 go.
InferResult InferSqueeze(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  const size_t rank = input->shape.size();
  std::vector<bool> chosen(std::max<size_t>(rank, 1), true);
  if (call.op.attributes.contains(std::string_view("dim"))) {
    ASSIGN_OR_RETURN(const std::vector<int64_t> dims, GetList(call.op.attributes, "dim"));
    std::fill(chosen.begin(), chosen.end(), false);
    for (const int64_t dim : dims) {
      ASSIGN_OR_RETURN(const size_t index, WrapDim(dim, rank));
      if (chosen[index]) return Refuse(absl::StrCat("dim ", dim, " repeats"));
      chosen[index] = true;
    }
  }
  Shape shape;
  for (size_t i = 0; i < rank; ++i) {
    if (!chosen[i] || input->shape[i] != 1) shape.push_back(input->shape[i]);
  }
  return Reshaped(*input, std::move(shape));
}

InferResult InferUnsqueeze(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const int64_t dim, graph::GetInt(call.op.attributes, "dim"));
  ASSIGN_OR_RETURN(const size_t index, WrapDim(dim, input->shape.size() + 1));
  Shape shape = input->shape;
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(index), 1);
  return Reshaped(*input, std::move(shape));
}

absl::StatusOr<std::vector<size_t>> Positions(const OpCall& call, std::string_view name,
                                              size_t rank) {
  ASSIGN_OR_RETURN(const std::vector<int64_t> dims, GetList(call.op.attributes, name));
  std::vector<size_t> positions;
  for (const int64_t dim : dims) {
    ASSIGN_OR_RETURN(const size_t position, WrapDim(dim, rank));
    if (std::find(positions.begin(), positions.end(), position) != positions.end()) {
      return Refuse(absl::StrCat("dim ", dim, " repeats"));
    }
    positions.push_back(position);
  }
  return positions;
}

InferResult InferMovedim(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  const size_t rank = input->shape.size();
  ASSIGN_OR_RETURN(const std::vector<size_t> from, Positions(call, "source", rank));
  ASSIGN_OR_RETURN(const std::vector<size_t> to, Positions(call, "destination", rank));
  if (from.size() != to.size()) {
    return Refuse(absl::StrCat(from.size(), " sources and ", to.size(), " destinations"));
  }
  if (rank == 0) return Reshaped(*input, {});
  constexpr int64_t kFree = -1;
  Shape shape(rank, kFree);
  for (size_t i = 0; i < from.size(); ++i) shape[to[i]] = input->shape[from[i]];
  size_t next = 0;
  for (int64_t& dim : shape) {
    if (dim != kFree) continue;
    while (std::find(from.begin(), from.end(), next) != from.end()) ++next;
    dim = input->shape[next++];
  }
  return Reshaped(*input, std::move(shape));
}

// Every input under one shape.
TensorTypes AllAs(const OpCall& call, const Shape& shape) {
  TensorTypes types;
  for (const Value* input : call.inputs) types.push_back({input->dtype, shape});
  return types;
}

InferResult InferBroadcastTensors(const OpCall& call) {
  Shape shape;
  for (const Value* input : call.inputs) {
    ASSIGN_OR_RETURN(shape, Broadcast(shape, input->shape));
  }
  return AllAs(call, shape);
}

// Vector i along dimension i; "xy" exchanges the first two.
InferResult InferMeshgrid(const OpCall& call) {
  Shape shape;
  for (size_t i = 0; i < call.inputs.size(); ++i) {
    RETURN_IF_ERROR(CheckRank(*call.inputs[i], absl::StrCat("input ", i), 0, 1));
    RETURN_IF_ERROR(CheckSameType(*call.inputs[0], *call.inputs[i]));
    shape.push_back(call.inputs[i]->shape.empty() ? 1 : call.inputs[i]->shape[0]);
  }
  const auto indexing = call.op.attributes.find(std::string_view("indexing"));
  if (indexing != call.op.attributes.end() && shape.size() > 1 &&
      indexing->second == graph::Attribute("xy")) {
    std::swap(shape[0], shape[1]);
  }
  return AllAs(call, shape);
}

}  // namespace

std::vector<OpDef> DimensionOps() {
  constexpr std::string_view kFamily = "dimensions";
  struct Row {
    std::string_view type;
    std::string_view doc;
    InferFn infer;
    std::vector<std::string_view> inputs = {"input"};
  };
  const Row rows[] = {
      {"expand", "Dimensions of 1 widened to `size` and new ones put in front. No cost.",
       InferExpand},
      {"expand_as",
       "The input widened to the shape of another one. No cost.",
       InferExpandAs,
       {"input", "other"}},
      {"broadcast_tensors",
       "Every input widened to the shape they broadcast to. No cost.",
       InferBroadcastTensors,
       {"tensors*"}},
      {"meshgrid",
       "A grid of coordinates: every vector widened along the others. No cost.",
       InferMeshgrid,
       {"tensors*"}},
      {"squeeze", "Dimensions of 1 dropped: all of them, or those listed in dim. No cost.",
       InferSqueeze},
      {"unsqueeze", "A dimension of 1 put in at dim. No cost.", InferUnsqueeze},
      {"movedim", "Some dimensions moved to other places. No cost.", InferMovedim},
      {"alias", "The input itself. No cost.", SameAsFirst},
      {"detach", "The input itself, for which training computes no gradient. No cost.",
       SameAsFirst},
  };
  std::vector<OpDef> defs;
  for (const Row& row : rows) {
    defs.push_back(
        {row.type, kFamily, row.doc, row.inputs, row.infer, ViewCost, SavesNothing, true});
  }
  return defs;
}

}  // namespace latcast::ops
