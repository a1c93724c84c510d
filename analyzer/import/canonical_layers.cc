// Convolutions, pooling, normalization, softmax, resampling and attention, composite or taken apart
// by a backend's dispatch.
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "analyzer/graph/attributes.h"
#include "analyzer/import/canonical_rule.h"

namespace latcast::import {
namespace {

using graph::Attribute;
using graph::Op;
using graph::Shape;
using Ints = std::vector<int64_t>;

// "valid" and, where it pads both sides alike, "same" as numbers.
bool NumericPadding(const Context& context, Op& op) {
  const auto padding = op.attributes.find("padding");
  if (padding == op.attributes.end() || !std::holds_alternative<std::string>(padding->second)) {
    return true;
  }
  const Shape* weight = context.ShapeOf(op, 1);
  if (weight == nullptr || weight->size() < 3) return false;
  const size_t dims = weight->size() - 2;
  if (padding->second == Attribute("valid")) {
    padding->second = Ints(dims, 0);
    return true;
  }
  const absl::StatusOr<Ints> dilation = graph::GetInts(op.attributes, "dilation", dims, 1);
  if (padding->second != Attribute("same") || !dilation.ok()) return false;
  Ints sides;
  for (size_t i = 0; i < dims; ++i) {
    int64_t total = 0;
    if (__builtin_mul_overflow((*dilation)[i], (*weight)[i + 2] - 1, &total)) return false;
    if (total % 2 != 0) return true;
    sides.push_back(total / 2);
  }
  padding->second = std::move(sides);
  return true;
}

// One name for all ranks: the weight tells which.
bool ByRank(const Context& context, Op& op, bool transposed) {
  const Shape* weight = context.ShapeOf(op, 1);
  if (weight == nullptr || weight->size() < 3 || weight->size() > 5) return false;
  op.type = (transposed ? "conv_transpose" : "conv") + std::to_string(weight->size() - 2) + "d";
  if (!transposed) op.attributes.erase("output_padding");
  return NumericPadding(context, op);
}

bool Plain(const Context& context, Op& op) { return ByRank(context, op, false); }
bool Transposed(const Context& context, Op& op) { return ByRank(context, op, true); }

bool EitherConvolution(const Context& context, Op& op) {
  const auto it = op.attributes.find("transposed");
  if (it == op.attributes.end() || !std::holds_alternative<bool>(it->second)) return false;
  const bool transposed = std::get<bool>(it->second);
  op.attributes.erase(it);
  return ByRank(context, op, transposed);
}

bool Depthwise(const Context& context, Op& op) {
  const Shape* input = context.ShapeOf(op, 0);
  if (input == nullptr || input->size() < 4) return false;
  op.attributes.emplace("groups", (*input)[1]);
  return ByRank(context, op, false);
}

bool BatchNormInference(const Context& context, Op& op) {
  op.attributes.emplace("training", false);
  return FirstResultOnly(context, op);
}

bool BatchNormTraining(const Context& context, Op& op) {
  op.attributes.emplace("training", true);
  return FirstResultOnly(context, op);
}

bool LibraryBatchNorm(const Context& context, Op& op) {
  Rename(op, "exponential_average_factor", "momentum");
  Rename(op, "epsilon", "eps");
  return FirstResultOnly(context, op);
}

bool NativeGroupNorm(const Context& context, Op& op) {
  Rename(op, "group", "num_groups");
  return FirstResultOnly(context, op);
}

// A type that is the input's own needs no saying.
bool OwnType(const Context& context, Op& op) {
  if (op.inputs.empty() || op.inputs[0] == graph::kNone) return true;
  const std::string_view own = Name(context.graph.value(op.inputs[0]).dtype);
  if (Is(op, "dtype", std::string(own))) op.attributes.erase("dtype");
  return true;
}

// half_to_float asks for a result in float32.
bool InnerSoftmax(const Context&, Op& op) {
  if (Is(op, "half_to_float", true)) op.attributes["dtype"] = std::string("float32");
  return true;
}

// Taken apart, both the size and the factors it comes from are given: the factors say it all, as
// long as they give that size.
bool FoldFactors(const Context& context, Op& op) {
  std::vector<double> factors;
  for (const std::string_view name : {"scales", "scales_d", "scales_h", "scales_w"}) {
    const auto it = op.attributes.find(name);
    if (it == op.attributes.end()) continue;
    const double* factor = std::get_if<double>(&it->second);
    if (factor == nullptr) return false;
    factors.push_back(*factor);
    op.attributes.erase(it);
  }
  if (factors.empty()) return true;
  const Shape* input = context.ShapeOf(op, 0);
  if (input == nullptr || input->size() != factors.size() + 2) return false;
  Ints sizes;
  for (size_t i = 0; i < factors.size(); ++i) {
    const double size = std::floor(static_cast<double>((*input)[i + 2]) * factors[i]);
    if (!(std::abs(size) < 0x1p53)) return false;
    sizes.push_back(static_cast<int64_t>(size));
  }
  if (!Is(op, "output_size", sizes)) return false;
  op.attributes.erase("output_size");
  op.attributes["scale_factors"] = std::move(factors);
  return true;
}

bool Interpolate(const Context& context, Op& op, std::string_view mode, bool antialias = false) {
  op.attributes["mode"] = std::string(mode);
  if (antialias) op.attributes["antialias"] = true;
  return FoldFactors(context, op);
}

bool Nearest(const Context& c, Op& op) { return Interpolate(c, op, "nearest"); }
bool NearestExact(const Context& c, Op& op) { return Interpolate(c, op, "nearest-exact"); }
bool Linear(const Context& c, Op& op) { return Interpolate(c, op, "linear"); }
bool Bilinear(const Context& c, Op& op) { return Interpolate(c, op, "bilinear"); }
bool Trilinear(const Context& c, Op& op) { return Interpolate(c, op, "trilinear"); }
bool Bicubic(const Context& c, Op& op) { return Interpolate(c, op, "bicubic"); }
bool BilinearAntialias(const Context& c, Op& op) { return Interpolate(c, op, "bilinear", true); }
bool BicubicAntialias(const Context& c, Op& op) { return Interpolate(c, op, "bicubic", true); }

// The backends' forms: query, key, value, mask; a dropout mask must be absent.
bool BackendAttention(const Context& context, Op& op) {
  constexpr size_t kInputs = 4;
  for (size_t i = kInputs; i < op.inputs.size(); ++i) {
    if (op.inputs[i] != graph::kNone) return false;
  }
  if (op.inputs.size() > kInputs) op.inputs.resize(kInputs);
  return FirstResultOnly(context, op);
}

// What ours keep.
constexpr Names kConvolution = {"stride", "padding", "dilation", "groups", "output_padding"};
constexpr Names kBatchNorm = {"training", "momentum", "eps"};
constexpr Names kMaxPool = {"kernel_size", "stride", "padding", "dilation", "ceil_mode"};
constexpr Names kAveragePool = {"kernel_size", "stride", "padding", "ceil_mode",
                                "count_include_pad"};
constexpr Names kInterpolate = {"mode", "output_size", "scale_factors", "align_corners",
                                "antialias"};
constexpr Names kGridSample = {"interpolation_mode", "padding_mode", "align_corners"};
constexpr Names kAttention = {"dropout_p", "is_causal", "scale", "enable_gqa"};

// Packed sequences come without batch_first: their batch differs from step to step.
bool WholeSequence(const Context&, Op& op) {
  return op.attributes.contains(std::string_view("batch_first"));
}

constexpr Names kRecurrent = {"has_biases", "num_layers",    "dropout",
                              "train",      "bidirectional", "batch_first"};

constexpr Rule kRules[] = {
    {"conv1d", "conv1d", kConvolution, {}, NumericPadding},
    {"conv2d", "conv2d", kConvolution, {}, NumericPadding},
    {"conv3d", "conv3d", kConvolution, {}, NumericPadding},
    {"conv_transpose1d", "conv_transpose1d", kConvolution},
    {"conv_transpose2d", "conv_transpose2d", kConvolution},
    {"conv_transpose3d", "conv_transpose3d", kConvolution},
    {"convolution", "conv2d", kConvolution, {}, EitherConvolution},
    {"convolution_overrideable", "conv2d", kConvolution, {}, EitherConvolution},
    {"_convolution",
     "conv2d",
     kConvolution,
     {"benchmark", "deterministic", "cudnn_enabled", "allow_tf32"},
     EitherConvolution},
    {"_convolution_mode", "conv2d", kConvolution, {}, Plain},
    {"mkldnn_convolution", "conv2d", kConvolution, {}, Plain},
    {"cudnn_convolution",
     "conv2d",
     kConvolution,
     {"benchmark", "deterministic", "allow_tf32"},
     Plain},
    {"miopen_convolution", "conv2d", kConvolution, {"benchmark", "deterministic"}, Plain},
    {"miopen_depthwise_convolution", "conv2d", kConvolution, {"benchmark", "deterministic"}, Plain},
    {"cudnn_convolution_transpose",
     "conv_transpose2d",
     kConvolution,
     {"benchmark", "deterministic", "allow_tf32"},
     Transposed},
    {"miopen_convolution_transpose",
     "conv_transpose2d",
     kConvolution,
     {"benchmark", "deterministic"},
     Transposed},
    {"thnn_conv2d", "conv2d", kConvolution, {"kernel_size"}},
    {"_slow_conv2d_forward", "conv2d", kConvolution, {"kernel_size"}},
    {"slow_conv3d", "conv3d", kConvolution, {"kernel_size"}},
    {"slow_conv3d_forward", "conv3d", kConvolution, {"kernel_size"}},
    {"slow_conv_dilated2d", "conv2d", kConvolution, {"kernel_size"}},
    {"slow_conv_dilated3d", "conv3d", kConvolution, {"kernel_size"}},
    {"slow_conv_transpose2d", "conv_transpose2d", kConvolution, {"kernel_size"}},
    {"slow_conv_transpose3d", "conv_transpose3d", kConvolution, {"kernel_size"}},
    {"_conv_depthwise2d", "conv2d", kConvolution, {"kernel_size"}, Depthwise},
    {"conv_depthwise3d", "conv3d", kConvolution, {"kernel_size"}, Depthwise},
    {"batch_norm", "batch_norm", kBatchNorm, {"cudnn_enabled"}},
    {"_batch_norm_impl_index", "batch_norm", kBatchNorm, {"cudnn_enabled"}, FirstResultOnly},
    {"native_batch_norm", "batch_norm", kBatchNorm, {}, FirstResultOnly},
    {"cudnn_batch_norm", "batch_norm", kBatchNorm, {}, LibraryBatchNorm},
    {"miopen_batch_norm", "batch_norm", kBatchNorm, {}, LibraryBatchNorm},
    {"_native_batch_norm_legit", "batch_norm", kBatchNorm, {}, FirstResultOnly},
    {"_native_batch_norm_legit_functional", "batch_norm", kBatchNorm, {}, FirstResultOnly},
    {"_native_batch_norm_legit_no_training", "batch_norm", kBatchNorm, {}, BatchNormInference},
    {"_batch_norm_no_update", "batch_norm", kBatchNorm, {}, BatchNormInference},
    {"_batch_norm_with_update", "batch_norm", kBatchNorm, {}, BatchNormTraining},
    {"instance_norm", "instance_norm", {"use_input_stats", "momentum", "eps"}, {"cudnn_enabled"}},
    {"group_norm", "group_norm", {"num_groups", "eps"}, {"cudnn_enabled"}},
    {"native_group_norm", "group_norm", {"num_groups", "eps"}, {"N", "C", "HxW"}, NativeGroupNorm},
    {"layer_norm", "layer_norm", {"normalized_shape", "eps"}, {"cudnn_enable"}},
    {"native_layer_norm", "layer_norm", {"normalized_shape", "eps"}, {}, FirstResultOnly},
    {"rms_norm", "rms_norm", {"normalized_shape", "eps"}},
    {"_fused_rms_norm", "rms_norm", {"normalized_shape", "eps"}, {}, FirstResultOnly},
    {"max_pool1d", "max_pool1d", kMaxPool},
    {"max_pool2d", "max_pool2d", kMaxPool},
    {"max_pool3d", "max_pool3d", kMaxPool},
    {"max_pool1d_with_indices", "max_pool1d", kMaxPool, {}, FirstResultOnly},
    {"max_pool2d_with_indices", "max_pool2d", kMaxPool, {}, FirstResultOnly},
    {"max_pool3d_with_indices", "max_pool3d", kMaxPool, {}, FirstResultOnly},
    {"mkldnn_max_pool2d", "max_pool2d", kMaxPool},
    {"mkldnn_max_pool3d", "max_pool3d", kMaxPool},
    {"avg_pool1d", "avg_pool1d", kAveragePool},
    {"avg_pool2d", "avg_pool2d", kAveragePool},
    {"avg_pool3d", "avg_pool3d", kAveragePool},
    {"adaptive_avg_pool1d", "adaptive_avg_pool1d", {"output_size"}},
    {"adaptive_avg_pool2d", "adaptive_avg_pool2d", {"output_size"}},
    {"_adaptive_avg_pool2d", "adaptive_avg_pool2d", {"output_size"}},
    {"mkldnn_adaptive_avg_pool2d", "adaptive_avg_pool2d", {"output_size"}},
    {"adaptive_avg_pool3d", "adaptive_avg_pool3d", {"output_size"}},
    {"_adaptive_avg_pool3d", "adaptive_avg_pool3d", {"output_size"}},
    {"adaptive_max_pool1d", "adaptive_max_pool1d", {"output_size"}, {}, FirstResultOnly},
    {"adaptive_max_pool2d", "adaptive_max_pool2d", {"output_size"}, {}, FirstResultOnly},
    {"adaptive_max_pool3d", "adaptive_max_pool3d", {"output_size"}, {}, FirstResultOnly},
    {"softmax", "softmax", {"dim", "dtype"}, {}, OwnType},
    {"special_softmax", "softmax", {"dim", "dtype"}, {}, OwnType},
    {"_softmax", "softmax", {"dim", "dtype"}, {"half_to_float"}, InnerSoftmax},
    {"_safe_softmax", "softmax", {"dim", "dtype"}, {}, OwnType},
    {"log_softmax", "log_softmax", {"dim", "dtype"}, {}, OwnType},
    {"special_log_softmax", "log_softmax", {"dim", "dtype"}, {}, OwnType},
    {"_log_softmax", "log_softmax", {"dim", "dtype"}, {"half_to_float"}, InnerSoftmax},
    {"lstm", "lstm", kRecurrent, {}, WholeSequence},
    {"gru", "gru", kRecurrent, {}, WholeSequence},
    {"rnn_tanh", "rnn_tanh", kRecurrent, {}, WholeSequence},
    {"rnn_relu", "rnn_relu", kRecurrent, {}, WholeSequence},
    {"lstm_cell", "lstm_cell"},
    {"gru_cell", "gru_cell"},
    {"rnn_tanh_cell", "rnn_tanh_cell"},
    {"rnn_relu_cell", "rnn_relu_cell"},
    {"upsample_nearest1d", "interpolate", kInterpolate, {}, Nearest},
    {"upsample_nearest2d", "interpolate", kInterpolate, {}, Nearest},
    {"upsample_nearest3d", "interpolate", kInterpolate, {}, Nearest},
    {"_upsample_nearest_exact1d", "interpolate", kInterpolate, {}, NearestExact},
    {"_upsample_nearest_exact2d", "interpolate", kInterpolate, {}, NearestExact},
    {"_upsample_nearest_exact3d", "interpolate", kInterpolate, {}, NearestExact},
    {"upsample_linear1d", "interpolate", kInterpolate, {}, Linear},
    {"upsample_bilinear2d", "interpolate", kInterpolate, {}, Bilinear},
    {"_upsample_bilinear2d_aa", "interpolate", kInterpolate, {}, BilinearAntialias},
    {"upsample_trilinear3d", "interpolate", kInterpolate, {}, Trilinear},
    {"upsample_bicubic2d", "interpolate", kInterpolate, {}, Bicubic},
    {"_upsample_bicubic2d_aa", "interpolate", kInterpolate, {}, BicubicAntialias},
    {"grid_sampler", "grid_sample", kGridSample},
    {"grid_sampler_2d", "grid_sample", kGridSample},
    {"grid_sampler_3d", "grid_sample", kGridSample},
    {"_grid_sampler_2d_cpu_fallback", "grid_sample", kGridSample},
    {"scaled_dot_product_attention", "scaled_dot_product_attention", kAttention},
    {"_scaled_dot_product_attention_math",
     "scaled_dot_product_attention",
     kAttention,
     {},
     BackendAttention},
    {"_scaled_dot_product_flash_attention_for_cpu",
     "scaled_dot_product_attention",
     kAttention,
     {},
     BackendAttention},
    {"_scaled_dot_product_flash_attention",
     "scaled_dot_product_attention",
     kAttention,
     {"return_debug_mask"},
     BackendAttention},
    {"_scaled_dot_product_efficient_attention",
     "scaled_dot_product_attention",
     kAttention,
     {"compute_log_sumexp"},
     BackendAttention},
    {"_scaled_dot_product_cudnn_attention",
     "scaled_dot_product_attention",
     kAttention,
     {"compute_log_sumexp", "return_debug_mask"},
     BackendAttention},
    {"_scaled_dot_product_fused_attention_overrideable",
     "scaled_dot_product_attention",
     kAttention,
     {"return_debug_mask"},
     BackendAttention},
};

}  // namespace

std::span<const Rule> LayerRules() { return kRules; }

}  // namespace latcast::import
