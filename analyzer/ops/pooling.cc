#include "analyzer/ops/pooling.h"

#include <numeric>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/rule.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"

namespace latcast::ops {
namespace {

using graph::Value;

constexpr std::string_view kAdaptive = "adaptive_";

// The name without "adaptive_" and dimensions: "max_pool".
std::string_view BaseName(std::string_view type) {
  if (SpatialDims(type) == 0) return type;
  type.remove_suffix(2);
  if (type.starts_with(kAdaptive)) type.remove_prefix(kAdaptive.size());
  return type;
}

struct Pool {
  Sizes kernel;
  Sizes stride;
  Sizes padding;
  Sizes dilation;
  bool ceil_mode = false;
  bool within_input = false;  // PyTorch's avg_pool3d takes no kernel larger than the bare input
};

absl::StatusOr<Pool> ReadPool(const OpCall& call) {
  const graph::Attributes& attributes = call.op.attributes;
  const size_t dims = SpatialDims(call.op.type);
  Pool pool;
  ASSIGN_OR_RETURN(pool.kernel, GetSizes(attributes, "kernel_size", dims, 1));
  // An absent or empty stride is the kernel size.
  pool.stride.assign(dims, 0);
  RETURN_IF_ERROR(
      graph::GetInts(attributes, "stride", 0, absl::MakeSpan(pool.stride.begin(), dims)));
  if (pool.stride == Sizes(dims, 0)) pool.stride = pool.kernel;
  for (const int64_t stride : pool.stride) {
    if (stride >= 1) continue;
    return Refuse(absl::StrCat("stride ", ToString(pool.stride), ", at least 1 expected"));
  }
  ASSIGN_OR_RETURN(pool.padding, GetSizes(attributes, "padding", dims, 0, 0));
  ASSIGN_OR_RETURN(pool.dilation, GetSizes(attributes, "dilation", dims, 1, 1));
  ASSIGN_OR_RETURN(pool.ceil_mode, graph::GetBool(attributes, "ceil_mode", false));
  pool.within_input = call.op.type == "avg_pool3d";
  return pool;
}

int64_t FloorDivide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// In ceil mode the last window may reach past the end, but must start inside input or left padding.
absl::StatusOr<int64_t> OutputSize(const Pool& pool, int64_t input, size_t i) {
  const int64_t stride = pool.stride[i];
  const int64_t padding = pool.padding[i];
  ASSIGN_OR_RETURN(const int64_t extent,
                   (Checked(pool.kernel[i] - 1) * pool.dilation[i] + 1).Value("dilated kernel"));
  // Whatever the dilation: PyTorch 2.11 speaks of the effective kernel, but its kernels refuse
  // more.
  if (padding > pool.kernel[i] / 2) {
    return Refuse(
        absl::StrCat("padding ", padding, " is more than half of the kernel of ", pool.kernel[i]));
  }
  ASSIGN_OR_RETURN(const int64_t padded,
                   (Checked(input) + padding + padding).Value("padded input"));
  ASSIGN_OR_RETURN(const int64_t room,
                   (Checked(padded) - extent + (pool.ceil_mode ? stride - 1 : 0))
                       .Value("padded input and stride"));
  int64_t output = FloorDivide(room, stride) + 1;
  if (output >= 1 && pool.ceil_mode) {
    ASSIGN_OR_RETURN(const int64_t last, (Checked(output - 1) * stride).Value("window start"));
    if (last >= input + padding) --output;
  }
  if (output < 1 || (pool.within_input && pool.kernel[i] > input)) {
    return Refuse(absl::StrCat("kernel ", pool.kernel[i], " with dilation ", pool.dilation[i],
                               " spans ", extent, ", more than the ",
                               pool.within_input ? "input of " : "padded input of ",
                               pool.within_input ? input : padded));
  }
  return output;
}

absl::StatusOr<const Value*> PoolInput(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  const size_t dims = SpatialDims(call.op.type);
  RETURN_IF_ERROR(CheckRank(*input, "input", dims + 1, dims + 2));
  return input;
}

// The input's sizes from this dimension on are pooled.
size_t FirstPooled(const OpCall& call, const Value& input) {
  return input.shape.size() - SpatialDims(call.op.type);
}

// One output of the input's type; a second one holds indices where the call records it.
TensorTypes PooledTypes(const OpCall& call, const Value& input, const Sizes& sizes) {
  graph::Shape shape(input.shape.begin(),
                     input.shape.end() - static_cast<std::ptrdiff_t>(sizes.size()));
  shape.insert(shape.end(), sizes.begin(), sizes.end());
  TensorTypes types = {{input.dtype, shape}};
  if (call.op.outputs.size() == 2 && IsMaxPool(call.op.type)) {
    types.push_back({graph::DType::kInt64, std::move(shape)});
  }
  return types;
}

InferResult InferPool(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, PoolInput(call));
  ASSIGN_OR_RETURN(const Pool pool, ReadPool(call));
  Sizes sizes;
  for (size_t i = 0; i < pool.kernel.size(); ++i) {
    ASSIGN_OR_RETURN(const int64_t size,
                     OutputSize(pool, input->shape[FirstPooled(call, *input) + i], i));
    sizes.push_back(size);
  }
  return PooledTypes(call, *input, sizes);
}

InferResult InferAdaptivePool(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, PoolInput(call));
  for (size_t i = FirstPooled(call, *input); i < input->shape.size(); ++i) {
    if (input->shape[i] >= 1) continue;
    return Refuse(absl::StrCat("input ", ToString(input->shape), " has no elements to pool"));
  }
  ASSIGN_OR_RETURN(const Sizes sizes,
                   GetSizes(call.op.attributes, "output_size", SpatialDims(call.op.type), 0));
  return PooledTypes(call, *input, sizes);
}

