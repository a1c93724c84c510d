#include "tests/unit/features/one_op.h"

namespace latcast::features {
namespace {

// A convolution on the oneDNN path fills the mkl columns and no fallback column.
TEST(CpuFeaturesTest, OneDnnConvolution) {
  ASSERT_OK_AND_ASSIGN(const FeatureVector v,
                       FeaturesOf("conv2d", {In({2, 4, 6, 6}), Weight({8, 4, 3, 3}), Weight({8})}));
  EXPECT_EQ(v[Feature::kMacsAll], 2 * 8 * 16 * 36);
  EXPECT_EQ(v[Feature::kIoAll], 288 + 256);
  EXPECT_EQ(v[Feature::kWeights], 288);
  EXPECT_EQ(v[Feature::kKernels], 1);
  EXPECT_EQ(v[Feature::kNMkl], 1);
  EXPECT_EQ(v[Feature::kIoMkl], 288 + 256);
  EXPECT_EQ(v[Feature::kWMkl], 288);
  EXPECT_EQ(v[Feature::kMDenseThnn] + v[Feature::kPwLowN] + v[Feature::kNDw], 0);
}

// Fallback convolutions: dense ones by MACs, 1 x 1 ones by MACs over output positions.
TEST(CpuFeaturesTest, FallbackConvolutions) {
  ASSERT_OK_AND_ASSIGN(const FeatureVector dense,
                       FeaturesOf("conv2d", {In({1, 4, 6, 6}), Weight({8, 4, 3, 3})}));
  EXPECT_EQ(dense[Feature::kMDenseThnn], 8 * 16 * 36);
  EXPECT_EQ(dense[Feature::kNMkl] + dense[Feature::kPwLowN], 0);
  const ops::Operands squeeze = {In({3, 48, 5, 5}), Weight({24, 48, 1, 1})};
  ASSERT_OK_AND_ASSIGN(const FeatureVector pointwise, FeaturesOf("conv2d", squeeze));
  EXPECT_EQ(pointwise[Feature::kPwLowN], 3 * 48 * 24 * 16);
  EXPECT_EQ(pointwise[Feature::kMPwThnn], 3 * 48 * 24 * 25);
  EXPECT_EQ(pointwise[Feature::kMDenseThnn] + pointwise[Feature::kNMkl], 0);
  ASSERT_OK_AND_ASSIGN(const FeatureVector threads, FeaturesOf("conv2d", squeeze, {}, 2));
  EXPECT_EQ(threads[Feature::kPwLowN] + threads[Feature::kMPwThnn], 0);
  EXPECT_EQ(threads[Feature::kNMkl], 1);
}

// Depthwise convolutions are counted on either path.
TEST(CpuFeaturesTest, DepthwiseConvolution) {
  ASSERT_OK_AND_ASSIGN(const FeatureVector v,
                       FeaturesOf("conv2d", {In({1, 32, 7, 7}), Weight({32, 1, 5, 5})},
                                  {{"groups", int64_t{32}}, {"padding", int64_t{2}}}));
  EXPECT_EQ(v[Feature::kNDw], 1);
  EXPECT_EQ(v[Feature::kWMkl], 800);
  EXPECT_EQ(v[Feature::kMacsDepthwise], 39'200);
  EXPECT_EQ(v[Feature::kIoDwTail], 0);
  ASSERT_OK_AND_ASSIGN(
      const FeatureVector uneven,
      FeaturesOf("conv2d", {In({1, 40, 7, 7}), Weight({40, 1, 3, 3})}, {{"groups", int64_t{40}}}));
  EXPECT_EQ(uneven[Feature::kIoDwTail], 40 * (49 + 25));
}

// A convolution on the oneDNN path is far from 4 MiB of its input or output on.
TEST(CpuFeaturesTest, FarConvolutions) {
  const auto far = [](int64_t in, int64_t out, int64_t stride, int64_t size) {
    const auto v = FeaturesOf("conv2d", {In({1, in, size, size}), Weight({out, in, 2, 2})},
                              {{"stride", Ints{stride, stride}}});
    EXPECT_OK(v);
    return v.ok() ? (*v)[Feature::kIoMklFar] : -1;
  };
  EXPECT_EQ(far(4, 1, 2, 512), 4 * 512 * 512 + 256 * 256);
  EXPECT_EQ(far(4, 1, 2, 510), 0);
  EXPECT_EQ(far(1, 16, 2, 512), 512 * 512 + 16 * 256 * 256);
  EXPECT_EQ(far(1, 15, 2, 512), 0);
  // As far, but the fallback's.
  ASSERT_OK_AND_ASSIGN(const FeatureVector fallback,
                       FeaturesOf("conv2d", {In({1, 4, 512, 512}), Weight({1, 4, 1, 1})}));
  EXPECT_EQ(fallback[Feature::kIoMklFar], 0);
}

// Normalisations, and what moves data without computing.
TEST(CpuFeaturesTest, NormalisationsAndCopies) {
  const auto statistics = Weight({3});
  ASSERT_OK_AND_ASSIGN(
      const FeatureVector norm,
      FeaturesOf("batch_norm", {In({2, 3, 5, 5}), statistics, statistics, statistics, statistics}));
  EXPECT_EQ(norm[Feature::kIoNorm], 2 * 150);
  EXPECT_EQ(norm[Feature::kIoCopy], 0);
  ASSERT_OK_AND_ASSIGN(const FeatureVector layer_norm,
                       FeaturesOf("layer_norm", {In({4, 3}), statistics, statistics},
                                  {{"normalized_shape", Ints{3}}}));
  EXPECT_EQ(layer_norm[Feature::kIoNorm], 2 * 12);
  ASSERT_OK_AND_ASSIGN(const FeatureVector joined,
                       FeaturesOf("cat", {In({2, 3}), In({4, 3})}, {{"dim", int64_t{0}}}));
  EXPECT_EQ(joined[Feature::kIoCopy], 2 * 18);
  ASSERT_OK_AND_ASSIGN(const FeatureVector relu, FeaturesOf("relu", {In({5})}));
  EXPECT_EQ(relu[Feature::kIoNorm] + relu[Feature::kIoCopy], 0);
}

// Linear layers pay for each pair of rows, up to 64 rows.
TEST(CpuFeaturesTest, LinearRows) {
  for (const auto& [rows, passes] : std::vector<std::pair<int64_t, double>>{
           {1, 1}, {2, 1}, {3, 2}, {49, 25}, {64, 32}, {99, 32}}) {
    ASSERT_OK_AND_ASSIGN(const FeatureVector v,
                         FeaturesOf("linear", {In({rows, 16}), Weight({8, 16}), Weight({8})}));
    EXPECT_EQ(v[Feature::kWMmp], 128 * passes) << rows;
    EXPECT_EQ(v[Feature::kWeights], 128);
    EXPECT_EQ(v[Feature::kIoMatmul], static_cast<double>(rows * 24));
    EXPECT_EQ(v[Feature::kMacsAll], static_cast<double>(rows * 128));
    EXPECT_EQ(v[Feature::kElementwise], 0);
  }
  ASSERT_OK_AND_ASSIGN(const FeatureVector tokens,
                       FeaturesOf("linear", {In({2, 3, 16}), Weight({8, 16})}));
  EXPECT_EQ(tokens[Feature::kWMmp], 128 * 3);
}

// A product of activations has MACs and traffic, but no weights.
TEST(CpuFeaturesTest, Matmul) {
  ASSERT_OK_AND_ASSIGN(const FeatureVector v, FeaturesOf("matmul", {In({2, 3}), In({3, 4})}));
  EXPECT_EQ(v[Feature::kMacsMatmul], 24);
  EXPECT_EQ(v[Feature::kIoMatmul], 6 + 12 + 8);
  EXPECT_EQ(v[Feature::kMacsAll], 24);
  EXPECT_EQ(v[Feature::kWeights] + v[Feature::kElementwise], 0);
}

// Convolutions over one and three dimensions and transposed ones count as those of images;
// attention is a product of activations.
TEST(CpuFeaturesTest, OtherLayers) {
  ASSERT_OK_AND_ASSIGN(const FeatureVector signal,
                       FeaturesOf("conv1d", {In({2, 4, 9}), Weight({8, 4, 3}), Weight({8})}));
  EXPECT_EQ(signal[Feature::kActs], 2 * 8 * 7);
  EXPECT_EQ(signal[Feature::kInp], 2 * 4 * 9);
  EXPECT_EQ(signal[Feature::kMacsDense], 2 * 7 * 96);
  EXPECT_EQ(signal[Feature::kMacsAll], 2 * 7 * 96);
  EXPECT_EQ(signal[Feature::kWeights], 96);
  EXPECT_EQ(signal[Feature::kNMkl], 1);
  EXPECT_EQ(signal[Feature::kFlops], 0);
  ASSERT_OK_AND_ASSIGN(const FeatureVector up,
                       FeaturesOf("conv_transpose2d", {In({1, 4, 5, 5}), Weight({4, 6, 2, 2})},
                                  {{"stride", Ints{2, 2}}}));
  EXPECT_EQ(up[Feature::kActs], 6 * 100);
  EXPECT_EQ(up[Feature::kInp], 4 * 25);
  EXPECT_EQ(up[Feature::kMacsDense], 25 * 4 * 6 * 4);
  EXPECT_EQ(up[Feature::kWeights], 96);
  EXPECT_EQ(up[Feature::kElementwise], 0);
  ASSERT_OK_AND_ASSIGN(const FeatureVector volume,
                       FeaturesOf("conv3d", {In({1, 8, 2, 3, 4}), Weight({8, 8, 1, 1, 1})}));
  EXPECT_EQ(volume[Feature::kMacsPointwise], 24 * 64);
  EXPECT_EQ(volume[Feature::kPwLowN], 64 * 16);
  const auto heads = In({1, 2, 3, 4});
  ASSERT_OK_AND_ASSIGN(const FeatureVector attention,
                       FeaturesOf("scaled_dot_product_attention", {heads, heads, heads}));
  EXPECT_EQ(attention[Feature::kMacsMatmul], 2 * 9 * 8);
  EXPECT_EQ(attention[Feature::kMacsAll], 2 * 9 * 8);
  EXPECT_EQ(attention[Feature::kIoMatmul], 4 * 24);
  EXPECT_EQ(attention[Feature::kActs] + attention[Feature::kWeights], 0);
}

// A recurrent layer is its matrix products, and reads its matrices.
TEST(CpuFeaturesTest, Recurrent) {
  ASSERT_OK_AND_ASSIGN(const FeatureVector v,
                       FeaturesOf("gru", {In({2, 3, 4}), In({1, 3, 5}), Weight({15, 4}),
                                          Weight({15, 5}), Weight({15}), Weight({15})}));
  EXPECT_EQ(v[Feature::kMacsAll], 6 * 15 * 9);
  EXPECT_EQ(v[Feature::kMacsMatmul], 6 * 15 * 9);
  EXPECT_EQ(v[Feature::kWeights], 15 * 9);
  EXPECT_EQ(v[Feature::kIoMatmul], 24 + 15 + 30 + 15);
}

// Windows of maximum and of average pooling apart; global average pooling, a mean, has none.
TEST(CpuFeaturesTest, PoolWindows) {
  const graph::Attributes window = {{"kernel_size", int64_t{3}}, {"stride", int64_t{2}}};
  ASSERT_OK_AND_ASSIGN(const FeatureVector max,
                       FeaturesOf("max_pool2d", {In({1, 2, 7, 7})}, window));
  EXPECT_EQ(max[Feature::kPoolwin], 2 * 9 * 9);
  EXPECT_EQ(max[Feature::kElementwise], 98 + 18);
  ASSERT_OK_AND_ASSIGN(const FeatureVector avg,
                       FeaturesOf("avg_pool2d", {In({1, 2, 7, 7})}, window));
  EXPECT_EQ(avg[Feature::kPoolwin], 0);
  EXPECT_EQ(avg[Feature::kAvgwin], 2 * 9 * 9);
  const auto adaptive = [](int64_t size) {
    const auto v = FeaturesOf("adaptive_avg_pool2d", {In({1, 2, 7, 7})},
                              {{"output_size", std::vector<int64_t>{size, size}}});
    EXPECT_OK(v);
    return v.ok() ? (*v)[Feature::kAvgwin] : -1;
  };
  ASSERT_OK_AND_ASSIGN(const FeatureVector signal,
                       FeaturesOf("max_pool1d", {In({1, 2, 7})}, window));
  EXPECT_EQ(signal[Feature::kPoolwin], 2 * 3 * 3);
  ASSERT_OK_AND_ASSIGN(const FeatureVector volume,
                       FeaturesOf("avg_pool3d", {In({1, 2, 3, 7, 7})}, window));
  EXPECT_EQ(volume[Feature::kAvgwin], 2 * 9 * 27);
  ASSERT_OK_AND_ASSIGN(
      const FeatureVector global,
      FeaturesOf("adaptive_avg_pool3d", {In({1, 2, 3, 7, 7})}, {{"output_size", int64_t{1}}}));
  EXPECT_EQ(global[Feature::kAvgwin], 0);
  EXPECT_EQ(adaptive(1), 0);
  EXPECT_EQ(adaptive(7), 2 * 49);
}

// Fresh outputs count as big from 32 MiB of their type on.
TEST(CpuFeaturesTest, BigOutputs) {
  constexpr int64_t kLimit = 8 << 20;  // float32 elements of 32 MiB
  const auto big = [](int64_t elements, graph::DType dtype, bool inplace) {
    const auto v = FeaturesOf("relu", {In({elements}, dtype)}, {{"inplace", inplace}});
    EXPECT_OK(v);
    return v.ok() ? (*v)[Feature::kBig] : -1;
  };
  EXPECT_EQ(big(kLimit, graph::DType::kFloat32, false), kLimit);
  EXPECT_EQ(big(kLimit - 1, graph::DType::kFloat32, false), 0);
  EXPECT_EQ(big(kLimit, graph::DType::kFloat32, true), 0);
  EXPECT_EQ(big(kLimit, graph::DType::kFloat16, false), 0);
  EXPECT_EQ(big(2 * kLimit, graph::DType::kFloat16, false), 2 * kLimit);
  ASSERT_OK_AND_ASSIGN(const FeatureVector view, FeaturesOf("flatten", {In({2, kLimit})}));
  EXPECT_EQ(view[Feature::kBig], 0);
}

// Activations with exponentials or error functions, in place or not.
TEST(CpuFeaturesTest, TranscendentalActivations) {
  for (const std::string type : {"silu", "gelu", "sigmoid"}) {
    for (const bool inplace : {false, true}) {
      ASSERT_OK_AND_ASSIGN(const FeatureVector v,
                           FeaturesOf(type, {In({5})}, {{"inplace", inplace}}));
      EXPECT_EQ(v[Feature::kEActTrans], 10);
      EXPECT_EQ(v[Feature::kIoAll], 10);
      EXPECT_EQ(v[Feature::kElementwise], 10);
    }
  }
  ASSERT_OK_AND_ASSIGN(const FeatureVector relu, FeaturesOf("relu", {In({5})}));
  EXPECT_EQ(relu[Feature::kEActTrans], 0);
}

// Views and identities touch no element and launch nothing.
TEST(CpuFeaturesTest, ViewsCountNothing) {
  for (const auto& [type, attributes] : std::vector<std::pair<std::string, graph::Attributes>>{
           {"flatten", {}}, {"view", {{"size", Ints{-1}}}}, {"dropout", {}}}) {
    ASSERT_OK_AND_ASSIGN(const FeatureVector v, FeaturesOf(type, {In({2, 3})}, attributes));
    for (size_t i = 1; i < kFeatureCount; ++i) {
      EXPECT_EQ(v[static_cast<Feature>(i)], 0) << type << " " << Info(static_cast<Feature>(i)).name;
    }
  }
}

}  // namespace
}  // namespace latcast::features
