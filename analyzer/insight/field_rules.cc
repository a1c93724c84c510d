#include "analyzer/insight/field_rules.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/op_def.h"

namespace latcast::insight {
namespace {

using graph::Shape;
using Result = std::optional<ValueField>;
using Ints = std::vector<int64_t>;

// --- attributes ---

std::optional<size_t> Axis(int64_t dim, size_t rank) {
  const auto signed_rank = static_cast<int64_t>(rank);
  if (dim < 0) dim += signed_rank;
  if (dim < 0 || dim >= signed_rank) return std::nullopt;
  return static_cast<size_t>(dim);
}

std::optional<int64_t> Int(const FieldCall& call, std::string_view name) {
  const absl::StatusOr<int64_t> value = graph::GetInt(call.op.attributes, name);
  return value.ok() ? std::optional<int64_t>(*value) : std::nullopt;
}

std::optional<Ints> List(const FieldCall& call, std::string_view name) {
  const auto it = call.op.attributes.find(name);
  if (it == call.op.attributes.end()) return std::nullopt;
  if (const auto* list = std::get_if<Ints>(&it->second)) return *list;
  if (const auto* one = std::get_if<int64_t>(&it->second)) return Ints{*one};
  return std::nullopt;
}

bool Flag(const FieldCall& call, std::string_view name, bool fallback) {
  return graph::GetBool(call.op.attributes, name, fallback).value_or(fallback);
}

std::optional<size_t> AxisNamed(const FieldCall& call, std::string_view name,
                                std::optional<int64_t> fallback = std::nullopt) {
  const std::optional<int64_t> dim = Int(call, name);
  if (!dim && !fallback) return std::nullopt;
  return Axis(dim.value_or(fallback.value_or(0)), call.in(0).size());
}

// "conv2d" -> 2; 0 where the name ends in no number of dimensions.
size_t SpatialAxes(const std::string& type) {
  const size_t n = type.size();
  if (n < 2 || type[n - 1] != 'd' || type[n - 2] < '1' || type[n - 2] > '3') return 0;
  return static_cast<size_t>(type[n - 2] - '0');
}

// Only the first `count` inputs are what the rule speaks of: the others must not depend on the
// network's input.
bool OthersAreConstant(const FieldCall& call, size_t count) {
  return std::all_of(
      call.fields.begin() + static_cast<std::ptrdiff_t>(std::min(count, call.fields.size())),
      call.fields.end(), [](const ValueField& field) { return field.none(); });
}

// --- sliding windows ---

// The windows of a convolution or pooling, one a spatial axis; `kernel` likewise.
std::optional<std::vector<Window>> Windows(const FieldCall& call, const Ints& kernel,
                                           std::optional<int64_t> default_stride) {
  const size_t n = kernel.size();
  const graph::Attributes& attributes = call.op.attributes;
  const absl::StatusOr<Ints> stride = graph::GetInts(attributes, "stride", n, 0);
  const absl::StatusOr<Ints> dilation = graph::GetInts(attributes, "dilation", n, 1);
  if (!stride.ok() || !dilation.ok()) return std::nullopt;
  Ints padding(n, 0);
  const auto mode = attributes.find(std::string_view("padding"));
  const std::string* name =
      mode == attributes.end() ? nullptr : std::get_if<std::string>(&mode->second);
  if (name == nullptr) {
    const absl::StatusOr<Ints> given = graph::GetInts(attributes, "padding", n, 0);
    if (!given.ok()) return std::nullopt;
    padding = *given;
  }
  std::vector<Window> windows;
  for (size_t i = 0; i < n; ++i) {
    Window window{kernel[i], (*stride)[i], padding[i], (*dilation)[i]};
    if (window.stride == 0) window.stride = default_stride.value_or(kernel[i]);
    // The odd element of "same" is padded behind.
    if (name != nullptr && *name == "same") {
      int64_t total = 0;
      if (__builtin_mul_overflow(window.dilation, window.taps - 1, &total)) return std::nullopt;
      window.padding = total / 2;
    } else if (name != nullptr && *name != "valid") {
      return std::nullopt;
    }
    windows.push_back(window);
  }
  return windows;
}

// A window slid along the last axes of the value.
ValueField Slid(FieldCall& call, const std::vector<Window>& windows, bool back) {
  ValueField field = call.fields[0];
  const size_t first = call.in(0).size() - windows.size();
  for (size_t i = 0; i < windows.size(); ++i) {
    const size_t axis = first + i;
    call.windowed = call.windowed || field.LiesOn(axis);
    field.Remap(axis, call.out()[axis], [&](const FieldMap& map) {
      return back ? map.SlideBack(windows[i]) : map.Slide(windows[i]);
    });
  }
  return field;
}

Result Convolution(FieldCall& call) {
  if (call.op.inputs.size() < 2 || !OthersAreConstant(call, 1)) return std::nullopt;
  const bool transposed = call.op.type.starts_with("conv_transpose");
  const size_t n = SpatialAxes(call.op.type);
  const Shape& weight = call.in(1);
  const size_t rank = call.in(0).size();
  if (n == 0 || weight.size() != n + 2 || rank < n + 1) return std::nullopt;
  const Ints kernel(weight.begin() + 2, weight.end());
  const auto windows = Windows(call, kernel, 1);
  const absl::StatusOr<int64_t> groups = graph::GetInt(call.op.attributes, "groups", 1);
  if (!windows || !groups.ok()) return std::nullopt;
  ValueField field = Slid(call, *windows, transposed);
  const AxisSet channels = Bit(rank - n - 1);
  if (*groups == 1) {
    field.Collapse(channels, call.input_length);
  } else if (field.MayLieOn(channels)) {
    return std::nullopt;
  }
  return field;
}

Result Pool(FieldCall& call) {
  const size_t n = SpatialAxes(call.op.type);
  const absl::StatusOr<Ints> kernel = graph::GetInts(call.op.attributes, "kernel_size", n, 0);
  if (n == 0 || call.in(0).size() < n || !kernel.ok()) return std::nullopt;
  const auto windows = Windows(call, *kernel, std::nullopt);
  if (!windows) return std::nullopt;
  return Slid(call, *windows, /*back=*/false);
}

// Position o of `out` averages [floor(o in / out), ceil((o + 1) in / out)).
Result AdaptivePool(FieldCall& call) {
  const size_t n = SpatialAxes(call.op.type);
  if (n == 0 || call.in(0).size() < n) return std::nullopt;
  ValueField field = call.fields[0];
  for (size_t axis = call.in(0).size() - n; axis < call.in(0).size(); ++axis) {
    const int64_t in = call.in(0)[axis];
    const int64_t out = call.out()[axis];
    if (in < 1 || out < 1) return std::nullopt;
    call.windowed = call.windowed || field.LiesOn(axis);
    if (out == 1) {
      field.Collapse(Bit(axis), call.input_length);
      continue;
    }
    field.Remap(axis, out, [in, out](const FieldMap& map) -> std::optional<FieldMap> {
      if (in > FieldMap::kMaxPosition || out > FieldMap::kMaxPosition) return std::nullopt;
      const int64_t common = std::gcd(in, out);
      return map.Resample(out / common, in / common, [in, out](int64_t o) {
        return Interval{o * in / out, ((o + 1) * in + out - 1) / out - 1};
      });
    });
  }
  return field;
}

// --- element by element ---

// Inputs broadcast against each other.
Result Elementwise(FieldCall& call) {
  const Shape& out = call.out();
  ValueField result;
  for (size_t i = 0; i < call.fields.size(); ++i) {
    if (call.fields[i].none()) continue;
    const Shape& in = call.in(i);
    if (in.size() > out.size()) return std::nullopt;
    ValueField field = call.fields[i];
    std::vector<std::optional<size_t>> to;
    for (size_t axis = 0; axis < in.size(); ++axis) {
      const size_t target = axis + out.size() - in.size();
      if (in[axis] != out[target]) {
        if (in[axis] != 1) return std::nullopt;
        field.Repeat(axis);
      }
      to.emplace_back(target);
    }
    field.MoveAxes(to);
    result.Add(field);
  }
  return result;
}

// The first input element by element; the others are parameters and buffers.
Result FirstElementwise(FieldCall& call) {
  if (!OthersAreConstant(call, 1) || call.in(0) != call.out()) return std::nullopt;
  return call.fields[0];
}

// --- norms and reductions ---

Result Collapsed(const FieldCall& call, AxisSet axes) {
  if (!OthersAreConstant(call, 1)) return std::nullopt;
  ValueField field = call.fields[0];
  field.Collapse(axes, call.input_length);
  return field;
}

// In training it takes the statistics of all but the channels.
Result BatchNorm(FieldCall& call) {
  if (!Flag(call, "training", false)) return FirstElementwise(call);
  return Collapsed(call, AllAxes(call.in(0).size()) & ~Bit(1));
}

Result LayerNorm(FieldCall& call) {
  const std::optional<Ints> normalized = List(call, "normalized_shape");
  const size_t rank = call.in(0).size();
  if (!normalized || normalized->size() > rank) return std::nullopt;
  return Collapsed(call, AllAxes(rank) & ~AllAxes(rank - normalized->size()));
}

// Statistics over space, of single channels or groups of them.
Result SpatialNorm(FieldCall& call) {
  if (call.in(0).size() < 2 || call.fields[0].MayLieOn(Bit(1))) return std::nullopt;
  return Collapsed(call, AllAxes(call.in(0).size()) & ~AllAxes(2));
}

Result Softmax(FieldCall& call) {
  const std::optional<size_t> axis = AxisNamed(call, "dim");
  if (!axis) return std::nullopt;
  return Collapsed(call, Bit(*axis));
}

Result Reduce(FieldCall& call) {
  const size_t rank = call.in(0).size();
  AxisSet axes = 0;
  for (const int64_t dim : List(call, "dim").value_or(Ints())) {
    const std::optional<size_t> axis = Axis(dim, rank);
    if (!axis) return std::nullopt;
    axes |= Bit(*axis);
  }
  if (axes == 0) axes = AllAxes(rank);
  Result field = Collapsed(call, axes);
  if (!field || Flag(call, "keepdim", false)) return field;
  std::vector<std::optional<size_t>> to;
  size_t next = 0;
  for (size_t axis = 0; axis < rank; ++axis) {
    const bool gone = (axes & Bit(axis)) != 0;
    to.push_back(gone ? std::nullopt : std::optional<size_t>(next++));
  }
  field->MoveAxes(to);
  return field;
}

// --- products ---

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

// Every query sees all keys and values of its batch entry and head.
Result Attention(FieldCall& call) {
  if (call.fields.size() < 3 || !OthersAreConstant(call, 3)) return std::nullopt;
  if (Flag(call, "is_causal", false)) return std::nullopt;
  const size_t rank = call.in(0).size();
  ValueField result;
  for (size_t i = 0; i < 3; ++i) {
    if (call.in(i).size() != rank || rank < 2) return std::nullopt;
    ValueField field = call.fields[i];
    const AxisSet embedding = i == 2 ? 0 : Bit(rank - 1);
    const AxisSet tokens = i == 0 ? 0 : Bit(rank - 2);
    field.Collapse(embedding | tokens, call.input_length);
    result.Add(field);
  }
  return result;
}

// --- shapes ---

Result Reshape(FieldCall& call) {
  if (!OthersAreConstant(call, 1)) return std::nullopt;
  const Shape& in = call.in(0);
  if (std::ranges::find(in, 0) != in.end()) return std::nullopt;
  ValueField field = call.fields[0];
  field.Reshape(in, call.out());
  return field;
}

Result Permute(FieldCall& call) {
  const std::optional<Ints> dims = List(call, "dims");
  const size_t rank = call.in(0).size();
  if (!dims || dims->size() != rank) return std::nullopt;
  std::vector<std::optional<size_t>> to(rank);
  for (size_t i = 0; i < rank; ++i) {
    const std::optional<size_t> from = Axis((*dims)[i], rank);
    if (!from) return std::nullopt;
    to[*from] = i;
  }
  ValueField field = call.fields[0];
  field.MoveAxes(to);
  return field;
}

Result Transpose(FieldCall& call) {
  const std::optional<size_t> a = AxisNamed(call, "dim0");
  const std::optional<size_t> b = AxisNamed(call, "dim1");
  if (!a || !b) return std::nullopt;
  std::vector<std::optional<size_t>> to;
  for (size_t i = 0; i < call.in(0).size(); ++i) to.emplace_back(i);
  std::swap(to[*a], to[*b]);
  ValueField field = call.fields[0];
  field.MoveAxes(to);
  return field;
}

Result Concatenate(FieldCall& call) {
  const std::optional<size_t> axis = AxisNamed(call, "dim", 0);
  if (!axis) return std::nullopt;
  ValueField result;
  bool uneven = false;
  for (size_t i = 0; i < call.fields.size(); ++i) {
    if (call.in(i).size() != call.out().size()) return std::nullopt;
    ValueField field = call.fields[i];
    // Pieces of an axis that positions advance along: nobody follows them over the seam.
    if (call.in(i)[*axis] != call.out()[*axis]) field.Shuffle(*axis);
    uneven = uneven || !(field == call.fields[0]);
    result.Add(field);
  }
  if (uneven) result.MarkUneven(Bit(*axis));
  return result;
}

// --- the table ---

using Rule = Result (*)(FieldCall&);

Rule FindRule(const graph::Op& op) {
  static const auto& rules = *new absl::flat_hash_map<std::string_view, Rule>{
      {"conv1d", Convolution},
      {"conv2d", Convolution},
      {"conv3d", Convolution},
      {"conv_transpose1d", Convolution},
      {"conv_transpose2d", Convolution},
      {"conv_transpose3d", Convolution},
      {"max_pool1d", Pool},
      {"max_pool2d", Pool},
      {"max_pool3d", Pool},
      {"avg_pool1d", Pool},
      {"avg_pool2d", Pool},
      {"avg_pool3d", Pool},
      {"adaptive_avg_pool1d", AdaptivePool},
      {"adaptive_avg_pool2d", AdaptivePool},
      {"adaptive_avg_pool3d", AdaptivePool},
      {"adaptive_max_pool1d", AdaptivePool},
      {"adaptive_max_pool2d", AdaptivePool},
      {"adaptive_max_pool3d", AdaptivePool},
      {"batch_norm", BatchNorm},
      {"layer_norm", LayerNorm},
      {"rms_norm", LayerNorm},
      {"group_norm", SpatialNorm},
      {"instance_norm", SpatialNorm},
      {"softmax", Softmax},
      {"log_softmax", Softmax},
      {"mean", Reduce},
      {"linear", Linear},
      {"matmul", Matmul},
      {"scaled_dot_product_attention", Attention},
      {"flatten", Reshape},
      {"view", Reshape},
      {"reshape", Reshape},
      {"permute", Permute},
      {"transpose", Transpose},
      {"contiguous", FirstElementwise},
      {"clone", FirstElementwise},
      {"cat", Concatenate},
  };
  const auto it = rules.find(op.type);
  if (it != rules.end()) return it->second;
  const ops::OpDef* def = ops::FindOp(op.type);
  if (def == nullptr) return nullptr;
  const bool elementwise =
      def->family == "activation" || def->family == "arithmetic" || def->family == "regularization";
  return elementwise ? Elementwise : nullptr;
}

}  // namespace

const Shape& FieldCall::in(size_t index) const {
  static const Shape& absent = *new Shape();
  return op.inputs[index] == graph::kNone ? absent : graph.value(op.inputs[index]).shape;
}

Result FieldOf(FieldCall& call) {
  const Rule rule = FindRule(call.op);
  if (rule == nullptr || call.op.inputs.empty() || call.op.inputs[0] == graph::kNone) {
    return std::nullopt;
  }
  return rule(call);
}

}  // namespace latcast::insight
