#include "base/csv.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast {
namespace {

absl::Status LineError(int line, std::string_view message) {
  return absl::InvalidArgumentError(absl::StrCat("line ", line, ": ", ToAbsl(message)));
}

// Splits text into records; a cursor over the bytes that counts lines.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") text_.remove_prefix(3);
  }

  // Skips blank lines; true when no record is left.
  bool AtEnd() {
    while (!text_.empty() && (text_.front() == '\n' || text_.front() == '\r')) EndLine();
    return text_.empty();
  }

  absl::StatusOr<CsvRow> Next() {
    CsvRow row;
    row.line = line_;
    std::string field;
    while (true) {
      if (!text_.empty() && text_.front() == '"') {
        RETURN_IF_ERROR(ReadQuoted(field));
      } else {
        ReadPlain(field);
      }
      row.fields.push_back(std::exchange(field, ""));
      if (text_.empty()) return row;
      if (text_.front() != ',') {
        EndLine();
        return row;
      }
      text_.remove_prefix(1);
    }
  }

 private:
  void EndLine() {
    text_.remove_prefix(text_.substr(0, 2) == "\r\n" ? 2 : 1);
    ++line_;
  }

  void ReadPlain(std::string& field) {
    const size_t end = std::min(text_.find_first_of(",\r\n"), text_.size());
    field.assign(text_.substr(0, end));
    text_.remove_prefix(end);
  }

  absl::Status ReadQuoted(std::string& field) {
    const int opened = line_;
    text_.remove_prefix(1);
    while (!text_.empty()) {
      const char c = text_.front();
      text_.remove_prefix(1);
      if (c == '"' && (text_.empty() || text_.front() != '"')) {
        if (text_.empty() || text_.find_first_of(",\r\n") == 0) return absl::OkStatus();
        return LineError(line_, "text after a closing quote");
      }
      if (c == '"') text_.remove_prefix(1);
      if (c == '\n') ++line_;
      field.push_back(c);
    }
    return LineError(opened, "quote is never closed");
  }

  std::string_view text_;
  int line_ = 1;
};

absl::Status CheckHeader(const CsvRow& row) {
  std::set<std::string_view> seen;
  for (size_t i = 0; i < row.fields.size(); ++i) {
    if (row.fields[i].empty()) {
      return LineError(row.line, absl::StrCat("column ", i + 1, " has no name"));
    }
    if (!seen.insert(row.fields[i]).second) {
      return LineError(row.line, absl::StrCat("column '", row.fields[i], "' stands twice"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

std::optional<size_t> CsvTable::Column(std::string_view name) const {
  const auto it = std::find(header.begin(), header.end(), name);
  if (it == header.end()) return std::nullopt;
  return static_cast<size_t>(it - header.begin());
}

absl::StatusOr<CsvTable> ParseCsv(std::string_view text) {
  CsvTable table;
  Scanner scanner(text);
  while (!scanner.AtEnd()) {
    ASSIGN_OR_RETURN(CsvRow row, scanner.Next());
    if (table.header.empty()) {
      RETURN_IF_ERROR(CheckHeader(row));
      table.header = std::move(row.fields);
    } else if (row.fields.size() != table.header.size()) {
      return LineError(row.line, absl::StrCat(row.fields.size(), " fields, the header has ",
                                              table.header.size()));
    } else {
      table.rows.push_back(std::move(row));
    }
  }
  if (table.header.empty()) return absl::InvalidArgumentError("no header line");
  return table;
}

std::string FormatCsvRow(const std::vector<std::string>& fields) {
  if (fields.size() == 1 && fields[0].empty()) return "\"\"\n";  // not a blank line
  std::string line;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line.push_back(',');
    if (fields[i].find_first_of(",\"\r\n") == std::string::npos) {
      line += fields[i];
    } else {
      absl::StrAppend(&line, "\"", absl::StrReplaceAll(fields[i], {{"\"", "\"\""}}), "\"");
    }
  }
  line.push_back('\n');
  return line;
}

std::string FormatCsv(const CsvTable& table) {
  std::string text = FormatCsvRow(table.header);
  for (const CsvRow& row : table.rows) text += FormatCsvRow(row.fields);
  return text;
}

}  // namespace latcast
