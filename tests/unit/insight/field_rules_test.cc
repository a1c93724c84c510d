// Rules of single operators, behind a convolution whose field is 3 positions a side, every 2.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>

#include "analyzer/graph/builder.h"
#include "analyzer/insight/field_rule.h"
#include "analyzer/insight/receptive_field.h"
#include "analyzer/ops/infer.h"
#include "analyzer/ops/op_def.h"
#include "base/status_matchers.h"

namespace latcast::insight {
namespace {

using graph::DType;
using graph::ValueId;
using Ints = std::vector<int64_t>;

// Operators without a rule, whose results nobody follows, and why.
const std::map<std::string_view, std::string_view>& WithoutRule() {
  constexpr std::string_view kData = "values decide where it looks";
  constexpr std::string_view kPlaces = "values decide where elements go";
  static const auto& ops = *new std::map<std::string_view, std::string_view>{
      {"as_strided", "reads memory, not positions"},
      {"diagonal", "positions of two axes become one"},
      {"take", kData},
      {"masked_select", kData},
      {"nonzero", kData},
      {"nonzero_numpy", kData},
      {"nonzero_static", kData},
      {"scatter", kPlaces},
      {"scatter_add", kPlaces},
      {"scatter_reduce", kPlaces},
      {"index_add", kPlaces},
      {"index_copy", kPlaces},
      {"index_fill", kPlaces},
      {"index_put", kPlaces},
      {"masked_scatter", kPlaces},
      {"select_scatter", "elements side by side come from two values"},
      {"slice_scatter", "elements side by side come from two values"},
      {"diagonal_scatter", "elements side by side come from two values"},
      {"roi_align", "boxes decide where it looks"},
      {"ps_roi_align", "boxes decide where it looks"},
      {"roi_pool", "boxes decide where it looks"},
      {"ps_roi_pool", "boxes decide where it looks"},
      {"deform_conv2d", "offsets decide where it looks"},
      {"grid_sample", "the grid decides where it looks"},
  };
  return ops;
}

// A new operator gets a rule, or stands in the list with the reason why it has none.
TEST(FieldRuleTest, EveryOperatorHasARuleOrAReason) {
  for (const ops::OpDef& def : ops::BuiltinOps()) {
    EXPECT_NE(HasFieldRule(def.type), WithoutRule().contains(def.type)) << def.type;
  }
  for (const auto& [op, reason] : WithoutRule()) EXPECT_NE(ops::FindOp(op), nullptr) << op;
}

class FieldRulesTest : public ::testing::Test {
 protected:
  std::vector<ValueId> AddAll(const std::string& type, std::vector<ValueId> inputs,
                              graph::Attributes attributes = {}) {
    auto outputs = ops::AddInferred(builder_, type, std::move(inputs), std::move(attributes));
    EXPECT_TRUE(outputs.ok()) << outputs.status();
    return *std::move(outputs);
  }
  ValueId Add(const std::string& type, std::vector<ValueId> inputs,
              graph::Attributes attributes = {}) {
    return AddAll(type, std::move(inputs), std::move(attributes)).front();
  }
  ValueId Parameter(graph::Shape shape, DType dtype = DType::kFloat32) {
    return builder_.AddParameter("p" + std::to_string(next_++), dtype, std::move(shape));
  }
  // 1 x 8 x 32 x 24 behind the convolution.
  ValueId Convolved() {
    return Add("conv2d", {input_, Parameter({8, 3, 3, 3})},
               {{"stride", Ints{2, 2}}, {"padding", Ints{1, 1}}});
  }
  // 1 x 8 x 32: one spatial axis.
  ValueId Line() { return Add("mean", {Convolved()}, {{"dim", Ints{3}}}); }

  std::string Of(ValueId value) const {
    const ReceptiveFields fields = ComputeReceptiveFields(builder_.graph());
    const Field& field = fields.values[static_cast<size_t>(value)];
    return SizeText(field) + " " + StrideText(field) + " " + PaddingText(field);
  }