// Lengths of all windows [floor(i in / out), ceil((i + 1) in / out)) of one dimension: they cover
// the input once, and one element twice at each of the inner edges that fall inside an element.
Checked AdaptiveWindows(int64_t in, int64_t out) { return Checked(in) + out - std::gcd(in, out); }

// MoveCost with one FLOP a window element: k - 1 additions or comparisons and, for averages, the
// division.
absl::StatusOr<OpCost> CostPool(const OpCall& call) {
  ASSIGN_OR_RETURN(OpCost cost, MoveCost(call));
  ASSIGN_OR_RETURN(cost.flops, PoolWindowElements(call));
  return cost;
}

// The input and where each maximum was found.
absl::StatusOr<Saved> SavedByMaxPool(const OpCall& call) {
  ASSIGN_OR_RETURN(const int64_t indices,
                   (Elements(call.outputs[0]->shape) * ByteSize(graph::DType::kInt64))
                       .Value("bytes of indices"));
  return Saved{.inputs = 1, .extra_bytes = indices};
}

// The input; a global average is a mean, which keeps nothing.
absl::StatusOr<Saved> SavedByAdaptiveAverage(const OpCall& call) {
  return IsGlobalAverage(call) ? SavesNothing(call) : SavesInput(call);
}

}  // namespace

bool IsMaxPool(std::string_view type) { return BaseName(type) == "max_pool"; }

bool IsAveragePool(std::string_view type) { return BaseName(type) == "avg_pool"; }

bool IsGlobalAverage(const OpCall& call) {
  if (!call.op.type.starts_with(kAdaptive) || !IsAveragePool(call.op.type)) return false;
  const size_t dims = SpatialDims(call.op.type);
  const graph::Shape& shape = call.outputs[0]->shape;
  return shape.size() > dims && Sizes::Last(dims, shape) == Sizes(dims, 1);
}

absl::StatusOr<int64_t> PoolWindowElements(const OpCall& call) {
  const std::string& type = call.op.type;
  if (!IsMaxPool(type) && !IsAveragePool(type)) {
    return Refuse(absl::StrCat("'", type, "' is not a pooling operator"));
  }
  ASSIGN_OR_RETURN(const Value* input, PoolInput(call));
  const graph::Shape& in = input->shape;
  if (type.starts_with(kAdaptive)) {
    const size_t first = FirstPooled(call, *input);
    ASSIGN_OR_RETURN(const Sizes sizes,
                     GetSizes(call.op.attributes, "output_size", SpatialDims(type), 0));
    Checked windows = 1;
    for (size_t i = 0; i < in.size(); ++i) {
      windows *= i < first ? Checked(in[i]) : AdaptiveWindows(in[i], sizes[i - first]);
    }
    return windows.Value("window elements");
  }
  ASSIGN_OR_RETURN(const Pool pool, ReadPool(call));
  return (Elements(call.outputs[0]->shape) * Elements(pool.kernel)).Value("window elements");
}

std::vector<OpDef> PoolingOps() {
  struct Kind {
    std::vector<std::string_view> types;  // by dimensions
    std::string_view doc;
    InferFn infer;
    SavedFn saved;
  };
  const Kind kinds[] = {
      {{"max_pool1d", "max_pool2d", "max_pool3d"},
       "Maximum of a sliding window. FLOPs: the window's elements for each output.",
       InferPool,
       SavedByMaxPool},
      {{"avg_pool1d", "avg_pool2d", "avg_pool3d"},
       "Average of a sliding window. FLOPs: the window's elements for each output (additions and "
       "one division).",
       InferPool,
       SavesInput},
      {{"adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d"},
       "Average of output_size windows that cover the input. FLOPs: the elements of every window "
       "(additions and one division).",
       InferAdaptivePool,
       SavedByAdaptiveAverage},
      {{"adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d"},
       "Maximum of output_size windows that cover the input. FLOPs: the elements of every window.",
       InferAdaptivePool,
       SavedByMaxPool},
  };
  std::vector<OpDef> defs;
  for (const Kind& kind : kinds) {
    for (const std::string_view type : kind.types) {
      defs.push_back({type, "pooling", kind.doc, {"input"}, kind.infer, CostPool, kind.saved});
    }
  }
  return defs;
}

}  // namespace latcast::ops
