// The columns of layers, modules and groups: what a user can ask for with --columns.
#ifndef LATCAST_ANALYZER_REPORT_COLUMNS_H_
#define LATCAST_ANALYZER_REPORT_COLUMNS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "analyzer/report/report.h"
#include "analyzer/report/rows.h"

namespace latcast::report {

// How numbers are written.
enum class Units : uint8_t {
  kRaw,     // exact
  kClever,  // with the unit that fits
  kRatio,   // what adds up as its share of the whole network, the rest as kClever
};

enum class Quantity : uint8_t {
  kText,
  kCount,
  kBytes,
  kLatency,
  kNumber,  // does not add up
  kShare,   // of another column
};

// Nothing where nobody knows.
using Cell = std::variant<std::monostate, std::string, int64_t, double>;

struct Column {
  std::string_view name;   // "bytes_read": --columns, and the header of CSV
  std::string_view title;  // "read"
  std::string_view doc;    // one line
  Quantity quantity = Quantity::kText;
  Cell (*cell)(const Row& row) = nullptr;  // nullptr for a share
  std::string_view of = "";                // kShare: of which column
  // Whether the number is a lower bound; nullptr: never.
  bool (*is_bound)(const Row& row) = nullptr;
};

// A number with the unit that fits: "1.81 G", "6.12 MiB".
std::string QuantityText(Quantity quantity, double value);

// Every column there is; the only list to extend.
std::span<const Column> Columns();
// INVALID_ARGUMENT with the nearest name where there is none.
absl::StatusOr<std::vector<const Column*>> FindColumns(const std::vector<std::string>& names);
bool IsBound(const Column& column, const Row& row);
// One that exists.
const Column& GetColumn(std::string_view name);

// Writes cells of one report's rows; shares are of the report's totals.
class CellWriter {
 public:
  // For programs: headers are names, shares are fractions, what nobody knows is empty.
  CellWriter(const AnalysisReport& report, Units units, bool for_programs);

  // `left` is the column to the left, if any: a share says what of where that does not tell.
  std::string Title(const Column& column, const Column* left) const;
  // ">= 1.81 G" where it is a lower bound, for people.
  std::string Text(const Column& column, const Row& row) const;
  std::string Unknown() const { return for_programs_ ? "" : "?"; }
  // The number behind the text; nothing for text and for what nobody knows.
  std::optional<double> Value(const Column& column, const Row& row) const;

 private:
  // Part of the whole network, 0 to 1; nothing for what does not add up.
  std::optional<double> Share(const Column& column, const Row& row) const;

  Row whole_;
  Units units_;
  bool for_programs_;
};

}  // namespace latcast::report

#endif  // LATCAST_ANALYZER_REPORT_COLUMNS_H_
