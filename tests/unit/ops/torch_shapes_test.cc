#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/csv.h"
#include "base/file.h"
#include "base/text.h"
#include "tests/unit/ops/single_op.h"

namespace latcast::ops {
namespace {

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

std::vector<graph::Shape> ParseShapes(const std::string& text) {
  std::vector<graph::Shape> shapes;
  for (const absl::string_view shape : absl::StrSplit(text, ';')) {
    shapes.push_back(ParseShape(shape, 'x'));
  }
  return shapes;
}

// "2x3", "2x3:int64", or "-" for one that is absent.
std::optional<Operand> ParseOperand(absl::string_view text) {
  if (text == "-") return std::nullopt;
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits(':', 1));
  graph::DType dtype = graph::DType::kFloat32;
  for (const graph::DType known :
       {graph::DType::kInt64, graph::DType::kInt32, graph::DType::kUInt8, graph::DType::kBool}) {
    if (ToStd(parts.second) == graph::Name(known)) dtype = known;
  }
  return In(ParseShape(parts.first, 'x'), dtype);
}

graph::Attribute ParseAttribute(absl::string_view text) {
  if (text == "true" || text == "false") return text == "true";
  if (absl::ConsumePrefix(&text, "[")) return ParseShape(absl::StripSuffix(text, "]"), ' ');
  if (const auto number = ParseInt(ToStd(text)); number.ok()) return *number;
  if (const auto number = ParseDouble(ToStd(text)); number.ok()) return *number;
  return std::string(text);
}

absl::StatusOr<std::vector<graph::Shape>> ShapesOf(const std::string& type,
                                                   const Operands& operands,
                                                   const graph::Attributes& attributes) {
  ASSIGN_OR_RETURN(const graph::Graph graph, SingleOp(type, operands, attributes));
  std::vector<graph::Shape> shapes;
  for (const graph::ValueId id : graph.outputs) shapes.push_back(graph.value(id).shape);
  return shapes;
}

void ExpectAgreement(const std::string& golden, size_t rows) {
  ASSERT_OK_AND_ASSIGN(const std::string content, ReadFile(golden));
  ASSERT_OK_AND_ASSIGN(const CsvTable table, ParseCsv(content));
  ASSERT_GT(table.rows.size(), rows);
  for (const CsvRow& row : table.rows) {
    SCOPED_TRACE(absl::StrCat(golden, ":", row.line));
    Operands operands;
    for (const absl::string_view input : absl::StrSplit(row.fields[1], ';')) {
      operands.push_back(ParseOperand(input));
    }
    graph::Attributes attributes;
    for (const absl::string_view entry : absl::StrSplit(row.fields[2], ';', absl::SkipEmpty())) {
      const std::pair<std::string, absl::string_view> pair =
          absl::StrSplit(entry, absl::MaxSplits('=', 1));
      attributes[pair.first] = ParseAttribute(pair.second);
    }
    const auto shapes = ShapesOf(row.fields[0], operands, attributes);
    if (row.fields[3] == "error") {
      EXPECT_FALSE(shapes.ok()) << ToString(shapes->front());
    } else {
      EXPECT_THAT(shapes, IsOkAndHolds(ParseShapes(row.fields[3])));
    }
  }
}

// Random calls by the hundred: the same shapes as PyTorch, or refused where PyTorch refuses.
TEST(TorchShapesTest, AgreesWithPyTorch) {
  ExpectAgreement("tests/data/ops/torch_shapes.csv", 700);
}

TEST(TorchShapesTest, AgreesOnMovementWithPyTorch) {
  ExpectAgreement("tests/data/ops/torch_shapes_movement.csv", 690);
}

}  // namespace
}  // namespace latcast::ops
