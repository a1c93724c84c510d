#include "base/text_table.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "base/csv.h"

namespace latcast {
namespace {

std::string Pad(const std::string& text, size_t width, Align align) {
  const size_t used = DisplayWidth(text);
  const std::string space(width > used ? width - used : 0, ' ');
  return align == Align::kRight ? space + text : text + space;
}

std::string MarkdownCell(const std::string& cell) {
  return absl::StrReplaceAll(cell, {{"|", "\\|"}, {"\n", " "}});
}

std::string TrimRight(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

size_t DisplayWidth(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;  // not a UTF-8 continuation byte
  }));
}

TextTable::TextTable(std::vector<TableColumn> columns) : columns_(std::move(columns)) {}

void TextTable::AddRow(std::vector<std::string> cells) {
  assert(cells.size() <= columns_.size());
  cells.resize(columns_.size());
  rows_.push_back({std::move(cells), false});
}

void TextTable::AddRule() { rows_.push_back({{}, true}); }

std::string TextTable::Render(TableStyle style) const {
  switch (style) {
    case TableStyle::kPsql:
      return RenderPsql();
    case TableStyle::kPlain:
      return RenderPlain();
    case TableStyle::kMarkdown:
      return RenderMarkdown();
    case TableStyle::kCsv:
      return RenderCsv();
  }
  return "";
}

std::vector<size_t> TextTable::Widths() const {
  std::vector<size_t> widths;
  for (const TableColumn& column : columns_) widths.push_back(DisplayWidth(column.title));
  for (const Row& row : rows_) {
    for (size_t i = 0; i < row.cells.size(); ++i) {
      widths[i] = std::max(widths[i], DisplayWidth(row.cells[i]));
    }
  }
  return widths;
}

std::string TextTable::RenderPsql() const {
  const std::vector<size_t> widths = Widths();
  std::string inner = "|";
  for (size_t i = 0; i < widths.size(); ++i) {
    absl::StrAppend(&inner, std::string(widths[i] + 2, '-'), i + 1 < widths.size() ? "+" : "|");
  }
  const std::string outer = absl::StrReplaceAll(inner, {{"|", "+"}});
  std::string out = outer + "\n|";
  for (size_t i = 0; i < widths.size(); ++i) {
    absl::StrAppend(&out, " ", Pad(columns_[i].title, widths[i], columns_[i].align), " |");
  }
  absl::StrAppend(&out, "\n", inner, "\n");
  for (const Row& row : rows_) {
    if (row.rule) {
      absl::StrAppend(&out, inner, "\n");
      continue;
    }
    out += "|";
    for (size_t i = 0; i < widths.size(); ++i) {
      absl::StrAppend(&out, " ", Pad(row.cells[i], widths[i], columns_[i].align), " |");
    }
    out += "\n";
  }
  return absl::StrCat(out, outer, "\n");
}

std::string TextTable::RenderPlain() const {
  const std::vector<size_t> widths = Widths();
  std::string header;
  std::string rule;
  for (size_t i = 0; i < widths.size(); ++i) {
    const char* gap = i == 0 ? "" : "  ";
    absl::StrAppend(&header, gap, Pad(columns_[i].title, widths[i], columns_[i].align));
    absl::StrAppend(&rule, gap, std::string(widths[i], '-'));
  }
  rule = TrimRight(rule);
  std::string out = absl::StrCat(TrimRight(header), "\n", rule, "\n");
  for (const Row& row : rows_) {
    if (row.rule) {
      absl::StrAppend(&out, rule, "\n");
      continue;
    }
    std::string line;
    for (size_t i = 0; i < widths.size(); ++i) {
      absl::StrAppend(&line, i == 0 ? "" : "  ", Pad(row.cells[i], widths[i], columns_[i].align));
    }
    absl::StrAppend(&out, TrimRight(line), "\n");
  }
  return out;
}

std::string TextTable::RenderMarkdown() const {
  std::string out = "|";
  std::string rule = "|";
  for (const TableColumn& column : columns_) {
    absl::StrAppend(&out, " ", MarkdownCell(column.title), " |");
    rule += column.align == Align::kRight ? " ---: |" : " --- |";
  }
  absl::StrAppend(&out, "\n", rule, "\n");
  for (const Row& row : rows_) {
    if (row.rule) continue;
    out += "|";
    for (const std::string& cell : row.cells) {
      absl::StrAppend(&out, " ", MarkdownCell(cell), " |");
    }
    out += "\n";
  }
  return out;
}

std::string TextTable::RenderCsv() const {
  CsvTable csv;
  for (const TableColumn& column : columns_) csv.header.push_back(column.title);
  for (const Row& row : rows_) {
    if (!row.rule) csv.rows.push_back({0, row.cells});
  }
  return FormatCsv(csv);
}

}  // namespace latcast
