#include "base/html_page.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/html_assets.h"
#include "base/markup.h"
#include "base/text.h"
#include "base/units.h"

namespace latcast {
namespace {

void Append(std::string& out, std::string_view open, std::string_view text,
            std::string_view close) {
  absl::StrAppend(&out, ToAbsl(open), EscapeMarkup(text), ToAbsl(close));
}

std::string Attribute(std::string_view name, std::string_view value) {
  return absl::StrCat(" ", ToAbsl(name), "=\"", EscapeMarkup(value), "\"");
}

std::string Classes(bool right, std::string_view other) {
  const std::string classes =
      absl::StrCat(right ? "right" : "", right && !other.empty() ? " " : "", ToAbsl(other));
  return classes.empty() ? "" : Attribute("class", classes);
}

std::string HeaderCell(const TableColumn& column, bool sortable) {
  return absl::StrCat("<th", Classes(column.align == Align::kRight, sortable ? "sortable" : ""),
                      ">", EscapeMarkup(column.title), "</th>");
}

std::string BodyCell(const HtmlCell& cell, Align align) {
  std::string out = absl::StrCat("<td", Classes(align == Align::kRight, cell.bar ? "bar" : ""));
  if (cell.bar) {
    absl::StrAppendFormat(&out, " style=\"--bar:%.2f%%\"", 100.0 * std::clamp(*cell.bar, 0.0, 1.0));
  }
  if (cell.sort) out += Attribute("data-sort", FormatExact(*cell.sort));
  if (!cell.tip.empty()) out += Attribute("title", cell.tip);
  return absl::StrCat(out, ">", EscapeMarkup(cell.text), "</td>");
}

std::string BodyRow(const HtmlRow& row, const std::vector<TableColumn>& columns) {
  std::string out = "<tr";
  if (row.level > 0) {
    absl::StrAppend(&out, " data-level=\"", row.level, "\" style=\"--level:", row.level, "\"");
  }
  if (row.emphasis) out += " class=\"emphasis\"";
  out += ">";
  for (size_t i = 0; i < columns.size(); ++i) {
    out += BodyCell(i < row.cells.size() ? row.cells[i] : HtmlCell{}, columns[i].align);
  }
  return out + "</tr>\n";
}

}  // namespace

HtmlPage::HtmlPage(std::string_view title, std::string_view subtitle)
    : title_(title), subtitle_(subtitle) {}

void HtmlPage::AddHeading(std::string_view text) { Append(body_, "<h2>", text, "</h2>\n"); }

void HtmlPage::AddText(std::string_view text) { Append(body_, "<p>", text, "</p>\n"); }

void HtmlPage::AddNotice(Notice kind, std::string_view text) {
  const bool warning = kind == Notice::kWarning;
  Append(body_, warning ? "<p class=\"notice warning\">" : "<p class=\"notice\">", text, "</p>\n");
}

void HtmlPage::AddTiles(const std::vector<HtmlTile>& tiles) {
  body_ += "<div class=\"tiles\">\n";
  for (const HtmlTile& tile : tiles) {
    Append(body_, "<div class=\"tile\"><div class=\"label\">", tile.label, "</div>");
    Append(body_, "<div class=\"value\">", tile.value, "</div>");
    Append(body_, "<div class=\"note\">", tile.note, "</div></div>\n");
  }
  body_ += "</div>\n";
}

void HtmlPage::AddFacts(const std::vector<std::pair<std::string, std::string>>& facts) {
  body_ += "<dl class=\"facts\">\n";
  for (const auto& [name, value] : facts) {
    Append(body_, "<dt>", name, "</dt>");
    Append(body_, "<dd>", value, "</dd>\n");
  }
  body_ += "</dl>\n";
}

void HtmlPage::AddTable(const HtmlTable& table) {
  const bool tree =
      std::ranges::any_of(table.rows, [](const HtmlRow& row) { return row.level > 0; });
  body_ += "<div class=\"wide\"><table";
  if (tree) absl::StrAppend(&body_, " class=\"tree\" data-open=\"", table.open_levels, "\"");
  body_ += ">\n<thead><tr>";
  for (const TableColumn& column : table.columns) body_ += HeaderCell(column, table.sortable);
  body_ += "</tr></thead>\n<tbody>\n";
  for (const HtmlRow& row : table.rows) body_ += BodyRow(row, table.columns);
  body_ += "</tbody></table></div>\n";
}

void HtmlPage::AddCode(std::string_view text) { Append(body_, "<pre>", text, "</pre>\n"); }

void HtmlPage::AddFigure(std::string_view markup, std::string_view caption) {
  absl::StrAppend(&body_, "<figure>\n", ToAbsl(markup));
  if (!caption.empty()) Append(body_, "<figcaption>", caption, "</figcaption>");
  body_ += "</figure>\n";
}

std::string HtmlPage::Render() const {
  std::string out =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n";
  Append(out, "<title>", title_, "</title>\n");
  absl::StrAppend(&out, "<style>", ToAbsl(kPageStyle), "</style>\n</head>\n<body>\n<main>\n");
  Append(out, "<h1>", title_, "</h1>\n");
  if (!subtitle_.empty()) Append(out, "<p class=\"subtitle\">", subtitle_, "</p>\n");
  absl::StrAppend(&out, body_, "</main>\n<script>", ToAbsl(kPageScript),
                  "</script>\n</body>\n</html>\n");
  return out;
}

}  // namespace latcast
