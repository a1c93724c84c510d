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

struct Pool {
  Pair kernel;
  Pair stride;
  Pair padding;
  Pair dilation;
  bool ceil_mode = false;
};

absl::StatusOr<Pool> ReadPool(const OpCall& call) {
  const graph::Attributes& attributes = call.op.attributes;
  Pool pool;
  ASSIGN_OR_RETURN(pool.kernel, GetPair(attributes, "kernel_size", 1));
  // An absent or empty stride is the kernel size.
  ASSIGN_OR_RETURN(const std::vector<int64_t> stride, graph::GetInts(attributes, "stride", 2, 0));
  pool.stride = stride == std::vector<int64_t>{0, 0} ? pool.kernel : Pair{stride[0], stride[1]};
  if (pool.stride.h < 1 || pool.stride.w < 1) {
    return Refuse(
        absl::StrCat("stride ", pool.stride.h, "x", pool.stride.w, ", at least 1 expected"));
  }
  ASSIGN_OR_RETURN(pool.padding, GetPair(attributes, "padding", 0, 0));
  ASSIGN_OR_RETURN(pool.dilation, GetPair(attributes, "dilation", 1, 1));
  ASSIGN_OR_RETURN(pool.ceil_mode, graph::GetBool(attributes, "ceil_mode", false));
  return pool;
}

int64_t FloorDivide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// In ceil mode the last window may reach past the end, but must start inside input or left padding.
absl::StatusOr<int64_t> OutputSize(int64_t input, int64_t kernel, int64_t stride, int64_t padding,
                                   int64_t dilation, bool ceil_mode) {
  ASSIGN_OR_RETURN(const int64_t extent,
                   (Checked(kernel - 1) * dilation + 1).Value("dilated kernel"));
  if (padding > extent / 2) {
    return Refuse(
        absl::StrCat("padding ", padding, " is more than half of the kernel's span of ", extent));
  }
  ASSIGN_OR_RETURN(const int64_t padded,
                   (Checked(input) + padding + padding).Value("padded input"));
  ASSIGN_OR_RETURN(
      const int64_t room,
      (Checked(padded) - extent + (ceil_mode ? stride - 1 : 0)).Value("padded input and stride"));
  int64_t output = FloorDivide(room, stride) + 1;
  if (output >= 1 && ceil_mode) {
    ASSIGN_OR_RETURN(const int64_t last, (Checked(output - 1) * stride).Value("window start"));
    if (last >= input + padding) --output;
  }
  if (output < 1) {
    return Refuse(absl::StrCat("kernel ", kernel, " with dilation ", dilation, " spans ", extent,
                               ", more than the padded input of ", padded));
  }
  return output;
}

// One output of the input's type; a second one holds indices where the call records it.
std::vector<TensorType> PooledTypes(const OpCall& call, const Value& input, Pair size) {
  graph::Shape shape(input.shape.begin(), input.shape.end() - 2);
  shape.push_back(size.h);
  shape.push_back(size.w);
  std::vector<TensorType> types = {{input.dtype, shape}};
  if (call.op.outputs.size() == 2 && call.op.type.find("max") != std::string::npos) {
    types.push_back({graph::DType::kInt64, std::move(shape)});
  }
  return types;
}

InferResult InferPool(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  RETURN_IF_ERROR(CheckRank(*input, "input", 3, 4));
  ASSIGN_OR_RETURN(const Pool pool, ReadPool(call));
  const size_t rank = input->shape.size();
  Pair size;
  ASSIGN_OR_RETURN(size.h, OutputSize(input->shape[rank - 2], pool.kernel.h, pool.stride.h,
                                      pool.padding.h, pool.dilation.h, pool.ceil_mode));
  ASSIGN_OR_RETURN(size.w, OutputSize(input->shape[rank - 1], pool.kernel.w, pool.stride.w,
                                      pool.padding.w, pool.dilation.w, pool.ceil_mode));
  return PooledTypes(call, *input, size);
}

InferResult InferAdaptivePool(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  RETURN_IF_ERROR(CheckRank(*input, "input", 3, 4));
  const size_t rank = input->shape.size();
  if (input->shape[rank - 2] < 1 || input->shape[rank - 1] < 1) {
    return Refuse(absl::StrCat("input ", ToString(input->shape), " has no elements to pool"));
  }
  ASSIGN_OR_RETURN(const Pair size, GetPair(call.op.attributes, "output_size", 0));
  return PooledTypes(call, *input, size);
}

bool IsAdaptive(const OpCall& call) { return call.op.type.starts_with("adaptive_"); }

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

}  // namespace

absl::StatusOr<int64_t> PoolWindowElements(const OpCall& call) {
  if (call.op.type.find("pool2d") == std::string::npos) {
    return Refuse(absl::StrCat("'", call.op.type, "' is not a pooling operator"));
  }
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  RETURN_IF_ERROR(CheckRank(*input, "input", 3, 4));
  const graph::Shape& in = input->shape;
  if (IsAdaptive(call)) {
    ASSIGN_OR_RETURN(const Pair size, GetPair(call.op.attributes, "output_size", 0));
    const graph::Shape planes(in.begin(), in.end() - 2);
    const Checked windows =
        AdaptiveWindows(in[in.size() - 2], size.h) * AdaptiveWindows(in[in.size() - 1], size.w);
    return (Elements(planes) * windows).Value("window elements");
  }
  ASSIGN_OR_RETURN(const Pool pool, ReadPool(call));
  const Checked outputs = Elements(call.outputs[0]->shape);
  return (outputs * pool.kernel.h * pool.kernel.w).Value("window elements");
}

std::vector<OpDef> PoolingOps() {
  constexpr std::string_view kFamily = "pooling";
  return {
      {"max_pool2d",
       kFamily,
       "Maximum of a sliding window. FLOPs: the window's elements for each output.",
       {"input"},
       InferPool,
       CostPool,
       SavedByMaxPool},
      {"avg_pool2d",
       kFamily,
       "Average of a sliding window. FLOPs: the window's elements for each output (additions and "
       "one division).",
       {"input"},
       InferPool,
       CostPool,
       SavesInput},
      {"adaptive_avg_pool2d",
       kFamily,
       "Average of output_size windows that cover the input. FLOPs: the elements of every window "
       "(additions and one division).",
       {"input"},
       InferAdaptivePool,
       CostPool,
       SavesInput},
      {"adaptive_max_pool2d",
       kFamily,
       "Maximum of output_size windows that cover the input. FLOPs: the elements of every window.",
       {"input"},
       InferAdaptivePool,
       CostPool,
       SavedByMaxPool},
  };
}

}  // namespace latcast::ops
