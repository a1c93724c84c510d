#include <set>

#include "analyzer/ops/op_def.h"

namespace latcast::ops {
namespace {

// Every operator can be listed, explained and computed with; all but those that make tensors from
// numbers have inputs.
TEST(BuiltinOpsTest, EveryOneHasDocumentationInputsAndRules) {
  for (const OpDef& def : BuiltinOps()) {
    SCOPED_TRACE(std::string(def.type));
    EXPECT_FALSE(def.type.empty());
    EXPECT_FALSE(def.family.empty());
    EXPECT_GE(def.doc.size(), 10U);
    EXPECT_EQ(def.doc.back(), '.');
    const bool from_numbers = def.family == "creation" || def.family == "random";
    EXPECT_TRUE(from_numbers || !def.inputs.empty());
    for (const std::string_view input : def.inputs) EXPECT_FALSE(input.empty());
    EXPECT_NE(def.infer, nullptr);
    EXPECT_NE(def.cost, nullptr);
    EXPECT_NE(def.saved, nullptr);
  }
}

// Required inputs come before optional ones, and one at most repeats, which no optional one
// follows: positions stay unambiguous.
TEST(BuiltinOpsTest, PositionsOfInputsAreUnambiguous) {
  for (const OpDef& def : BuiltinOps()) {
    SCOPED_TRACE(std::string(def.type));
    bool seen_optional = false;
    bool seen_repeated = false;
    for (const std::string_view input : def.inputs) {
      const bool repeats = input.find('*') != std::string_view::npos;
      const bool is_optional = !repeats && input.ends_with('?');
      EXPECT_FALSE(seen_optional && !is_optional);
      EXPECT_FALSE(seen_repeated && (repeats || is_optional));
      seen_optional = seen_optional || is_optional;
      seen_repeated = seen_repeated || repeats;
    }
  }
}

// Names are keys, and a family's operators stand together in the list.
TEST(BuiltinOpsTest, TypesAreUniqueAndFamiliesContiguous) {
  std::set<std::string_view> types;
  std::set<std::string_view> closed_families;
  std::string_view family;
  for (const OpDef& def : BuiltinOps()) {
    EXPECT_TRUE(types.insert(def.type).second) << def.type;
    if (def.family != family) {
      EXPECT_TRUE(closed_families.insert(def.family).second) << def.family;
      family = def.family;
    }
  }
}

// The canonical vocabulary that importers map to.
TEST(BuiltinOpsTest, HoldsTheCanonicalOperators) {
  for (const std::string_view type : {"conv2d",
                                      "batch_norm",
                                      "relu",
                                      "relu6",
                                      "sigmoid",
                                      "silu",
                                      "hardswish",
                                      "hardsigmoid",
                                      "tanh",
                                      "hardtanh",
                                      "gelu",
                                      "leaky_relu",
                                      "prelu",
                                      "add",
                                      "sub",
                                      "mul",
                                      "div",
                                      "max_pool2d",
                                      "avg_pool2d",
                                      "adaptive_avg_pool2d",
                                      "adaptive_max_pool2d",
                                      "mean",
                                      "linear",
                                      "matmul",
                                      "flatten",
                                      "view",
                                      "reshape",
                                      "permute",
                                      "transpose",
                                      "contiguous",
                                      "clone",
                                      "dropout",
                                      "softmax",
                                      "log_softmax",
                                      "conv1d",
                                      "conv3d",
                                      "conv_transpose1d",
                                      "conv_transpose2d",
                                      "conv_transpose3d",
                                      "max_pool1d",
                                      "max_pool3d",
                                      "avg_pool1d",
                                      "avg_pool3d",
                                      "adaptive_avg_pool1d",
                                      "adaptive_avg_pool3d",
                                      "adaptive_max_pool1d",
                                      "adaptive_max_pool3d",
                                      "layer_norm",
                                      "group_norm",
                                      "instance_norm",
                                      "rms_norm",
                                      "interpolate",
                                      "grid_sample",
                                      "scaled_dot_product_attention",
                                      "cat"}) {
    EXPECT_NE(FindOp(type), nullptr) << type;
  }
}

// A lookup gives the listed entry itself, or says that nobody knows the operator.
TEST(FindOpTest, FindsEveryListedOperatorAndNoOther) {
  for (const OpDef& def : BuiltinOps()) EXPECT_EQ(FindOp(def.type), &def);
  EXPECT_EQ(FindOp("conv4d"), nullptr);
  EXPECT_EQ(FindOp(""), nullptr);
}

}  // namespace
}  // namespace latcast::ops
