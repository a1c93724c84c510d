#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "analyzer/graph/attributes.h"
#include "base/csv.h"
#include "base/file.h"
#include "base/text.h"
#include "tests/unit/ops/single_op.h"

namespace latcast::ops {
namespace {

// "2x3", "2 3"; "scalar" or nothing.
graph::Shape ParseShape(absl::string_view text, char separator) {
  graph::Shape shape;
  if (text == "scalar" || text.empty()) return shape;
  for (const absl::string_view dim : absl::StrSplit(text, separator)) {
    const auto value = ParseInt(ToStd(dim));
    EXPECT_OK(value);
    shape.push_back(value.value_or(-99));
  }
  return shape;
}

// "2x3:int64"; float32 where no type stands.
TensorType ParseTensor(absl::string_view text) {
  using enum graph::DType;
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits(':', 1));
  for (const graph::DType dtype :
       {kFloat64, kFloat16, kBFloat16, kInt64, kInt32, kInt16, kInt8, kUInt8, kBool}) {
    if (ToStd(parts.second) == Name(dtype)) return {dtype, ParseShape(parts.first, 'x')};
  }
  EXPECT_EQ(parts.second, "");
  return {kFloat32, ParseShape(parts.first, 'x')};
}

graph::Attribute ParseAttribute(absl::string_view text) {
  if (text == "true" || text == "false") return text == "true";
  if (absl::ConsumePrefix(&text, "[")) {
    text = absl::StripSuffix(text, "]");
    if (!absl::StrContains(text, '.')) return ParseShape(text, ' ');
    std::vector<double> numbers;
    for (const absl::string_view number : absl::StrSplit(text, ' ')) {
      numbers.push_back(ParseDouble(ToStd(number)).value_or(-99));
    }
    return numbers;
  }
  if (const auto whole = ParseInt(ToStd(text)); whole.ok()) return *whole;
  if (const auto number = ParseDouble(ToStd(text)); number.ok()) return *number;
  return std::string(text);
}

// "dim=1;keepdim=true".
graph::Attributes ParseAttributes(absl::string_view text) {
  graph::Attributes attributes;
  for (const absl::string_view entry : absl::StrSplit(text, ';', absl::SkipEmpty())) {
    const std::pair<std::string, absl::string_view> pair =
        absl::StrSplit(entry, absl::MaxSplits('=', 1));
    attributes[pair.first] = ParseAttribute(pair.second);
  }
  return attributes;
}

std::string TypesOf(const graph::Graph& graph) {
  std::vector<std::string> types;
  for (const graph::ValueId id : graph.ops[0].outputs) {
    const graph::Value& value = graph.value(id);
    types.push_back(ToString(value.shape));
    if (value.dtype != graph::DType::kFloat32) {
      absl::StrAppend(&types.back(), ":", ToAbsl(Name(value.dtype)));
    }
  }
  return absl::StrJoin(types, ";");
}

// "in0 out0 +24"; what is in place is the output.
std::string Text(const Saved& saved, bool inplace) {
  std::vector<std::string> parts;
  const uint64_t overwritten = inplace ? saved.inputs & 1 : 0;
  for (size_t i = 0; i < 64; ++i) {
    if (((saved.inputs & ~overwritten) >> i & 1) != 0) parts.push_back(absl::StrCat("in", i));
  }
  for (size_t i = 0; i < 64; ++i) {
    if (((saved.outputs | overwritten) >> i & 1) != 0) parts.push_back(absl::StrCat("out", i));
  }
  if (saved.extra_bytes > 0) parts.push_back(absl::StrCat("+", saved.extra_bytes));
  return absl::StrJoin(parts, " ");
}

class TorchTableTest : public ::testing::TestWithParam<std::string> {};

// Random calls: the types PyTorch gives, what its autograd keeps, a refusal where it refuses; the
// MACs its counter finds in recurrent operators, which it takes apart.
TEST_P(TorchTableTest, AgreesWithPyTorch) {
  const std::string golden = absl::StrCat("tests/data/ops/", GetParam(), ".csv");
  ASSERT_OK_AND_ASSIGN(const std::string content, ReadFile(golden));
  ASSERT_OK_AND_ASSIGN(const CsvTable table, ParseCsv(content));
  ASSERT_GT(table.rows.size(), 1000U);
  for (const CsvRow& row : table.rows) {
    const std::string& type = row.fields[0];
    SCOPED_TRACE(absl::StrCat(golden, ":", row.line, " ", absl::StrJoin(row.fields, ",")));
    Operands operands;
    for (const absl::string_view input : absl::StrSplit(row.fields[1], ';', absl::SkipEmpty())) {
      if (input == "-") {
        operands.push_back(kAbsent);
      } else {
        const TensorType read = ParseTensor(input);
        operands.push_back(In(read.shape, read.dtype));
      }
    }
    const graph::Attributes attributes = ParseAttributes(row.fields[2]);
    const auto graph = SingleOp(type, operands, attributes);
    if (row.fields[3] == "error") {
      EXPECT_FALSE(graph.ok()) << TypesOf(*graph);
      continue;
    }
    EXPECT_OK(graph);
    if (!graph.ok()) continue;
    EXPECT_EQ(TypesOf(*graph), row.fields[3]);
    const OpCall call = MakeCall(*graph, graph->ops[0]);
    ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOp(*FindOp(type), call));
    if (row.fields.size() > 5 && !row.fields[5].empty()) {
      EXPECT_EQ(absl::StrCat(cost.macs), row.fields[5]);
    }
    ASSERT_OK_AND_ASSIGN(const Saved saved, FindOp(type)->saved(call));
    if (row.fields[4] != "?") {
      EXPECT_EQ(Text(saved, graph::IsInplace(attributes)), row.fields[4]);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Tables, TorchTableTest,
                         ::testing::Values("torch_elementwise", "torch_layers", "torch_movement"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace latcast::ops
