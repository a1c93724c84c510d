#include "analyzer/graph/verify.h"

#include <gtest/gtest.h>

#include <functional>

#include "analyzer/graph/builder.h"
#include "base/status_matchers.h"

namespace latcast::graph {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// x -> act.relu -> y, with a weight and two module calls. Values: 0 x, 1 weight, 2 y.
Graph Tiny() {
  GraphBuilder b("tiny", "test");
  const ValueId x = b.AddInput("x", DType::kFloat32, {1, 4});
  b.EnterCall("act", "PReLU", {x});
  const ValueId w = b.AddParameter("weight", DType::kFloat32, {1});
  const ValueId y = b.AddActivation(DType::kFloat32, {1, 4});
  b.AddOp("prelu", {x, w}, {y});
  b.LeaveCall({y});
  return std::move(b).Finish({y});
}

struct BrokenRule {
  const char* name;
  std::function<void(Graph&)> breaks;
  const char* message;
  absl::StatusCode code = absl::StatusCode::kInvalidArgument;
};

void PrintTo(const BrokenRule& rule, std::ostream* out) { *out << rule.name; }

class VerifyTest : public testing::TestWithParam<BrokenRule> {};

// A graph that breaks one rule is refused with the place and the rule.
TEST_P(VerifyTest, Refuses) {
  Graph g = Tiny();
  ASSERT_OK(Verify(g));
  GetParam().breaks(g);
  EXPECT_THAT(Verify(g), StatusIs(GetParam().code,
                                  AllOf(HasSubstr("graph 'tiny'"), HasSubstr(GetParam().message))));
}

const BrokenRule kRules[] = {
    {"OperatorWithoutType", [](Graph& g) { g.ops[0].type.clear(); }, "'prelu' (): no type"},
    {"OperatorWithoutName", [](Graph& g) { g.ops[0].name.clear(); },
     "operator 0 '' (prelu): no name"},
    {"OperatorWithoutOutput", [](Graph& g) { g.ops[0].outputs.clear(); }, "(prelu): no output"},
    {"OperatorNameRepeats", [](Graph& g) { g.ops.push_back(g.ops[0]); },
     "operator 1 'prelu' (prelu): name repeats"},
    {"OperatorInputOutOfRange", [](Graph& g) { g.ops[0].inputs[0] = 3; }, "(prelu): no value 3"},
    {"OperatorInputNegative", [](Graph& g) { g.ops[0].inputs[0] = -2; }, "(prelu): no value -2"},
    {"OperatorOutputOutOfRange", [](Graph& g) { g.ops[0].outputs[0] = 99; }, "no value 99"},
    {"OperatorOutputAbsent", [](Graph& g) { g.ops[0].outputs[0] = kNone; }, "no value -1"},
    {"OperatorCallOutOfRange", [](Graph& g) { g.ops[0].call = 2; }, "(prelu): no module call 2"},
    {"OperatorCallAbsent", [](Graph& g) { g.ops[0].call = kNone; }, "no module call -1"},
    {"ReadBeforeWritten", [](Graph& g) { g.ops[0].inputs[0] = 2; },
     "value '%2' is read before it is written"},
    {"WrittenTwice",
     [](Graph& g) {
       g.ops.push_back(g.ops[0]);
       g.ops[1].name = "again";
     },
     "operator 1 'again' (prelu): value '%2' is written twice"},
    {"WrittenTwiceByOneOperator",
     [](Graph& g) {
       g.ops[0].outputs = {2, 2};
     },
     "is written twice"},
    {"WritesAParameter", [](Graph& g) { g.ops[0].outputs = {1}; },
     "writes 'act.weight', which is no activation"},
    {"WritesAnInput", [](Graph& g) { g.ops[0].outputs = {0}; },
     "writes 'x', which is no activation"},
    {"ValueWithoutName", [](Graph& g) { g.values[2].name.clear(); }, "value 2 '': no name"},
    {"ValueNameRepeats", [](Graph& g) { g.values[2].name = "x"; }, "value 2 'x': name repeats"},
    {"ValueWithoutStorage", [](Graph& g) { g.values[2].storage = kNone; },
     "value 2 '%2': no storage"},
    {"StorageBeyondTheValues", [](Graph& g) { g.values[2].storage = 3; },
     "value 2 '%2': storage 3 of 3 values"},
    {"NegativeDimension",
     [](Graph& g) {
       g.values[2].shape = {1, -4};
     },
     "negative dimension -4"},
    {"TooManyBytes",
     [](Graph& g) {
       g.values[2].shape = {int64_t{1} << 31, int64_t{1} << 30};  // 2^61 elements, 2^63 bytes
     },
     "value 2 '%2': size in bytes", absl::StatusCode::kOutOfRange},
    {"GraphInputOutOfRange", [](Graph& g) { g.inputs = {7}; }, "graph input: no value 7"},
    {"GraphInputIsAParameter", [](Graph& g) { g.inputs = {1}; },
     "graph input 'act.weight' is not an input value"},
    {"GraphInputTwice",
     [](Graph& g) {
       g.inputs = {0, 0};
     },
     "graph input 'x' is listed twice"},
    {"InputNotListed", [](Graph& g) { g.inputs.clear(); }, "value 'x' is read before"},
    {"GraphOutputOutOfRange", [](Graph& g) { g.outputs = {-5}; }, "graph output: no value -5"},
    {"GraphOutputNeverWritten", [](Graph& g) { g.ops.clear(); },
     "graph output: value '%2' is read before it is written"},
    {"NoCalls", [](Graph& g) { g.calls.clear(); }, "no module call"},
    {"RootHasAParent", [](Graph& g) { g.calls[0].parent = 1; }, "the first call has a parent"},
    {"SecondRoot", [](Graph& g) { g.calls[1].parent = kNone; }, "module call 1 'act': no parent"},
    {"ParentIsItself", [](Graph& g) { g.calls[1].parent = 1; }, "parent 1 does not precede it"},
    {"ParentOutOfRange", [](Graph& g) { g.calls[1].parent = 5; }, "parent 5 does not precede it"},
    {"ParentNegative", [](Graph& g) { g.calls[1].parent = -3; }, "parent -3 does not precede it"},
    {"CallInputOutOfRange", [](Graph& g) { g.calls[1].inputs = {3}; },
     "module call 1 'act': no value 3"},
    {"CallOutputOutOfRange", [](Graph& g) { g.calls[0].outputs = {-1}; },
     "module call 0 '': no value -1"},
    {"CallParameterOutOfRange", [](Graph& g) { g.calls[1].parameters = {42}; }, "no value 42"},
};

INSTANTIATE_TEST_SUITE_P(Rules, VerifyTest, testing::ValuesIn(kRules),
                         [](const auto& rule) { return std::string(rule.param.name); });

// An absent optional input is fine, and so is a value nobody writes or reads.
TEST(VerifyTest, AcceptsAbsentInputsAndUnusedValues) {
  Graph g = Tiny();
  g.ops[0].inputs.push_back(kNone);
  g.values.push_back({"spare", ValueKind::kActivation, DType::kFloat32, {1}, 3, false});
  EXPECT_OK(Verify(g));
}

// Parameters, buffers and constants may be read and returned without being written.
TEST(VerifyTest, ConstantsAreReady) {
  Graph g = Tiny();
  g.values.push_back({"c", ValueKind::kConstant, DType::kInt64, {}, 3, false});
  g.ops[0].inputs.push_back(3);
  g.outputs.push_back(1);
  EXPECT_OK(Verify(g));
}

// The largest size that fits is accepted, and an empty tensor too.
TEST(VerifyTest, SizesAtTheLimit) {
  Graph g = Tiny();
  g.values[2].shape = {(int64_t{1} << 61) - 1};
  EXPECT_OK(Verify(g));
  g.values[2].shape = {0, 4};
  EXPECT_OK(Verify(g));
}

// Each limit is inclusive; one below what the graph has is RESOURCE_EXHAUSTED and says which.
TEST(VerifyTest, Limits) {
  Graph g = Tiny();
  g.ops[0].attributes = {{"a", int64_t{1}}, {"b", int64_t{2}}};
  const GraphLimits exact = {
      .max_ops = 1, .max_values = 3, .max_calls = 2, .max_rank = 2, .max_attributes_per_op = 2};
  EXPECT_OK(Verify(g, exact));
  const struct {
    size_t GraphLimits::*limit;
    const char* message;
  } kCases[] = {
      {&GraphLimits::max_ops, "1 operators, at most 0"},
      {&GraphLimits::max_values, "3 values, at most 2"},
      {&GraphLimits::max_calls, "2 module calls, at most 1"},
      {&GraphLimits::max_rank, "value 0 'x': rank 2, at most 1"},
      {&GraphLimits::max_attributes_per_op, "(prelu): more than 1 attributes"},
  };
  for (const auto& c : kCases) {
    GraphLimits limits = exact;
    --(limits.*c.limit);
    EXPECT_THAT(Verify(g, limits),
                StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr(c.message)));
  }
}

}  // namespace
}  // namespace latcast::graph
