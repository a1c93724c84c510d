#include "analyzer/cost/rules.h"

#include "analyzer/cost/graph_cost.h"
#include "base/status_matchers.h"
#include "tests/support/resnet18.h"

namespace latcast::cost {
namespace {

using graph::Graph;
using graph::GraphBuilder;
using graph::ValueId;
using ::testing::HasSubstr;

// input -> [Outer: [Inner: mystery(x, weight)] -> relu] -> output
Graph MysteryNetwork() {
  GraphBuilder builder("net", "test");
  const ValueId x = builder.AddInput("x", graph::DType::kFloat32, {2, 8});
  builder.EnterCall("outer", "Outer", {x}, {{"points", int64_t{4}}});
  builder.EnterCall("inner", "Inner", {x});
  const ValueId weight = builder.AddParameter("weight", graph::DType::kFloat32, {8, 5});
  const ValueId y = builder.AddActivation(graph::DType::kFloat32, {2, 5});
  builder.AddOp("mylib.mystery", {x, weight}, {y}, {{"points", int64_t{3}}});
  builder.LeaveCall({y});
  const ValueId z = builder.AddActivation(graph::DType::kFloat32, {2, 5});
  builder.AddOp("relu", {y}, {z});
  builder.LeaveCall({z});
  return std::move(builder).Finish({z});
}

Rules Parse(std::string_view json) {
  absl::StatusOr<Rules> rules = ParseRules(json);
  EXPECT_OK(rules.status());
  return *std::move(rules);
}

// A rule makes a partial count complete; what it leaves out follows from the tensors.
TEST(RulesTest, AnOperatorByItsRule) {
  const Rules rules = Parse(R"({"schema_version": 1, "ops": {
      "mylib.mystery": {"macs": "out0.numel * in0.shape[-1] * attr.points"}}})");
  const Graph graph = MysteryNetwork();
  ASSERT_OK_AND_ASSIGN(const GraphCost without, ComputeCost(graph));
  EXPECT_EQ(without.total.completeness, Completeness::kPartial);
  ASSERT_OK_AND_ASSIGN(const GraphCost cost, ComputeCost(graph, {.rules = &rules}));
  EXPECT_EQ(cost.total.completeness, Completeness::kComplete);
  ASSERT_TRUE(cost.ops[0].has_value());
  EXPECT_EQ(cost.ops[0]->macs, 10 * 8 * 3);
  EXPECT_EQ(cost.ops[0]->flops, 2 * 10 * 8 * 3);
  EXPECT_EQ(cost.ops[0]->bytes_read, 4 * (16 + 40));
  EXPECT_EQ(cost.ops[0]->bytes_written, 4 * 10);
  EXPECT_EQ(cost.ops[0]->weight_elements, 40);
  EXPECT_EQ(cost.ops[0]->kernels, 1);
  EXPECT_EQ(cost.total.flops, 2 * 10 * 8 * 3 + 10);
}

// A rule comes before the built-in count.
TEST(RulesTest, ARuleReplacesTheBuiltInCount) {
  const Rules rules = Parse(R"({"schema_version": 1, "ops": {
      "relu": {"macs": 0, "flops": "7 * out0.numel", "bytes_read": "11", "bytes_written": "13",
               "kernels": "2"}}})");
  ASSERT_OK_AND_ASSIGN(const GraphCost cost, ComputeCost(MysteryNetwork(), {.rules = &rules}));
  EXPECT_EQ(cost.ops[1]->flops, 70);
  EXPECT_EQ(cost.ops[1]->bytes_read, 11);
  EXPECT_EQ(cost.ops[1]->bytes_written, 13);
  EXPECT_EQ(cost.ops[1]->kernels, 2);
}

// A module's rule stands for all that runs inside, rules of modules further inside included, and
// the sums of the calls still add up.
TEST(RulesTest, AModuleByItsRule) {
  const Rules rules = Parse(R"({"schema_version": 1, "modules": {
      "Outer": {"macs": "params * attr.points"}, "Inner": {"macs": "1"}}})");
  ASSERT_OK_AND_ASSIGN(const GraphCost cost, ComputeCost(MysteryNetwork(), {.rules = &rules}));
  EXPECT_EQ(cost.total.completeness, Completeness::kComplete);
  EXPECT_EQ(cost.ops[0]->macs, 40 * 4);
  EXPECT_EQ(cost.ops[1]->flops, 0);
  EXPECT_EQ(cost.ops[1]->kernels, 0);
  EXPECT_EQ(cost.total.macs, 160);
  EXPECT_EQ(cost.calls[1].macs, 160);
}

// Every call of a ruled class counts; other modules stay as they are.
TEST(RulesTest, EveryCallOfAClassCounts) {
  const Rules rules =
      Parse(R"({"schema_version": 1, "modules": {"Linear": {"macs": "5", "kernels": "0"}}})");
  const Graph graph = ResNet18Builder::Build();
  ASSERT_OK_AND_ASSIGN(const GraphCost cost, ComputeCost(graph, {.rules = &rules}));
  EXPECT_EQ(cost.total.macs, 1'814'073'344 - 512'000 + 5);
  EXPECT_EQ(cost.total.kernels, 68 - 1);
}

// A file that is no rules file is refused, and the entry named.
TEST(RulesTest, BadFilesAreRefused) {
  const std::pair<const char*, const char*> cases[] = {
      {"{", "not JSON"},
      {"[]", "an object"},
      {"{}", "schema_version is missing"},
      {R"({"schema_version": 1, "op": {}})", "'op'"},
      {R"({"schema_version": 1, "ops": []})", "ops"},
      {R"({"schema_version": 1, "ops": {"x": "1"}})", "ops 'x'"},
      {R"({"schema_version": 1, "ops": {"x": {}}})", "ops 'x': macs is missing"},
      {R"({"schema_version": 1, "ops": {"x": {"macs": "1", "flop": "1"}}})",
       "did you mean 'flops'"},
      {R"({"schema_version": 1, "modules": {"M": {"macs": "1 +"}}})",
       "modules 'M': macs: column 4"},
      {R"({"schema_version": 1, "ops": {"x": {"macs": 1.5}}})", "a formula in quotes"},
  };
  for (const auto& [json, message] : cases) {
    EXPECT_THAT(ParseRules(json), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)))
        << json;
  }
  EXPECT_THAT(ParseRules(R"({"schema_version": 2})"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("version 1 is read")));
}

// A formula that fails names operator, formula and reason.
TEST(RulesTest, AFormulaThatFailsNamesTheOperator) {
  const Rules bad = Parse(R"({"schema_version": 1, "ops": {"relu": {"macs": "in1.numel"}}})");
  EXPECT_THAT(ComputeCost(MysteryNetwork(), {.rules = &bad}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("(relu): macs: 'in1.numel': there is no in1")));
  const Rules negative = Parse(R"({"schema_version": 1, "ops": {"relu": {"macs": "-1"}}})");
  EXPECT_THAT(ComputeCost(MysteryNetwork(), {.rules = &negative}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'-1' is -1")));
}

}  // namespace
}  // namespace latcast::cost
