#include <random>

#include "analyzer/graph/builder.h"
#include "tests/unit/ops/single_op.h"

namespace latcast::ops {
namespace {

// A call that a damaged or hostile capture could hold: any number of inputs of any shape and type,
// attributes of the names that rules read with values of any type.
class RandomCalls {
 public:
  Operands Inputs(size_t usual) {
    Operands operands(Below(4) == 0 ? Below(9) : usual);
    for (auto& operand : operands) {
      if (Below(8) == 0) continue;
      operand = In(Dims(Below(6)), static_cast<graph::DType>(Below(10)));
    }
    return operands;
  }

  graph::Attributes Attributes() {
    static constexpr const char* kNames[] = {"dim",         "size",
                                             "dtype",       "keepdim",
                                             "other",       "self",
                                             "exponent",    "value",
                                             "fill_value",  "start",
                                             "end",         "step",
                                             "steps",       "n",
                                             "m",           "s",
                                             "min",         "max",
                                             "weight",      "p",
                                             "mode",        "ord",
                                             "num_layers",  "has_biases",
                                             "batch_first", "bidirectional",
                                             "alpha",       "dropout",
                                             "inplace",     "num_classes",
                                             "stride",      "padding",
                                             "kernel_size", "groups",
                                             "dims",        "repeats"};
    graph::Attributes attributes;
    for (const char* name : kNames) {
      if (Below(3) == 0) attributes[name] = Value();
    }
    return attributes;
  }

  size_t Below(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random_); }

 private:
  int64_t Number() {
    static constexpr int64_t kNumbers[] = {-1,        0,        1, 2, 3, 4, 8, -7, int64_t{1} << 33,
                                           INT64_MAX, INT64_MIN};
    return kNumbers[Below(Below(5) == 0 ? std::size(kNumbers) : 7)];
  }

  std::vector<int64_t> Numbers(size_t count) {
    std::vector<int64_t> numbers(count);
    for (int64_t& number : numbers) number = Number();
    return numbers;
  }

  graph::Shape Dims(size_t rank) {
    graph::Shape shape = Numbers(rank);
    for (int64_t& dim : shape) dim = dim < 0 ? 2 : dim;
    return shape;
  }

  graph::Attribute Value() {
    switch (Below(6)) {
      case 0:
        return Below(2) == 0;
      case 1:
        return static_cast<double>(Number()) / 2;
      case 2:
        return std::numeric_limits<double>::quiet_NaN();
      case 3:
        return std::string(Below(2) == 0 ? "float16" : "floor");
      case 4:
        return Numbers(Below(5));
      default:
        return Number();
    }
  }

  std::mt19937_64 random_{20250817};
};

// The call as a capture records it: with outputs. Their types become the inferred ones; false where
// the shape rule refuses.
bool Infer(const OpDef& def, const Operands& operands, const graph::Attributes& attributes,
           size_t recorded, graph::Graph& graph) {
  graph::GraphBuilder b("random", "test");
  std::vector<graph::ValueId> inputs;
  for (const auto& operand : operands) {
    const std::string name = absl::StrCat("x", inputs.size());
    inputs.push_back(operand ? b.AddInput(name, operand->dtype, operand->shape) : graph::kNone);
  }
  std::vector<graph::ValueId> outputs;
  for (size_t i = 0; i < recorded; ++i) {
    outputs.push_back(b.AddActivation(graph::DType::kFloat32, {1}));
  }
  b.AddOp(std::string(def.type), inputs, outputs, attributes);
  graph = std::move(b).Finish(outputs);
  const auto types = InferOp(def, MakeCall(graph, graph.ops[0]));
  if (!types.ok() || types->size() > outputs.size()) return false;
  graph.ops[0].outputs.resize(types->size());
  for (size_t i = 0; i < types->size(); ++i) {
    graph.value(outputs[i]).dtype = (*types)[i].dtype;
    graph.value(outputs[i]).shape = (*types)[i].shape;
  }
  return true;
}

// Whatever a call looks like, rules answer or refuse: they neither crash nor count below zero, and
// what they say is kept is there.
TEST(RandomCallsTest, EveryRuleAnswersOrRefuses) {
  RandomCalls calls;
  size_t accepted = 0;
  for (const OpDef& def : BuiltinOps()) {
    SCOPED_TRACE(std::string(def.type));
    for (int i = 0; i < 400; ++i) {
      const Operands operands = calls.Inputs(def.inputs.size());
      graph::Graph graph;
      if (!Infer(def, operands, calls.Attributes(), 1 + calls.Below(3), graph)) continue;
      ++accepted;
      const OpCall call = MakeCall(graph, graph.ops[0]);
      const auto cost = CostOp(def, call);
      const auto saved = def.saved(call);
      if (cost.ok()) {
        EXPECT_GE(cost->macs, 0);
        EXPECT_GE(cost->flops, 0);
        EXPECT_GE(cost->bytes_read, 0);
      }
      if (!saved.ok()) continue;
      EXPECT_GE(saved->extra_bytes, 0);
      for (size_t bit = 0; bit < 64; ++bit) {
        const bool is_input = bit < call.inputs.size() && call.inputs[bit] != nullptr;
        EXPECT_TRUE(is_input || (saved->inputs >> bit & 1) == 0) << "input " << bit;
        EXPECT_TRUE(bit < call.outputs.size() || (saved->outputs >> bit & 1) == 0)
            << "output " << bit;
      }
    }
  }
  EXPECT_GT(accepted, 1000U);
}

}  // namespace
}  // namespace latcast::ops
