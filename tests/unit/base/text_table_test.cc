#include "base/text_table.h"

#include <gtest/gtest.h>

namespace latcast {
namespace {

TextTable Layers() {
  TextTable table({{"layer", Align::kLeft}, {"params", Align::kRight}});
  table.AddRow({"conv1", "9408"});
  table.AddRow({"caf\xC3\xA9"});  // four columns wide, five bytes; no second cell
  table.AddRule();
  table.AddRow({"a|b", "1,024"});
  return table;
}

// The psql style has a closed frame, a rule under the header and aligned columns.
TEST(TextTableTest, Psql) {
  EXPECT_EQ(Layers().Render(TableStyle::kPsql),
            "+-------+--------+\n"
            "| layer | params |\n"
            "|-------+--------|\n"
            "| conv1 |   9408 |\n"
            "| caf\xC3\xA9  |        |\n"
            "|-------+--------|\n"
            "| a|b   |  1,024 |\n"
            "+-------+--------+\n");
}

// The plain style has no frame and no trailing spaces.
TEST(TextTableTest, Plain) {
  EXPECT_EQ(Layers().Render(TableStyle::kPlain),
            "layer  params\n"
            "-----  ------\n"
            "conv1    9408\n"
            "caf\xC3\xA9\n"
            "-----  ------\n"
            "a|b     1,024\n");
}

// The Markdown style marks right alignment and escapes the column separator.
TEST(TextTableTest, Markdown) {
  EXPECT_EQ(Layers().Render(TableStyle::kMarkdown),
            "| layer | params |\n"
            "| --- | ---: |\n"
            "| conv1 | 9408 |\n"
            "| caf\xC3\xA9 |  |\n"
            "| a\\|b | 1,024 |\n");
  EXPECT_EQ(TextTable({{"a|b"}}).Render(TableStyle::kMarkdown), "| a\\|b |\n| --- |\n");
}

// The CSV style drops rules and quotes what needs quotes.
TEST(TextTableTest, Csv) {
  EXPECT_EQ(Layers().Render(TableStyle::kCsv),
            "layer,params\n"
            "conv1,9408\n"
            "caf\xC3\xA9,\n"
            "a|b,\"1,024\"\n");
}

// A cell wider than its title widens the column; a table without rows is a header.
TEST(TextTableTest, WidthsAndEmptyTable) {
  TextTable table({{"x", Align::kRight}});
  EXPECT_EQ(table.Render(TableStyle::kPsql), "+---+\n| x |\n|---|\n+---+\n");
  table.AddRow({"12345"});
  EXPECT_EQ(table.row_count(), 1U);
  EXPECT_EQ(table.Render(TableStyle::kPsql),
            "+-------+\n|     x |\n|-------|\n| 12345 |\n+-------+\n");
}

// Width counts characters, not bytes.
TEST(DisplayWidthTest, CountsCodePoints) {
  EXPECT_EQ(DisplayWidth(""), 0U);
  EXPECT_EQ(DisplayWidth("abc"), 3U);
  EXPECT_EQ(DisplayWidth("\xC2\xB5s"), 2U);                 // µs
  EXPECT_EQ(DisplayWidth("\xE2\x94\x9C\xE2\x94\x80"), 2U);  // ├─
}

}  // namespace
}  // namespace latcast
