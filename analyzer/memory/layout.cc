#include "analyzer/memory/layout.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>

#include "analyzer/graph/attributes.h"
#include "analyzer/memory/storages.h"
#include "analyzer/ops/op_def.h"
#include "analyzer/ops/rule.h"

namespace latcast::memory {
namespace {

using graph::Graph;
using graph::Op;
using graph::Shape;
using graph::Value;
using graph::ValueId;

constexpr std::string_view kAttention = "scaled_dot_product_attention";

bool IsEmpty(const Shape& shape) { return std::find(shape.begin(), shape.end(), 0) != shape.end(); }

// Of a tensor of a sound graph.
int64_t Elements(const Value& value) { return Bytes(value) / graph::ByteSize(value.dtype); }

// Without gaps, dimensions in the order the strides have them.
Strides DenseLike(const Shape& shape, const Strides& strides) {
  std::vector<size_t> order(shape.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return strides[a] > strides[b]; });
  Strides dense(shape.size(), 1);
  if (IsEmpty(shape)) return dense;
  int64_t stride = 1;
  for (size_t i = order.size(); i-- > 0;) {
    dense[order[i]] = stride;
    stride *= shape[order[i]];
  }
  return dense;
}

// Element by element, into a tensor laid out as the first operand of that shape.
bool IsElementwise(const ops::OpDef* def) {
  if (def == nullptr) return false;
  constexpr std::string_view kFamilies[] = {"activation", "arithmetic",     "comparison",
                                            "function",   "regularization", "selection"};
  return def->type == "clone" || def->type == "to" ||
         std::find(std::begin(kFamilies), std::end(kFamilies), def->family) != std::end(kFamilies);
}

std::optional<size_t> Dim(const Op& op, std::string_view name, size_t rank) {
  const absl::StatusOr<int64_t> dim = graph::GetInt(op.attributes, name, 0);
  if (!dim.ok()) return std::nullopt;
  const absl::StatusOr<size_t> wrapped = ops::WrapDim(*dim, rank);
  return wrapped.ok() && *wrapped < rank ? std::optional(*wrapped) : std::nullopt;
}

Strides Expanded(const Shape& from, const Strides& strides, size_t rank) {
  Strides expanded(rank, 0);
  for (size_t i = 0; i < from.size() && from.size() <= rank; ++i) {
    if (from[i] != 1) expanded[rank - from.size() + i] = strides[i];
  }
  return expanded;
}

// A view whose dimensions are some of the input's, in another order.
std::optional<Strides> Reordered(const Op& op, const Strides& strides, const Shape& made) {
  const size_t rank = strides.size();
  if (op.type == "permute") {
    const auto dims = ops::GetList(op.attributes, "dims");
    if (!dims.ok() || dims->size() != rank) return std::nullopt;
    Strides result;
    for (const int64_t dim : *dims) {
      const auto index = ops::WrapDim(dim, rank);
      if (!index.ok() || *index >= rank) return std::nullopt;
      result.push_back(strides[*index]);
    }
    return result;
  }
  if (graph::IsInplace(op.attributes)) return std::nullopt;
  Strides result = strides;
  if (op.type == "transpose") {
    const auto first = Dim(op, "dim0", rank);
    const auto second = Dim(op, "dim1", rank);
    if (!first || !second) return std::nullopt;
    std::swap(result[*first], result[*second]);
    return result;
  }
  if (op.type == "select" || op.type == "unbind") {
    const auto dim = Dim(op, "dim", rank);
    if (!dim) return std::nullopt;
    result.erase(result.begin() + static_cast<std::ptrdiff_t>(*dim));
    return result;
  }
  if (op.type == "slice") {
    const auto dim = Dim(op, "dim", rank);
    const auto step = graph::GetInt(op.attributes, "step", 1);
    if (!dim || !step.ok()) return std::nullopt;
    if (made.size() == rank && made[*dim] > 1) result[*dim] *= *step;
    return result;
  }
  if (op.type == "narrow" || op.type == "split" || op.type == "chunk" ||
      op.type == "tensor_split") {
    return result;
  }
  return std::nullopt;
}

}  // namespace

