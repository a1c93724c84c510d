// Convolutions, pooling, normalization, softmax, resampling and attention by all their names.
#include "tests/unit/import/one_op.h"

namespace latcast::import {
namespace {

using graph::Attributes;
using graph::Op;
using graph::Shape;
using Ints = std::vector<int64_t>;
using Reals = std::vector<double>;

struct Case {
  std::string type;
  std::vector<Shape> inputs;
  Attributes attributes;
  std::string canonical;
  Attributes expected;
  size_t outputs = 1;
};

Attributes With(Attributes a, const Attributes& more) {
  a.insert(more.begin(), more.end());
  return a;
}

void Expect(const Case& c) {
  const Op op = OneOp(c.type, c.inputs, c.attributes, c.outputs);
  EXPECT_EQ(op.type, c.canonical) << c.type;
  EXPECT_EQ(op.attributes, c.expected) << c.type;
  EXPECT_EQ(op.outputs.size(), 1u) << c.type;
}

Attributes Convolution(size_t dims) {
  return {{"stride", Ints(dims, 2)},
          {"padding", Ints(dims, 1)},
          {"dilation", Ints(dims, 1)},
          {"groups", int64_t{1}}};
}

// "convolution" and its variants say the rank by the weight, and by an attribute whether they are
// transposed.
TEST(CanonicalLayers, ConvolutionsOfAnyRank) {
  for (size_t dims = 1; dims <= 3; ++dims) {
    Shape image = {1, 4};
    Shape weight = {4, 4};
    image.resize(dims + 2, 8);
    weight.resize(dims + 2, 3);
    const std::string suffix = std::to_string(dims) + "d";
    const Attributes plain = Convolution(dims);
    const Attributes transposed = With(plain, {{"output_padding", Ints(dims, 1)}});
    const Attributes library = {{"benchmark", false}, {"deterministic", false}};
    Expect({"aten.conv" + suffix + ".default", {image, weight}, plain, "conv" + suffix, plain});
    Expect({"aten.conv_transpose" + suffix + (dims == 1 ? ".default" : ".input"),
            {image, weight},
            transposed,
            "conv_transpose" + suffix,
            transposed});
    Expect({"aten.convolution.default",
            {image, weight},
            With(transposed, {{"transposed", false}}),
            "conv" + suffix,
            plain});
    Expect({"aten.convolution.default",
            {image, weight},
            With(transposed, {{"transposed", true}}),
            "conv_transpose" + suffix,
            transposed});
    Expect({"aten._convolution.default",
            {image, weight},
            With(With(transposed, library),
                 {{"transposed", true}, {"cudnn_enabled", true}, {"allow_tf32", true}}),
            "conv_transpose" + suffix,
            transposed});
    Expect({"aten.cudnn_convolution.default",
            {image, weight},
            With(With(plain, library), {{"allow_tf32", true}}),
            "conv" + suffix,
            plain});
    Expect({"aten.cudnn_convolution_transpose.default",
            {image, weight},
            With(With(transposed, library), {{"allow_tf32", true}}),
            "conv_transpose" + suffix,
            transposed});
    Expect({"aten.mkldnn_convolution.default", {image, weight}, plain, "conv" + suffix, plain});
    Attributes named = plain;
    named["padding"] = std::string("valid");
    Attributes numbers = plain;
    numbers["padding"] = Ints(dims, 0);
    Expect({"aten._convolution_mode.default", {image, weight}, named, "conv" + suffix, numbers});
  }
}

// A backend's own convolutions repeat the kernel size; depthwise ones leave the groups to the
// input.
TEST(CanonicalLayers, BackendConvolutions) {
  const Shape weight = {4, 4, 3, 3};
  const Attributes window = {{"stride", Ints{1, 1}}, {"padding", Ints{0, 0}}};
  const Attributes dilated = With(window, {{"dilation", Ints{2, 2}}});
  const Attributes transposed = With(dilated, {{"output_padding", Ints{0, 0}}});
  const Attributes kernel = {{"kernel_size", Ints{3, 3}}};
  const Case cases[] = {
      {"aten.thnn_conv2d.default", {kImage, weight}, With(window, kernel), "conv2d", window},
      {"aten._slow_conv2d_forward.default",
       {kImage, weight},
       With(window, kernel),
       "conv2d",
       window},
      {"aten.slow_conv_dilated2d.default",
       {kImage, weight},
       With(dilated, kernel),
       "conv2d",
       dilated},
      {"aten.slow_conv_transpose2d.default",
       {kImage, weight},
       With(transposed, kernel),
       "conv_transpose2d",
       transposed},
      {"aten._conv_depthwise2d.default",
       {kImage, {4, 1, 3, 3}},
       With(dilated, kernel),
       "conv2d",
       With(dilated, {{"groups", int64_t{4}}})},
  };
  for (const Case& c : cases) Expect(c);
}

// Each library's normalization is ours, its statistics left out.
TEST(CanonicalLayers, Normalization) {
  const Attributes batch = {{"training", false}, {"momentum", 0.1}, {"eps", 1e-5}};
  const Attributes library = {
      {"training", false}, {"exponential_average_factor", 0.1}, {"epsilon", 1e-5}};
  const Attributes group = {{"num_groups", int64_t{2}}, {"eps", 1e-5}};
  const Attributes layer = {{"normalized_shape", Ints{8}}, {"eps", 1e-5}};
  const Attributes instance = {{"use_input_stats", true}, {"momentum", 0.1}, {"eps", 1e-5}};
  const Attributes inference = {{"momentum", 0.1}, {"eps", 1e-5}};
  const Attributes training = {{"training", true}, {"momentum", 0.1}, {"eps", 1e-5}};
  const Case cases[] = {
      {"aten._batch_norm_impl_index.default",
       {kImage},
       With(batch, {{"cudnn_enabled", true}}),
       "batch_norm",
       batch,
       4},
      {"aten.cudnn_batch_norm.default", {kImage}, library, "batch_norm", batch, 4},
      {"aten.miopen_batch_norm.default", {kImage}, library, "batch_norm", batch, 3},
      {"aten._batch_norm_no_update.default", {kImage}, inference, "batch_norm", batch, 4},
      {"aten._batch_norm_with_update.default", {kImage}, inference, "batch_norm", training, 4},
      {"aten._native_batch_norm_legit.no_stats", {kImage}, training, "batch_norm", training, 3},
      {"aten.instance_norm.default",
       {kImage},
       With(instance, {{"cudnn_enabled", true}}),
       "instance_norm",
       instance},
      {"aten.group_norm.default",
       {kImage},
       With(group, {{"cudnn_enabled", true}}),
       "group_norm",
       group},
      {"aten.native_group_norm.default",
       {kImage},
       {{"N", int64_t{1}},
        {"C", int64_t{4}},
        {"HxW", int64_t{64}},
        {"group", int64_t{2}},
        {"eps", 1e-5}},
       "group_norm",
       group,
       3},
      {"aten.layer_norm.default",
       {kImage},
       With(layer, {{"cudnn_enable", true}}),
       "layer_norm",
       layer},
      {"aten.native_layer_norm.default", {kImage}, layer, "layer_norm", layer, 3},
      {"aten.rms_norm.default", {kImage}, layer, "rms_norm", layer},
      {"aten._fused_rms_norm.default", {kImage}, layer, "rms_norm", layer, 2},
  };
  for (const Case& c : cases) Expect(c);
}

// Pooling over any rank, with and without indices nobody reads.
TEST(CanonicalLayers, Pooling) {
  const Attributes size = {{"output_size", Ints{1}}};
  for (const std::string suffix : {"1d", "2d", "3d"}) {
    const Attributes max = {{"kernel_size", Ints{2}},
                            {"stride", Ints{}},
                            {"padding", Ints{0}},
                            {"dilation", Ints{1}},
                            {"ceil_mode", true}};
    const Attributes average = {{"kernel_size", Ints{2}}, {"count_include_pad", false}};
    Expect({"aten.max_pool" + suffix + ".default", {kImage}, max, "max_pool" + suffix, max});
    Expect({"aten.max_pool" + suffix + "_with_indices.default",
            {kImage},
            max,
            "max_pool" + suffix,
            max,
            2});
    Expect(
        {"aten.avg_pool" + suffix + ".default", {kImage}, average, "avg_pool" + suffix, average});
    Expect({"aten.adaptive_avg_pool" + suffix + ".default",
            {kImage},
            size,
            "adaptive_avg_pool" + suffix,
            size});
    Expect({"aten.adaptive_max_pool" + suffix + ".default",
            {kImage},
            size,
            "adaptive_max_pool" + suffix,
            size,
            2});
  }
  Expect({"aten._adaptive_avg_pool3d.default", {kImage}, size, "adaptive_avg_pool3d", size});
}

// A softmax may name its input's own type.
TEST(CanonicalLayers, Softmax) {
  const Attributes dim = {{"dim", int64_t{1}}};
  const Attributes typed = With(dim, {{"dtype", "float32"}});
  const Attributes half = With(dim, {{"half_to_float", false}});
  const Case cases[] = {
      {"aten.softmax.int", {kImage}, typed, "softmax", dim},
      {"aten._safe_softmax.default", {kImage}, dim, "softmax", dim},
      {"aten.log_softmax.int", {kImage}, typed, "log_softmax", dim},
      {"aten._log_softmax.default", {kImage}, half, "log_softmax", dim},
      {"aten.special_log_softmax.default", {kImage}, dim, "log_softmax", dim},
  };
  for (const Case& c : cases) Expect(c);
}

// Every upsampling is an interpolation of some mode. Where a size comes with the factors it was
// computed from, the factors are kept.
TEST(CanonicalLayers, Interpolation) {
  const Attributes size = {{"output_size", Ints{4, 12}}};
  const Attributes factors = {{"scale_factors", Reals{0.5, 1.5}}};
  const Attributes corners = {{"align_corners", false}};
  const auto mode = [](const std::string& name) { return Attributes{{"mode", name}}; };
  const Case cases[] = {
      {"aten.upsample_nearest2d.vec",
       {kImage},
       factors,
       "interpolate",
       With(factors, mode("nearest"))},
      {"aten.upsample_nearest2d.default",
       {kImage},
       size,
       "interpolate",
       With(size, mode("nearest"))},
      {"aten.upsample_nearest2d.default",
       {kImage},
       With(size, {{"scales_h", 0.5}, {"scales_w", 1.5}}),
       "interpolate",
       With(factors, mode("nearest"))},
      {"aten._upsample_nearest_exact2d.vec",
       {kImage},
       size,
       "interpolate",
       With(size, mode("nearest-exact"))},
      {"aten.upsample_linear1d.default",
       {{1, 4, 8}},
       {{"output_size", Ints{20}}, {"scales", 2.5}, {"align_corners", true}},
       "interpolate",
       {{"scale_factors", Reals{2.5}}, {"align_corners", true}, {"mode", "linear"}}},
      {"aten.upsample_bilinear2d.vec",
       {kImage},
       With(size, corners),
       "interpolate",
       With(With(size, corners), mode("bilinear"))},
      {"aten.upsample_trilinear3d.vec",
       {{1, 4, 8, 8, 8}},
       {{"output_size", Ints{4, 4, 4}}, {"align_corners", false}},
       "interpolate",
       {{"output_size", Ints{4, 4, 4}}, {"align_corners", false}, {"mode", "trilinear"}}},
      {"aten.upsample_bicubic2d.vec",
       {kImage},
       With(factors, corners),
       "interpolate",
       With(With(factors, corners), mode("bicubic"))},
      {"aten._upsample_bilinear2d_aa.vec",
       {kImage},
       With(size, corners),
       "interpolate",
       With(With(size, corners), {{"mode", "bilinear"}, {"antialias", true}})},
      {"aten._upsample_bicubic2d_aa.vec",
       {kImage},
       With(size, corners),
       "interpolate",
       With(With(size, corners), {{"mode", "bicubic"}, {"antialias", true}})},
  };
  for (const Case& c : cases) Expect(c);
  const Attributes grid = {
      {"interpolation_mode", int64_t{0}}, {"padding_mode", int64_t{0}}, {"align_corners", false}};
  for (const std::string name : {"grid_sampler", "grid_sampler_2d", "grid_sampler_3d"}) {
    Expect({"aten." + name + ".default", {kImage, {1, 2, 2, 2}}, grid, "grid_sample", grid});
  }
}

// Every backend's attention is one operator; what it returns for the backward pass is left out.
TEST(CanonicalLayers, Attention) {
  const Shape heads = {2, 4, 9, 16};
  const Attributes plain = {{"dropout_p", 0.0}, {"is_causal", false}};
  const Attributes grouped = With(plain, {{"enable_gqa", true}, {"scale", 0.5}});
  const Attributes logsumexp = {{"compute_log_sumexp", true}};
  const Attributes debug = {{"return_debug_mask", false}};
  const std::string ours = "scaled_dot_product_attention";
  const Case cases[] = {
      {"aten.scaled_dot_product_attention.default", {heads, heads, heads}, grouped, ours, grouped},
      {"aten._scaled_dot_product_attention_math.default",
       {heads, heads, heads, {9, 9}},
       grouped,
       ours,
       grouped,
       2},
      {"aten._scaled_dot_product_flash_attention_for_cpu.default",
       {heads, heads, heads, {9, 9}},
       plain,
       ours,
       plain,
       2},
      {"aten._scaled_dot_product_flash_attention.default",
       {heads, heads, heads},
       With(plain, debug),
       ours,
       plain,
       7},
      {"aten._scaled_dot_product_efficient_attention.default",
       {heads, heads, heads},
       With(plain, logsumexp),
       ours,
       plain,
       4},
      {"aten._scaled_dot_product_cudnn_attention.default",
       {heads, heads, heads},
       With(With(plain, logsumexp), debug),
       ours,
       plain,
       7},
  };
  for (const Case& c : cases) Expect(c);
}

// An absent dropout mask is no operand; a present one is nothing ours has.
TEST(CanonicalLayers, AttentionWithDropoutMask) {
  graph::GraphBuilder b("attention", "test");
  const graph::ValueId q = b.AddInput("q", graph::DType::kFloat32, {2, 9, 16});
  const graph::ValueId out = b.AddActivation(graph::DType::kFloat32, {2, 9, 16});
  const graph::ValueId weights = b.AddActivation(graph::DType::kFloat32, {2, 9, 9});
  b.AddOp("aten._scaled_dot_product_attention_math.default", {q, q, q, graph::kNone, graph::kNone},
          {out, weights});
  graph::Graph graph = std::move(b).Finish({out});
  Canonicalise(graph);
  ASSERT_OK(graph::Verify(graph));
  EXPECT_EQ(graph.ops[0].type, "scaled_dot_product_attention");
  EXPECT_EQ(graph.ops[0].inputs, (std::vector<graph::ValueId>{q, q, q, graph::kNone}));
}

}  // namespace
}  // namespace latcast::import
