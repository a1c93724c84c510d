// CSV (RFC 4180): a header line, one record a line, fields quoted where they hold commas, quotes or
// line breaks. Every record remembers its line, so that an error can name it.
#ifndef LATCAST_BASE_CSV_H_
#define LATCAST_BASE_CSV_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace latcast {

struct CsvRow {
  int line = 0;  // 1-based line the record starts on
  std::vector<std::string> fields;
};

struct CsvTable {
  std::vector<std::string> header;
  std::vector<CsvRow> rows;

  // Index of the column called `name`.
  std::optional<size_t> Column(std::string_view name) const;
};

// INVALID_ARGUMENT with the line for an unclosed quote, a record with more or fewer fields than the
// header, an empty or repeated column name, or no header at all. Blank lines are skipped; a UTF-8
// byte-order mark and CRLF line ends are accepted.
absl::StatusOr<CsvTable> ParseCsv(std::string_view text);

// One line with '\n', fields quoted where needed.
std::string FormatCsvRow(const std::vector<std::string>& fields);
std::string FormatCsv(const CsvTable& table);

}  // namespace latcast

#endif  // LATCAST_BASE_CSV_H_
