#include "analyzer/memory/autocast.h"

#include "analyzer/graph/verify.h"
#include "analyzer/memory/memory.h"
#include "tests/support/resnet18.h"
#include "tests/support/tiny_graph.h"

namespace latcast::memory {
namespace {

using graph::DType;
using graph::Graph;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Autocast Cast(const Graph& graph, Device device = Device::kCuda) {
  auto cast = WithAutocast(graph, DType::kFloat16, device);
  EXPECT_OK(cast);
  EXPECT_OK(graph::Verify(cast->graph));
  return *std::move(cast);
}

std::vector<std::string> Types(const Graph& graph) {
  std::vector<std::string> types;
  for (const graph::Op& op : graph.ops) types.push_back(op.type);
  return types;
}

DType Result(const Autocast& cast, size_t op) {
  return cast.graph.value(cast.graph.ops[op].outputs[0]).dtype;
}

// A product runs on half copies of its input and parameters; what follows takes what it is given.
TEST(WithAutocastTest, ProductsRunInHalf) {
  TinyGraph b;
  const auto y = b.Add("linear", {b.Input({2, 4}), b.Parameter({4, 4}), b.Parameter({4})});
  const Autocast cast = Cast(b.Finish({b.Add("relu", {y})}));
  EXPECT_THAT(Types(cast.graph), ElementsAre("to", "to", "to", "linear", "relu"));
  EXPECT_THAT(cast.origin, ElementsAre(0, 0, 0, 0, 1));
  for (size_t i = 0; i < 5; ++i) EXPECT_EQ(Result(cast, i), DType::kFloat16) << i;
  EXPECT_FALSE(IsCachedCopy(cast.graph.ops[0]));
  EXPECT_TRUE(IsCachedCopy(cast.graph.ops[1]));
  EXPECT_EQ(cast.graph.value(0).dtype, DType::kFloat32);
}

// The copy of a trainable parameter is made once, that of a frozen one every time.
TEST(WithAutocastTest, ParametersAreCopiedOnce) {
  for (const bool trainable : {true, false}) {
    TinyGraph b;
    const auto weight = b.Parameter({4, 4}, trainable);
    const auto y = b.Add("linear", {b.Input({2, 4}), weight});
    const Autocast cast = Cast(b.Finish({b.Add("linear", {y, weight})}));
    EXPECT_EQ(cast.graph.ops.size(), trainable ? 4U : 5U);
  }
}

// Softmax runs in float32 on CUDA and in what it is given on the CPU; additions take the wider
// type; in place and in views the type stays.
TEST(WithAutocastTest, OtherOperators) {
  TinyGraph b;
  const auto x = b.Input({2, 4});
  const auto y = b.Inplace("relu", {b.Add("linear", {x, b.Parameter({4, 4})})});
  const auto view = b.Add("view", {y}, {{"size", std::vector<int64_t>{8}}});
  const auto s = b.Add("softmax", {view}, {{"dim", int64_t{0}}});
  const Graph graph = b.Finish({b.Add("add", {y, x}), s});
  const Autocast cuda = Cast(graph);
  EXPECT_THAT(Types(cuda.graph),
              ElementsAre("to", "to", "linear", "relu", "view", "to", "softmax", "add"));
  EXPECT_EQ(Result(cuda, 3), DType::kFloat16);
  EXPECT_EQ(Result(cuda, 4), DType::kFloat16);
  EXPECT_EQ(Result(cuda, 6), DType::kFloat32);
  EXPECT_EQ(Result(cuda, 7), DType::kFloat32);
  const Autocast cpu = Cast(graph, Device::kCpu);
  EXPECT_THAT(Types(cpu.graph),
              ElementsAre("to", "to", "linear", "relu", "view", "softmax", "add"));
  EXPECT_EQ(Result(cpu, 5), DType::kFloat16);
}

// Operands that must have one type get the wider one.
TEST(WithAutocastTest, OperandsOfTwoTypes) {
  TinyGraph b;
  const auto x = b.Input({2, 4});
  const auto y = b.Add("linear", {x, b.Parameter({4, 4})});
  const Autocast cast = Cast(b.Finish({b.Add("lerp", {y, x}, {{"weight", 0.5}})}));
  EXPECT_THAT(Types(cast.graph), ElementsAre("to", "to", "linear", "to", "lerp"));
  EXPECT_EQ(Result(cast, 4), DType::kFloat32);
}

// An operator nobody knows gives halves where all it is given is.
TEST(WithAutocastTest, UnknownOperators) {
  TinyGraph b;
  const auto x = b.Input({2, 4});
  const auto y = b.AddUnknown(b.Add("linear", {x, b.Parameter({4, 4})}), {2, 4});
  const Autocast cast = Cast(b.Finish({y, b.AddUnknown(x, {2, 4})}));
  EXPECT_EQ(Result(cast, 3), DType::kFloat16);
  EXPECT_EQ(Result(cast, 4), DType::kFloat32);
}

// Names of the two types, nothing for none.
TEST(ParseAutocastTest, Names) {
  EXPECT_THAT(ParseAutocast(""), IsOkAndHolds(std::optional<DType>()));
  EXPECT_THAT(ParseAutocast("none"), IsOkAndHolds(std::optional<DType>()));
  EXPECT_THAT(ParseAutocast("float16"), IsOkAndHolds(std::optional(DType::kFloat16)));
  EXPECT_THAT(ParseAutocast("bfloat16"), IsOkAndHolds(std::optional(DType::kBFloat16)));
  EXPECT_THAT(ParseAutocast("float64"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'float64', one of none")));
}

// Anything but a half type is refused.
TEST(WithAutocastTest, RefusesOtherTypes) {
  EXPECT_THAT(AnalyzeMemory(ResNet18Builder::Build(), {.autocast = DType::kFloat64}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("autocast to float64, float16 or bfloat16 expected")));
}

// Copies belong to the operators they are made for: every part of the report speaks of the graph
// that was asked about, and sums stay sums.
TEST(WithAutocastTest, ReportsSpeakOfTheOriginalGraph) {
  const Graph graph = ResNet18Builder::Build();
  ASSERT_OK_AND_ASSIGN(const MemoryReport report,
                       AnalyzeMemory(graph, {.autocast = DType::kBFloat16}));
  const size_t n = graph.ops.size();
  EXPECT_EQ(report.eager.live_bytes.size(), n);
  EXPECT_EQ(report.planned.live_bytes.size(), n);
  EXPECT_EQ(report.saved.ops.size(), n);
  EXPECT_EQ(report.training.forward_bytes.size(), n);
  EXPECT_EQ(report.training.backward_bytes.size(), n);
  EXPECT_EQ(*std::max_element(report.eager.live_bytes.begin(), report.eager.live_bytes.end()),
            report.eager.peak_bytes);
  EXPECT_EQ(report.eager.live_bytes[static_cast<size_t>(report.eager.peak_op)],
            report.eager.peak_bytes);
  int64_t kept = 0;
  for (const auto& bytes : report.saved.ops) kept += bytes.value();
  EXPECT_EQ(kept, report.saved.total.bytes);
  int64_t alive = 0;
  for (const LiveValue& value : report.eager.at_peak) {
    alive += value.bytes;
    EXPECT_LT(value.op, static_cast<graph::OpId>(n));
    EXPECT_LT(value.value, static_cast<graph::ValueId>(graph.values.size()));
  }
  EXPECT_EQ(alive, report.eager.peak_bytes);
  // Master weights and their gradients stay float32.
  EXPECT_EQ(report.gradient_bytes, 4 * 11'689'512);
}

}  // namespace
}  // namespace latcast::memory
