// Operators that mix elements along whole axes: norms, reductions, matrix products, attention.
#include <algorithm>

#include "analyzer/insight/field_rule.h"

namespace latcast::insight {
namespace {

using graph::Shape;
using Result = std::optional<ValueField>;
using Ints = std::vector<int64_t>;

Result Collapsed(const FieldCall& call, AxisSet axes) {
  if (!call.ConstantFrom(1)) return std::nullopt;
  ValueField field = call.fields[0];
  field.Collapse(axes, call.input_length);
  return field;
}

// In training it takes the statistics of all but the channels.
Result BatchNorm(FieldCall& call) {
  if (!call.Flag("training", false)) return Collapsed(call, 0);
  return Collapsed(call, AllAxes(call.in(0).size()) & ~Bit(1));
}

Result LayerNorm(FieldCall& call) {
  const std::optional<Ints> normalized = call.List("normalized_shape");
  const size_t rank = call.in(0).size();
  if (!normalized || normalized->size() > rank) return std::nullopt;
  return Collapsed(call, AllAxes(rank) & ~AllAxes(rank - normalized->size()));
}

// Statistics over space, of single channels or groups of them.
Result SpatialNorm(FieldCall& call) {
  if (!call.Flag("use_input_stats", true)) return Collapsed(call, 0);
  if (call.in(0).size() < 2 || call.fields[0].MayLieOn(Bit(1))) return std::nullopt;
  return Collapsed(call, AllAxes(call.in(0).size()) & ~AllAxes(2));
}

Result Softmax(FieldCall& call) {
  const std::optional<size_t> axis = call.AxisNamed("dim");
  if (!axis) return std::nullopt;
  return Collapsed(call, Bit(*axis));
}

Result Reduce(FieldCall& call) {
  const size_t rank = call.in(0).size();
  AxisSet axes = 0;
  for (const int64_t dim : call.List("dim").value_or(Ints())) {
    const std::optional<size_t> axis = WrapAxis(dim, rank);
    if (!axis) return std::nullopt;
    axes |= Bit(*axis);
  }
  if (axes == 0) axes = AllAxes(rank);
  Result field = Collapsed(call, axes);
  if (!field || call.Flag("keepdim", false)) return field;
  std::vector<std::optional<size_t>> to;
  size_t next = 0;
  for (size_t axis = 0; axis < rank; ++axis) {
    const bool gone = (axes & Bit(axis)) != 0;
    to.push_back(gone ? std::nullopt : std::optional<size_t>(next++));
  }
  field->MoveAxes(to);
  return field;
}

Result Linear(FieldCall& call) {
  const size_t rank = call.in(0).size();
  if (rank < 1) return std::nullopt;
  return Collapsed(call, Bit(rank - 1));
}

// The operand's axes at the right end of the product's; its summed axis is gone.
void AlignOperand(ValueField& field, const Shape& in, const Shape& out, size_t summed, size_t kept,
                  size_t kept_to) {
  std::vector<std::optional<size_t>> to;
  for (size_t axis = 0; axis < in.size(); ++axis) {
    const size_t target = axis + out.size() - in.size();
    if (axis < in.size() - 2 && in[axis] == 1 && out[target] != 1) field.Repeat(axis);
    to.emplace_back(target);
  }
  to[summed] = std::nullopt;
  to[kept] = kept_to;
  field.MoveAxes(to);
}

Result Matmul(FieldCall& call) {
  if (call.fields.size() != 2) return std::nullopt;
  const Shape& a = call.in(0);
  const Shape& b = call.in(1);
  const size_t rank = call.out().size();
  if (a.size() < 2 || b.size() < 2 || rank != std::max(a.size(), b.size())) return std::nullopt;
  ValueField left = call.fields[0];
  left.Collapse(Bit(a.size() - 1), call.input_length);
  AlignOperand(left, a, call.out(), a.size() - 1, a.size() - 2, rank - 2);
  ValueField right = call.fields[1];
  right.Collapse(Bit(b.size() - 2), call.input_length);
  AlignOperand(right, b, call.out(), b.size() - 2, b.size() - 1, rank - 1);
  left.Add(right);
  return left;
}

// Every query sees all keys and values of its batch entry and head; a causal one those up to its
// own place.
Result Attention(FieldCall& call) {
  if (call.fields.size() < 3 || !call.ConstantFrom(3)) return std::nullopt;
  const bool causal = call.Flag("is_causal", false);
  const size_t rank = call.in(0).size();
  ValueField result;
  for (size_t i = 0; i < 3; ++i) {
    if (call.in(i).size() != rank || rank < 2) return std::nullopt;
    ValueField field = call.fields[i];
    const AxisSet embedding = i == 2 ? 0 : Bit(rank - 1);
    const AxisSet tokens = i == 0 ? 0 : Bit(rank - 2);
    field.Collapse(embedding, call.input_length);
    if (causal && !IfAllSeeTheSame(field, tokens, call.input_length)) return std::nullopt;
    field.Collapse(tokens, call.input_length);
    result.Add(field);
  }
  return result;
}

// Each element sees those before it.
Result Scan(FieldCall& call) {
  const std::optional<size_t> axis = call.AxisNamed("dim");
  if (!axis) return std::nullopt;
  return IfAllSeeTheSame(call.fields[0], Bit(*axis), call.input_length);
}

constexpr NamedFieldRule kRules[] = {
    {"batch_norm", BatchNorm},
    {"layer_norm", LayerNorm},
    {"rms_norm", LayerNorm},
    {"group_norm", SpatialNorm},
    {"instance_norm", SpatialNorm},
    {"softmax", Softmax},
    {"log_softmax", Softmax},
    {"mean", Reduce},
    {"sum", Reduce},
    {"amax", Reduce},
    {"amin", Reduce},
    {"prod", Reduce},
    {"var", Reduce},
    {"std", Reduce},
    {"logsumexp", Reduce},
    {"nansum", Reduce},
    {"count_nonzero", Reduce},
    {"max", Reduce},
    {"min", Reduce},
    {"aminmax", Reduce},
    {"argmax", Reduce},
    {"argmin", Reduce},
    {"var_mean", Reduce},
    {"std_mean", Reduce},
    {"linalg_vector_norm", Reduce},
    {"cumsum", Scan},
    {"cumprod", Scan},
    {"cummax", Scan},
    {"cummin", Scan},
    {"logcumsumexp", Scan},
    {"any", Reduce},
    {"all", Reduce},
    {"linear", Linear},
    {"matmul", Matmul},
    {"scaled_dot_product_attention", Attention},
};

}  // namespace

std::span<const NamedFieldRule> MixingFieldRules() { return kRules; }

}  // namespace latcast::insight
