#include "base/csv.h"

#include <gtest/gtest.h>

#include "base/status_matchers.h"

namespace latcast {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Header and records come apart, and each record knows the line it starts on.
TEST(ParseCsvTest, SplitsRecordsAndNumbersLines) {
  ASSERT_OK_AND_ASSIGN(const CsvTable table, ParseCsv("name,ms\na,1\n\nb,2\n"));
  EXPECT_THAT(table.header, ElementsAre("name", "ms"));
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.rows[0].line, 2);
  EXPECT_THAT(table.rows[0].fields, ElementsAre("a", "1"));
  EXPECT_EQ(table.rows[1].line, 4);
  EXPECT_THAT(table.rows[1].fields, ElementsAre("b", "2"));
}

// Quoted fields hold separators, quotes and line breaks; the lines inside them are counted.
TEST(ParseCsvTest, QuotedFields) {
  ASSERT_OK_AND_ASSIGN(const CsvTable table,
                       ParseCsv("a,b\n\"x,y\",\"say \"\"hi\"\"\"\n\"two\nlines\",\"\"\nlast,1\n"));
  ASSERT_EQ(table.rows.size(), 3U);
  EXPECT_THAT(table.rows[0].fields, ElementsAre("x,y", "say \"hi\""));
  EXPECT_THAT(table.rows[1].fields, ElementsAre("two\nlines", ""));
  EXPECT_EQ(table.rows[1].line, 3);
  EXPECT_EQ(table.rows[2].line, 5);
}

// A byte-order mark, CRLF or CR line ends, blank lines and a missing last line end change nothing.
TEST(ParseCsvTest, ForeignLineEnds) {
  for (const char* text : {"a,b\n1,2", "a,b\r\n1,2\r\n",
                           "\xEF\xBB\xBF"
                           "a,b\n1,2\n",
                           "\n\r\na,b\r\n\r\n1,2\n\n", "a,b\r1,2\r", "\"a\",\"b\"\n\"1\",\"2\""}) {
    ASSERT_OK_AND_ASSIGN(const CsvTable table, ParseCsv(text));
    EXPECT_THAT(table.header, ElementsAre("a", "b")) << text;
    ASSERT_EQ(table.rows.size(), 1U) << text;
    EXPECT_THAT(table.rows[0].fields, ElementsAre("1", "2")) << text;
  }
}

// Empty fields are fields, also at the end of a line and of the text.
TEST(ParseCsvTest, EmptyFields) {
  ASSERT_OK_AND_ASSIGN(const CsvTable table, ParseCsv("a,b,c\n,,\n1,,"));
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_THAT(table.rows[0].fields, ElementsAre("", "", ""));
  EXPECT_THAT(table.rows[1].fields, ElementsAre("1", "", ""));
}

// Each malformed text is refused with its line and what is wrong with it.
TEST(ParseCsvTest, RefusesWithTheLine) {
  const struct {
    const char* text;
    const char* message;
  } kCases[] = {
      {"", "no header line"},
      {"\n\n", "no header line"},
      {"a,b\n1,2\n\n3\n", "line 4: 1 fields, the header has 2"},
      {"a,b\n1,2,3\n", "line 2: 3 fields, the header has 2"},
      {"a,b\n1,\"2\n\n3,4\n", "line 2: quote is never closed"},
      {"a,b\n1,2\n\"x\"y,2\n", "line 3: text after a closing quote"},
      {"a,,c\n", "line 1: column 2 has no name"},
      {"a,\n", "line 1: column 2 has no name"},
      {"\na,b,a\n", "line 2: column 'a' stands twice"},
      {"a\n\"", "line 2: quote is never closed"},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(ParseCsv(c.text),
                StatusIs(absl::StatusCode::kInvalidArgument, StartsWith(c.message)));
  }
}

// Columns are found by their exact name.
TEST(CsvTableTest, Column) {
  ASSERT_OK_AND_ASSIGN(const CsvTable table, ParseCsv("name,latency_ms\n"));
  EXPECT_EQ(table.Column("latency_ms"), 1U);
  EXPECT_EQ(table.Column("latency"), std::nullopt);
  EXPECT_TRUE(table.rows.empty());
}

// Fields are quoted only where they must be.
TEST(FormatCsvTest, QuotesWhereNeeded) {
  EXPECT_EQ(FormatCsvRow({"a", "1.5", ""}), "a,1.5,\n");
  EXPECT_EQ(FormatCsvRow({"x,y", "say \"hi\"", "two\nlines"}),
            "\"x,y\",\"say \"\"hi\"\"\",\"two\nlines\"\n");
  EXPECT_EQ(FormatCsvRow({""}), "\"\"\n");
}

// What is written reads back to the same table.
TEST(FormatCsvTest, RoundTrips) {
  CsvTable table;
  table.header = {"only"};
  for (const char* field : {"", "a", ",", "\"", "\r\n", " spaced ", "\xC3\xA9"}) {
    table.rows.push_back({0, {field}});
  }
  ASSERT_OK_AND_ASSIGN(const CsvTable again, ParseCsv(FormatCsv(table)));
  EXPECT_EQ(again.header, table.header);
  ASSERT_EQ(again.rows.size(), table.rows.size());
  for (size_t i = 0; i < table.rows.size(); ++i) {
    EXPECT_EQ(again.rows[i].fields, table.rows[i].fields) << i;
  }
}

}  // namespace
}  // namespace latcast