Strides Contiguous(const Shape& shape) {
  Strides strides(shape.size(), 1);
  if (IsEmpty(shape)) return strides;  // nothing is ever stepped along
  int64_t stride = 1;
  for (size_t i = shape.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return strides;
}

// From the innermost dimension out: neighbours that lie in one run of memory are cut into target
// dimensions anew; a target dimension must not span two runs.
std::optional<Strides> ViewAs(const Shape& shape, const Strides& strides, const Shape& target) {
  if (IsEmpty(shape) || IsEmpty(target)) return Strides(target.size(), 1);
  Strides result(target.size(), 1);
  size_t next = target.size();  // target dimensions from here on have their stride
  int64_t run = 1;              // elements of the run so far
  int64_t step = 1;             // stride within the run
  const auto cut = [&] {
    int64_t covered = 1;
    while (next > 0 && (covered < run || target[next - 1] == 1)) {
      --next;
      result[next] = covered * step;
      covered *= target[next];
    }
    return covered == run;
  };
  bool started = false;
  for (size_t i = shape.size(); i-- > 0;) {
    if (shape[i] == 1) continue;
    if (started && strides[i] == run * step) {
      run *= shape[i];
      continue;
    }
    if (started && !cut()) return std::nullopt;
    started = true;
    run = shape[i];
    step = strides[i];
  }
  if (!cut() || next != 0) return std::nullopt;
  return result;
}

Layouts::Layouts(const Graph& graph)
    : graph_(graph), strides_(graph.values.size()), of_attention_(graph.values.size()) {
  for (size_t i = 0; i < graph.values.size(); ++i) {
    strides_[i] = Contiguous(graph.values[i].shape);
  }
  for (const Op& op : graph.ops) {
    for (const ValueId id : op.outputs) {
      strides_[static_cast<size_t>(id)] = OutputStrides(op, id);
      const ValueId input = op.inputs.empty() ? graph::kNone : op.inputs[0];
      const bool is_view =
          input != graph::kNone && graph.value(input).storage == graph.value(id).storage;
      of_attention_[static_cast<size_t>(id)] =
          op.type == kAttention || (is_view && of_attention_[static_cast<size_t>(input)]);
    }
  }
}

Strides Layouts::OutputStrides(const Op& op, ValueId output) const {
  const Value& made = graph_.value(output);
  const Strides& plain = Of(output);  // as the constructor has it
  if (op.inputs.empty() || op.inputs[0] == graph::kNone) return plain;
  const Value& input = graph_.value(op.inputs[0]);
  const Strides& from = Of(op.inputs[0]);
  if (op.type == kAttention) {
    return made.shape.size() == from.size() ? DenseLike(made.shape, from) : plain;
  }
  if (input.storage != made.storage && !JoinsHeadsInPlace(op)) {
    for (const ValueId id : op.inputs) {
      if (id == graph::kNone || graph_.value(id).shape != made.shape) continue;
      if (Of(id) == plain || !IsElementwise(ops::FindOp(op.type))) return plain;
      return DenseLike(made.shape, Of(id));
    }
    return plain;
  }
  if (std::optional<Strides> reordered = Reordered(op, from, made.shape);
      reordered && reordered->size() == made.shape.size()) {
    return *std::move(reordered);
  }
  if (op.type == "expand" || op.type == "expand_as" || op.type == "broadcast_tensors") {
    return Expanded(input.shape, from, made.shape.size());
  }
  if (input.shape == made.shape) return from;
  return ViewAs(input.shape, from, made.shape).value_or(plain);
}

bool Layouts::JoinsHeadsInPlace(const Op& op) const {
  if (op.type != "contiguous" && op.type != "reshape" && op.type != "flatten") return false;
  const ValueId input = op.inputs.empty() ? graph::kNone : op.inputs[0];
  if (input == graph::kNone || !of_attention_[static_cast<size_t>(input)]) return false;
  const Shape& shape = graph_.value(input).shape;
  const Shape& target = graph_.value(op.outputs[0]).shape;
  if (op.type != "contiguous") return ViewAs(shape, Of(input), target).has_value();
  // In the order of their dimensions without gaps: seen as one run.
  const auto run = ViewAs(shape, Of(input), {Elements(graph_.value(input))});
  return run && (run->front() == 1 || IsEmpty(shape) || Elements(graph_.value(input)) == 1);
}

Checked Layouts::CopiedBytes(const Op& op, size_t position) const {
  if (op.type != "linear" && op.type != "matmul") return 0;
  if (op.inputs.size() < 2 || op.inputs[0] == graph::kNone || op.inputs[1] == graph::kNone) {
    return 0;
  }
  const Value& input = graph_.value(op.inputs[position]);
  if (IsEmpty(input.shape) || input.shape.size() < 3) return 0;
  Shape shape = input.shape;
  Shape target;
  if (op.type == "linear" && position == 0) {
    target = {Elements(input) / input.shape.back(), input.shape.back()};
  } else if (op.type == "matmul" && graph_.value(op.inputs[1 - position]).shape.size() >= 3) {
    const Shape& output = graph_.value(op.outputs[0]).shape;
    if (output.size() < 3) return 0;
    shape.assign(output.begin(), output.end() - 2);
    target = {ops::Elements(shape).Value("").value_or(0)};
    for (const Shape::difference_type side : {2, 1}) {
      shape.push_back(*(input.shape.end() - side));
      target.push_back(shape.back());
    }
  } else {
    return 0;
  }
  const Checked bytes = ops::Elements(shape) * graph::ByteSize(input.dtype);
  if (bytes.overflow() || IsEmpty(shape)) return bytes;
  const Strides strides = Expanded(input.shape, Of(op.inputs[position]), shape.size());
  return ViewAs(shape, strides, target) ? Checked(0) : bytes;
}

}  // namespace latcast::memory
