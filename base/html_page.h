// A report as one self-contained HTML page. It fetches nothing (and forbids it), reads in light and
// dark mode and on paper, and says everything without JavaScript too, which only folds and sorts
// the tables.
//
//   HtmlPage page("resnet50", "input 1x3x224x224 float32");
//   page.AddTiles({{"MACs", "4.09 G", "4,089,184,256"}});
//   page.AddHeading("Where the time goes");
//   page.AddTable({.columns = {{"layer"}, {"share", Align::kRight}},
//                  .rows = {{.cells = {{"conv1"}, {.text = "5.7 %", .bar = 0.057}}}}});
//   page.AddFigure(ScatterSvg(points).value(), "Predicted against measured");
//   page.Render();
//
// Every text is plain text: markup in it is escaped. AddFigure alone takes markup.
#ifndef LATCAST_BASE_HTML_PAGE_H_
#define LATCAST_BASE_HTML_PAGE_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text_table.h"

namespace latcast {

// A number that a reader should see first.
struct HtmlTile {
  std::string label;      // "MACs"
  std::string value;      // "4.09 G"
  std::string note = {};  // "4,089,184,256"; small, below
};

struct HtmlCell {
  std::string text;
  std::optional<double> sort = {};  // what its column is sorted by; absent: by the text
  std::optional<double> bar = {};   // 0 to 1: a bar of that length behind the text
  std::string tip = {};             // shown when the pointer rests on the cell
};

struct HtmlRow {
  std::vector<HtmlCell> cells = {};  // missing ones are empty
  int level = 0;                     // in a tree: rows of a larger level below belong to this one
  bool emphasis = false;             // a row to be seen at once
};

struct HtmlTable {
  std::vector<TableColumn> columns = {};  // right-aligned ones sort the largest first
  std::vector<HtmlRow> rows = {};
  int open_levels = 0;  // in a tree: rows below this level are folded away at first
  bool sortable = true;
};

enum class Notice { kInfo, kWarning };

class HtmlPage {
 public:
  explicit HtmlPage(std::string_view title, std::string_view subtitle = "");

  void AddHeading(std::string_view text);
  void AddText(std::string_view text);
  void AddNotice(Notice kind, std::string_view text);
  void AddTiles(const std::vector<HtmlTile>& tiles);
  // Names and what they are, one a line.
  void AddFacts(const std::vector<std::pair<std::string, std::string>>& facts);
  void AddTable(const HtmlTable& table);
  // Preformatted, as a terminal would show it.
  void AddCode(std::string_view text);
  // Markup of its own, such as an <svg>, whose texts the caller has escaped.
  void AddFigure(std::string_view markup, std::string_view caption = "");

  std::string Render() const;

 private:
  std::string title_;
  std::string subtitle_;
  std::string body_;
};

}  // namespace latcast

#endif  // LATCAST_BASE_HTML_PAGE_H_
