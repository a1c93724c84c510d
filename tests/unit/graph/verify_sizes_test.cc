// What is said of sizes is refused unless it is sound; see verify_test.cc for all else.
#include <gtest/gtest.h>

#include <functional>

#include "analyzer/graph/verify.h"
#include "base/status_matchers.h"
#include "tests/support/sized_graph.h"

namespace latcast::graph {
namespace {

using ::testing::HasSubstr;

struct BrokenRule {
  const char* name;
  std::function<void(Graph&)> breaks;
  const char* message;
};

void PrintTo(const BrokenRule& rule, std::ostream* out) { *out << rule.name; }

class VerifySizesTest : public testing::TestWithParam<BrokenRule> {};

// Sizes that break one rule are refused with the place and the rule.
TEST_P(VerifySizesTest, Refuses) {
  Graph g = SizedGraph();
  ASSERT_OK(Verify(g));
  GetParam().breaks(g);
  EXPECT_THAT(Verify(g),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().message)));
}

void AddConstant(Graph& g, SizedConstant constant) {
  g.values.push_back({"c", ValueKind::kConstant, DType::kFloat32, {8, 6}, 0});
  g.sizes->constants = {std::move(constant)};
}

const BrokenRule kRules[] = {
    {"NoValueToMeasure", [](Graph& g) { g.sizes->expressions[0].left = 3; },
     "size expression 0: no value 3"},
    {"NegativeValue", [](Graph& g) { g.sizes->expressions[0].left = -1; },
     "size expression 0: no value -1"},
    {"NoAxis", [](Graph& g) { g.sizes->expressions[2].right = 4; },
     "size expression 2: value '%1' has no axis 4"},
    {"NegativeAxis", [](Graph& g) { g.sizes->expressions[2].right = -1; }, "has no axis -1"},
    {"OperandFollows", [](Graph& g) { g.sizes->expressions[3].right = 4; },
     "size expression 3: operand 4 does not precede it"},
    {"OperandIsItself", [](Graph& g) { g.sizes->expressions[3].left = 3; },
     "operand 3 does not precede it"},
    {"OperandNegative", [](Graph& g) { g.sizes->expressions[3].left = -1; },
     "operand -1 does not precede it"},
    {"NoExpression", [](Graph& g) { g.ops[1].sizes[0].expression = 5; },
     "operator 1 'view': no size expression 5"},
    {"NegativeExpression", [](Graph& g) { g.ops[1].sizes[0].expression = -1; },
     "no size expression -1"},
    {"NoAttribute", [](Graph& g) { g.ops[1].sizes[0].attribute = "shape"; },
     "operator 1 'view': no number 0 in attribute 'shape'"},
    {"EntryOutOfRange", [](Graph& g) { g.ops[1].sizes[0].entry = 3; },
     "no number 3 in attribute 'size'"},
    {"EntryNegative", [](Graph& g) { g.ops[1].sizes[0].entry = -1; },
     "no number -1 in attribute 'size'"},
    {"NoNumber", [](Graph& g) { g.ops[1].attributes["size"] = std::string("2"); },
     "no number 0 in attribute 'size'"},
    {"NoExpressionsAtAll", [](Graph& g) { g.sizes.reset(); },
     "operator 1 'view': the graph has no size expressions"},
    {"MeasuredTooEarly", [](Graph& g) { g.sizes->expressions[0].left = 2; },
     "needs the size of a value that is written later"},
    {"ConditionTooEarly", [](Graph& g) { g.sizes->conditions[0] = {0, 1, {}, 2, 2, true}; },
     "size condition 0: size expression 2 needs the size"},
    {"ConditionOfNoOperator", [](Graph& g) { g.sizes->conditions[0].op = 2; },
     "size condition 0: no operator 2"},
    {"ConditionInNoCall", [](Graph& g) { g.sizes->conditions[0].call = 2; },
     "size condition 0: no module call 2"},
    {"ConditionsOutOfOrder",
     [](Graph& g) {
       g.sizes->conditions.push_back({0, 0, {}, 0, 0, true});
     },
     "size condition 1: operator 0 comes before operator 1"},
    {"FixedInput",
     [](Graph& g) {
       g.sizes->fixed = {{1, 0, ""}};
     },
     "fixed dimension 0: no input 1"},
    {"FixedAxis",
     [](Graph& g) {
       g.sizes->fixed = {{0, 4, ""}};
     },
     "fixed dimension 0: input 0 has no axis 4"},
    {"StorageOfNoValue",
     [](Graph& g) {
       g.sizes->storages = {{0, 0, {3}, {0}}};
     },
     "change of storages 0: no value 3"},
    {"NoSuchStorage",
     [](Graph& g) {
       g.sizes->storages = {{0, 0, {2}, {3}}};
     },
     "change of storages 0: storage 3 of 3 values"},
    {"StoragesUnpaired",
     [](Graph& g) {
       g.sizes->storages = {{0, 0, {2}, {}}};
     },
     "1 values, 0 storages"},
    {"ConstantIsNone",
     [](Graph& g) {
       AddConstant(g, {1, 1, {1, 2}});
     },
     "value '%1' is no constant"},
    {"ConstantOfNoValue",
     [](Graph& g) {
       AddConstant(g, {7, 1, {1, 2}});
     },
     "no value 7"},
    {"ConstantOfOtherRank",
     [](Graph& g) {
       AddConstant(g, {3, 1, {1}});
     },
     "1 dimensions for value 'c' of rank 2"},
    {"ConstantTooEarly",
     [](Graph& g) {
       AddConstant(g, {3, 0, {1, 2}});
     },
     "constant 0 made for a size: size expression 2 needs"},
};

INSTANTIATE_TEST_SUITE_P(Rules, VerifySizesTest, testing::ValuesIn(kRules),
                         [](const auto& test) { return std::string(test.param.name); });

// More than a network can need is refused before it is looked at.
TEST(VerifySizesLimitsTest, Refuses) {
  const GraphLimits limits = {.max_sizes = 4};
  EXPECT_THAT(Verify(SizedGraph(), limits),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("5 size expressions")));
  Graph g = SizedGraph();
  g.sizes->expressions.resize(3);
  g.ops[1].sizes.resize(1);
  g.sizes->conditions.assign(5, {1, 0, {}, 0, 0, true});
  EXPECT_THAT(Verify(g, limits),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("5 size conditions")));
}

}  // namespace
}  // namespace latcast::graph
