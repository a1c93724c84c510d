#include "analyzer/graph/attributes.h"
#include "tests/unit/features/one_op.h"

namespace latcast::features {
namespace {

struct FlopsCase {
  std::string type;
  ops::Operands operands;
  graph::Attributes attributes;
  double flops = 0;
};

// The classic count of every kind of layer, batch included; what it does not know is 0.
TEST(ClassicFeaturesTest, Flops) {
  const ops::Operand x = In({2, 4, 6, 6});  // 288 elements
  const FlopsCase cases[] = {
      {"conv2d", {x, Weight({8, 4, 3, 3}), Weight({8})}, {}, 2 * 8 * 16 * 36},
      {"conv2d", {x, Weight({4, 1, 1, 1})}, {{"groups", int64_t{4}}}, 288},
      {"linear", {In({1, 512}), Weight({1000, 512}), Weight({1000})}, {}, 512'000},
      {"linear", {In({2, 3, 4}), Weight({5, 4})}, {}, 120},
      {"batch_norm", {x, Weight({4}), Weight({4}), Weight({4}), Weight({4})}, {}, 576},
      {"batch_norm", {x}, {{"training", true}}, 288},
      {"relu", {x}, {}, 288},
      {"relu", {x}, {{"inplace", true}}, 288},
      {"relu6", {x}, {}, 288},
      {"hardtanh", {x}, {{"min_val", 0.0}, {"max_val", 6.0}}, 288},
      {"hardtanh", {x}, {{"min_val", int64_t{0}}, {"max_val", int64_t{6}}}, 288},
      {"hardtanh", {x}, {}, 0},
      {"prelu", {x, Weight({4})}, {}, 288},
      {"leaky_relu", {x}, {}, 288},
      {"max_pool2d", {x}, {{"kernel_size", int64_t{2}}}, 288},
      {"avg_pool2d", {x}, {{"kernel_size", int64_t{3}}}, 288},
      {"adaptive_avg_pool2d", {x}, {{"output_size", int64_t{1}}}, 288},
      {"adaptive_max_pool2d", {x}, {{"output_size", int64_t{1}}}, 288},
      {"silu", {x}, {}, 0},
      {"sigmoid", {x}, {}, 0},
      {"gelu", {x}, {}, 0},
      {"hardswish", {x}, {}, 0},
      {"mean", {x}, {{"dim", Ints{2, 3}}}, 0},
      {"add", {x, x}, {}, 0},
      {"matmul", {In({2, 3}), In({3, 2})}, {}, 0},
      {"cat", {x, x}, {{"dim", int64_t{1}}}, 0},
      {"flatten", {x}, {}, 0},
      {"dropout", {x}, {{"train", true}}, 0},
      {"zeros", {}, {{"size", Ints{3}}}, 0},
      {"pow", {ops::kAbsent, x}, {{"self", 2.0}}, 0},
  };
  for (const FlopsCase& c : cases) {
    SCOPED_TRACE(c.type + " " + graph::ToString(c.attributes));
    ASSERT_OK_AND_ASSIGN(const FeatureVector v, FeaturesOf(c.type, c.operands, c.attributes));
    EXPECT_EQ(v[Feature::kFlops], c.flops);
  }
}

// acts and inp are each convolution's own output and input, and nobody else's.
TEST(ClassicFeaturesTest, ActsAndInp) {
  ASSERT_OK_AND_ASSIGN(const FeatureVector conv,
                       FeaturesOf("conv2d", {In({2, 4, 6, 6}), Weight({8, 4, 3, 3})}));
  EXPECT_EQ(conv[Feature::kActs], 2 * 8 * 16);
  EXPECT_EQ(conv[Feature::kInp], 288);
  ASSERT_OK_AND_ASSIGN(const FeatureVector linear,
                       FeaturesOf("linear", {In({2, 4}), Weight({8, 4})}));
  EXPECT_EQ(linear[Feature::kActs] + linear[Feature::kInp], 0);
}

}  // namespace
}  // namespace latcast::features
