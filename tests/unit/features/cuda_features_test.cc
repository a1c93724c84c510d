#include "analyzer/graph/attributes.h"
#include "tests/unit/features/one_op.h"

namespace latcast::features {
namespace {

// Counted by hand: a convolution, grouped or not, or a linear layer computes `out` channels of a
// group in tiles of 128, and `in` channels of a group in steps of 16.
TEST(CudaFeaturesTest, TilesOfProducts) {
  struct Case {
    std::string type;
    ops::Operands operands;
    graph::Attributes attributes;
    double macs, idle, unaligned;
  };
  const graph::Attributes groups = {{"groups", int64_t{2}}};
  const Case cases[] = {
      // 16 positions x 36 = 576 MACs for each of 8 channels: 120 more would fit.
      {"conv2d", {In({1, 4, 6, 6}), Weight({8, 4, 3, 3})}, {}, 4608, 576 * 120, 4608},
      {"conv2d", {In({1, 16, 6, 6}), Weight({128, 16, 1, 1})}, {}, 36 * 16 * 128, 0, 0},
      {"conv2d", {In({1, 16, 6, 6}), Weight({129, 16, 1, 1})}, {}, 36 * 16 * 129, 576 * 127, 0},
      // Two groups of 24 -> 64 channels on 5 x 5 positions.
      {"conv2d", {In({1, 48, 5, 5}), Weight({128, 24, 1, 1})}, groups, 76'800, 76'800, 76'800},
      {"conv1d", {In({2, 32, 9}), Weight({64, 32, 1})}, {}, 18 * 2048, 18 * 2048, 0},
      {"conv_transpose2d", {In({1, 4, 5, 5}), Weight({4, 64, 2, 2})}, {}, 25'600, 25'600, 25'600},
      {"linear", {In({3, 512}), Weight({1000, 512}), Weight({1000})}, {}, 1'536'000, 36'864, 0},
      {"linear", {In({2, 3, 24}), Weight({128, 24})}, {}, 18'432, 0, 18'432},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.type + " " + graph::ToString(c.attributes));
    ASSERT_OK_AND_ASSIGN(const FeatureVector v, FeaturesOf(c.type, c.operands, c.attributes));
    EXPECT_EQ(v[Feature::kMacsAll], c.macs);
    EXPECT_EQ(v[Feature::kMacsIdle], c.idle);
    EXPECT_EQ(v[Feature::kMacsUnaligned], c.unaligned);
    EXPECT_EQ(v[Feature::kNReduce] + v[Feature::kIoReduce] + v[Feature::kIoCopy], 0);
  }
}

// A depthwise convolution and a product of activations have no tiles of channels.
TEST(CudaFeaturesTest, NoTiles) {
  ASSERT_OK_AND_ASSIGN(
      const FeatureVector depthwise,
      FeaturesOf("conv2d", {In({1, 24, 7, 7}), Weight({24, 1, 3, 3})}, {{"groups", int64_t{24}}}));
  ASSERT_OK_AND_ASSIGN(const FeatureVector product, FeaturesOf("matmul", {In({2, 3}), In({3, 4})}));
  for (const FeatureVector& v : {depthwise, product}) {
    EXPECT_GT(v[Feature::kMacsAll], 0);
    for (const Feature feature : {Feature::kMacsIdle, Feature::kMacsUnaligned, Feature::kNReduce,
                                  Feature::kIoReduce, Feature::kIoCopy}) {
      EXPECT_EQ(v[feature], 0) << Info(feature).name;
    }
  }
}

// Reductions read much before they write; batch normalisation in inference and pooling over
// windows do not, and are elementwise.
TEST(CudaFeaturesTest, Reductions) {
  struct Case {
    std::string type;
    ops::Operands operands;
    graph::Attributes attributes;
    double elements;  // 0: no reduction
  };
  const ops::Operand x = In({2, 4, 6, 6});  // 288 elements
  const Case cases[] = {
      {"mean", {x}, {{"dim", Ints{2, 3}}}, 288 + 8},
      {"sum", {x}, {{"dim", Ints{1}}}, 288 + 72},
      {"softmax", {x}, {{"dim", int64_t{1}}}, 576},
      {"adaptive_avg_pool2d", {x}, {{"output_size", int64_t{1}}}, 288 + 8},
      {"layer_norm", {x}, {{"normalized_shape", Ints{6}}}, 576},
      {"group_norm", {x}, {{"num_groups", int64_t{2}}}, 576},
      {"adaptive_avg_pool2d", {x}, {{"output_size", int64_t{3}}}, 0},
      {"avg_pool2d", {x}, {{"kernel_size", int64_t{2}}}, 0},
      {"batch_norm", {x, Weight({4}), Weight({4}), Weight({4}), Weight({4})}, {}, 0},
      {"relu", {x}, {}, 0},
      {"add", {x, x}, {}, 0},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.type + " " + graph::ToString(c.attributes));
    ASSERT_OK_AND_ASSIGN(const FeatureVector v, FeaturesOf(c.type, c.operands, c.attributes));
    EXPECT_EQ(v[Feature::kIoReduce], c.elements);
    EXPECT_EQ(v[Feature::kNReduce], c.elements > 0 ? 1 : 0);
    EXPECT_EQ(v[Feature::kIoCopy], 0);
    if (c.elements > 0) {
      EXPECT_EQ(v[Feature::kElementwise], c.elements);
    }
  }
}

// What moves elements and computes nothing; a view moves none.
TEST(CudaFeaturesTest, Copies) {
  const ops::Operand x = In({2, 4, 6, 6});
  ASSERT_OK_AND_ASSIGN(const FeatureVector cat, FeaturesOf("cat", {x, x}, {{"dim", int64_t{1}}}));
  EXPECT_EQ(cat[Feature::kIoCopy], 288 + 288 + 576);
  EXPECT_EQ(cat[Feature::kElementwise], 288 + 288 + 576);
  ASSERT_OK_AND_ASSIGN(const FeatureVector pad,
                       FeaturesOf("pad", {x}, {{"pad", Ints{0, 1, 0, 1}}}));
  EXPECT_EQ(pad[Feature::kIoCopy], 288 + 8 * 49);
  ASSERT_OK_AND_ASSIGN(const FeatureVector view, FeaturesOf("flatten", {x}));
  EXPECT_EQ(view[Feature::kIoCopy], 0);
}

}  // namespace
}  // namespace latcast::features
