#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/csv.h"
#include "base/file.h"
#include "base/text.h"
#include "tests/unit/ops/single_op.h"

namespace latcast::ops {
namespace {

constexpr char kGolden[] = "tests/data/ops/torch_shapes.csv";

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

graph::Attribute ParseAttribute(absl::string_view text) {
  if (text == "true" || text == "false") return text == "true";
  if (absl::ConsumePrefix(&text, "[")) return ParseShape(absl::StripSuffix(text, "]"), ' ');
  const auto number = ParseInt(ToStd(text));
  if (number.ok()) return *number;
  return std::string(text);
}

// Nearly eight hundred random calls: the same shape as PyTorch, or refused where PyTorch refuses.
TEST(TorchShapesTest, AgreesWithPyTorch) {
  ASSERT_OK_AND_ASSIGN(const std::string content, ReadFile(kGolden));
  ASSERT_OK_AND_ASSIGN(const CsvTable table, ParseCsv(content));
  ASSERT_GT(table.rows.size(), 700U);
  for (const CsvRow& row : table.rows) {
    SCOPED_TRACE(absl::StrCat(kGolden, ":", row.line));
    Operands operands;
    for (const absl::string_view input : absl::StrSplit(row.fields[1], ';')) {
      operands.push_back(In(ParseShape(input, 'x')));
    }
    graph::Attributes attributes;
    for (const absl::string_view entry : absl::StrSplit(row.fields[2], ';', absl::SkipEmpty())) {
      const std::pair<std::string, absl::string_view> pair =
          absl::StrSplit(entry, absl::MaxSplits('=', 1));
      attributes[pair.first] = ParseAttribute(pair.second);
    }
    const auto shape = ShapeOf(row.fields[0], operands, attributes);
    if (row.fields[3] == "error") {
      EXPECT_FALSE(shape.ok()) << ToString(*shape);
    } else {
      EXPECT_THAT(shape, IsOkAndHolds(ParseShape(row.fields[3], 'x')));
    }
  }
}

}  // namespace
}  // namespace latcast::ops