  graph::GraphBuilder builder_{"net", "test"};
  int next_ = 0;
  ValueId input_ = builder_.AddInput("x", DType::kFloat32, {1, 3, 64, 48});
};

// Every reduction sees what it reduces: channels leave the field as it is, an axis makes it whole.
TEST_F(FieldRulesTest, Reductions) {
  const ValueId x = Convolved();
  for (const char* type : {"nansum", "count_nonzero", "max", "min", "aminmax", "argmax", "argmin",
                           "var_mean", "std_mean", "linalg_vector_norm"}) {
    const bool one_dim =
        std::string_view("max min aminmax argmax argmin").find(type) != std::string_view::npos;
    const auto dim = [one_dim](int64_t axis) {
      return one_dim ? graph::Attribute(axis) : graph::Attribute(Ints{axis});
    };
    graph::Attributes attributes = {{"dim", dim(1)}, {"keepdim", true}};
    if (std::string_view(type) == "count_nonzero") attributes.erase("keepdim");
    for (const ValueId out : AddAll(type, {x}, attributes)) EXPECT_EQ(Of(out), "3 2 1") << type;
    attributes["dim"] = dim(2);
    EXPECT_EQ(Of(AddAll(type, {x}, attributes).back()), "wholex3 -x2 -x1") << type;
  }
}

// What stands before it: nothing new along channels, no window along positions.
TEST_F(FieldRulesTest, Scans) {
  const ValueId x = Convolved();
  EXPECT_EQ(Of(Add("cumsum", {x}, {{"dim", int64_t{1}}})), "3 2 1");
  EXPECT_EQ(Of(Add("cummax", {x}, {{"dim", int64_t{3}}})), "3x? 2x- 1x-");
}

// Sorting along an axis makes each result depend on all of it; picking entries of channels leaves
// positions alone, picking positions loses them.
TEST_F(FieldRulesTest, SortingAndPicking) {
  const ValueId x = Convolved();
  for (const ValueId out : AddAll("topk", {x}, {{"k", int64_t{2}}, {"dim", int64_t{1}}})) {
    EXPECT_EQ(Of(out), "3 2 1");
  }
  EXPECT_EQ(Of(Add("sort", {x}, {{"dim", int64_t{2}}})), "wholex3 -x2 -x1");
  const ValueId index = Parameter({5}, DType::kInt64);
  EXPECT_EQ(Of(Add("index_select", {x, index}, {{"dim", int64_t{1}}})), "3 2 1");
  EXPECT_EQ(Of(Add("index_select", {x, index}, {{"dim", int64_t{2}}})), "?x3 -x2 -x1");
  EXPECT_EQ(Of(Add("index", {x, graph::kNone, index})), "3 2 1");
}

// A table looked up for every position, and one place a class.
TEST_F(FieldRulesTest, Lookups) {
  const ValueId index = Add("argmax", {Convolved()}, {{"dim", int64_t{1}}});
  EXPECT_EQ(Of(Add("embedding", {Parameter({8, 16}), index})), "3 2 1");
  EXPECT_EQ(Of(Add("one_hot", {index}, {{"num_classes", int64_t{8}}})), "3 2 1");
}

// A recurrent layer over channels as steps mixes features, not positions; over positions, two
// layers in both directions see all of them, and so does the last state of one.
TEST_F(FieldRulesTest, Recurrent) {
  const ValueId line = Line();  // 1 x 8 x 32: batch, features, positions
  const ValueId steps = Add("permute", {line}, {{"dims", Ints{2, 0, 1}}});
  const auto lstm = [&](ValueId x, int64_t layers, bool bidirectional) {
    const int64_t directions = bidirectional ? 2 : 1;
    const int64_t features = builder_.graph().value(x).shape[2];
    const int64_t batch = builder_.graph().value(x).shape[1];
    std::vector<ValueId> inputs = {x, Parameter({layers * directions, batch, 4}),
                                   Parameter({layers * directions, batch, 4})};
    for (int64_t layer = 0; layer < layers; ++layer) {
      for (int64_t d = 0; d < directions; ++d) {
        inputs.push_back(Parameter({16, layer == 0 ? features : 4 * directions}));
        inputs.push_back(Parameter({16, 4}));
      }
    }
    return AddAll(
        "lstm", inputs,
        {{"num_layers", layers}, {"bidirectional", bidirectional}, {"has_biases", false}});
  };
  EXPECT_EQ(Of(lstm(steps, 1, false)[0]), "?xwhole  ");
  EXPECT_EQ(Of(lstm(steps, 1, false)[1]), "whole  ");
  EXPECT_EQ(Of(lstm(steps, 2, true)[0]), "whole  ");
  const ValueId channels = Add("permute", {line}, {{"dims", Ints{1, 2, 0}}});  // 8 x 32 x 1
  EXPECT_EQ(Of(lstm(channels, 1, false)[0]), "3xwhole 2x- 1x-");
}

// Windows as columns, and back: each column sees its window, each element of the image the windows
// that cover it. Columns of two axes stand on one, where nobody tells rows apart.
TEST_F(FieldRulesTest, WindowsAsColumns) {
  const auto windows = [](Ints size) {
    return graph::Attributes{
        {"kernel_size", size}, {"stride", size}, {"padding", Ints{0, 0}}, {"dilation", Ints{1, 1}}};
  };
  const ValueId line = Add("unsqueeze", {Line()}, {{"dim", int64_t{3}}});  // 1 x 8 x 32 x 1
  const ValueId columns = Add("im2col", {line}, windows({4, 1}));
  const ValueId mixed = Add("conv1d", {columns, Parameter({32, 32, 1})});
  EXPECT_EQ(Of(mixed), "9xwhole 8x- 1x-");  // 3 + 3 * 2
  graph::Attributes back = windows({4, 1});
  back["output_size"] = Ints{32, 1};
  EXPECT_EQ(Of(Add("col2im", {mixed}, back)), "9xwhole 2x- 1x-");

  const ValueId both = Add("im2col", {Convolved()}, windows({4, 4}));
  EXPECT_EQ(Of(both), "?  ");
  EXPECT_EQ(Of(Add("mean", {both}, {{"dim", Ints{1, 2}}})), "whole  ");
}

// Causal attention over channels as tokens leaves positions alone; over positions, who sees what
// depends on the place.
TEST_F(FieldRulesTest, CausalAttention) {
  const ValueId x = Convolved();
  const auto attend = [&](ValueId q, bool causal) {
    return Add("scaled_dot_product_attention", {q, q, q, graph::kNone}, {{"is_causal", causal}});
  };
  // 1 x 24 x 32 x 8 of width, height, channels: heads, tokens, features.
  const ValueId tokens = Add("permute", {x}, {{"dims", Ints{0, 3, 2, 1}}});
  EXPECT_EQ(Of(attend(tokens, false)), "wholex3 -x2 -x1");
  EXPECT_EQ(Of(attend(tokens, true)), "?x3 -x2 -x1");
}

// Entries repeated in place advance once in so many.
TEST_F(FieldRulesTest, RepeatInterleave) {
  EXPECT_EQ(
      Of(Add("repeat_interleave", {Convolved()}, {{"repeats", int64_t{2}}, {"dim", int64_t{2}}})),
      "3 1x2 1");
}

}  // namespace
}  // namespace latcast::insight
