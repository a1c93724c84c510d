// Aligned text tables: psql style for terminals, GitHub style for Markdown, CSV for machines.
//
//   TextTable table({{"layer", Align::kLeft}, {"params", Align::kRight}});
//   table.AddRow({"conv1", "9408"});
//   std::cout << table.Render(TableStyle::kPsql);
#ifndef LATCAST_BASE_TEXT_TABLE_H_
#define LATCAST_BASE_TEXT_TABLE_H_

#include <string>
#include <vector>

namespace latcast {

enum class Align { kLeft, kRight };
enum class TableStyle {
  kPsql,      // +---+ frame, | separators, |---| under the header (as tabulate has it)
  kPlain,     // columns two spaces apart, a rule under the header
  kMarkdown,  // GitHub table
  kCsv,       // RFC 4180
};

struct TableColumn {
  std::string title;
  Align align = Align::kLeft;
};

class TextTable {
 public:
  explicit TextTable(std::vector<TableColumn> columns);

  // Missing cells are empty; more cells than columns is a programming error.
  void AddRow(std::vector<std::string> cells);
  // A rule between the rows before and after (psql and plain only).
  void AddRule();

  size_t row_count() const { return rows_.size(); }
  std::string Render(TableStyle style) const;

 private:
  struct Row {
    std::vector<std::string> cells;
    bool rule = false;
  };
  std::vector<size_t> Widths() const;
  std::string RenderPsql() const;
  std::string RenderPlain() const;
  std::string RenderMarkdown() const;
  std::string RenderCsv() const;

  std::vector<TableColumn> columns_;
  std::vector<Row> rows_;
};

// Columns a terminal needs for `text`: code points, not bytes.
size_t DisplayWidth(const std::string& text);

}  // namespace latcast

#endif  // LATCAST_BASE_TEXT_TABLE_H_
