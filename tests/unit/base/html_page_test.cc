#include "base/html_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latcast {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kHostile = "</td><script>alert('x')</script>\"";

// No text can bring markup in, wherever a page takes one.
TEST(HtmlPageTest, EscapesEveryText) {
  const std::string hostile(kHostile);
  HtmlPage page(hostile, hostile);
  page.AddHeading(hostile);
  page.AddText(hostile);
  page.AddNotice(Notice::kWarning, hostile);
  page.AddTiles({{hostile, hostile, hostile}});
  page.AddFacts({{hostile, hostile}});
  page.AddTable({.columns = {{hostile}}, .rows = {{.cells = {{.text = hostile, .tip = hostile}}}}});
  page.AddCode(hostile);
  page.AddFigure("<svg></svg>", hostile);
  const std::string html = page.Render();
  EXPECT_THAT(html, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(html, Not(HasSubstr("&gt;\"\"")));  // a quote that would end an attribute
  EXPECT_THAT(html, HasSubstr("<svg></svg>"));
}

// Nothing is fetched, and the page forbids it.
TEST(HtmlPageTest, IsSelfContained) {
  const std::string html = HtmlPage("a").Render();
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
  for (const char* fetch : {"http://", "https://", "src=", "@import", "url("}) {
    EXPECT_THAT(html, Not(HasSubstr(fetch)));
  }
}

// Rows of a tree carry their level, cells their bar, their number to sort by and their tip; missing
// cells are empty ones.
TEST(HtmlPageTest, TablesOfTrees) {
  HtmlPage page("a");
  page.AddTable({.columns = {{"layer"}, {"share", Align::kRight}, {"rest"}},
                 .rows = {{.cells = {{"net"}, {.text = "100 %", .sort = 1.0, .bar = 1.5}}},
                          {.cells = {{"conv"}}, .level = 1, .emphasis = true}},
                 .open_levels = 2});
  const std::string html = page.Render();
  EXPECT_THAT(html, HasSubstr("<table class=\"tree\" data-open=\"2\">"));
  EXPECT_THAT(html, HasSubstr("<th class=\"right sortable\">share</th>"));
  EXPECT_THAT(html, HasSubstr("<tr><td>net</td><td class=\"right bar\" "
                              "style=\"--bar:100.00%\" data-sort=\"1\">100 %</td>"
                              "<td></td></tr>"));
  EXPECT_THAT(html, HasSubstr("<tr data-level=\"1\" style=\"--level:1\" class=\"emphasis\">"));
}

// A flat table is no tree, and one in a fixed order cannot be sorted.
TEST(HtmlPageTest, FlatTables) {
  HtmlPage page("a");
  page.AddTable({.columns = {{"x"}}, .rows = {{.cells = {{"1"}}}}, .sortable = false});
  const std::string html = page.Render();
  EXPECT_THAT(html, HasSubstr("<table>"));
  EXPECT_THAT(html, HasSubstr("<th>x</th>"));
}

}  // namespace
}  // namespace latcast
