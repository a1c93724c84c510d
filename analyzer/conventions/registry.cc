#include <algorithm>

#include "absl/strings/str_cat.h"
#include "analyzer/conventions/convention.h"
#include "analyzer/conventions/tools.h"
#include "base/status_macros.h"
#include "base/text_table.h"
#include "base/units.h"

namespace latcast::conventions {
namespace {

constexpr int64_t kLargestExact = int64_t{1} << 53;

std::string Cell(const std::optional<double>& value) {
  return value.has_value() ? FormatExact(*value) : "-";
}

bool SameLetter(char a, char b) { return a == b || (a == '-' && b == '_'); }

}  // namespace

std::span<const Convention> BuiltinConventions() {
  static const auto& all = *new std::vector<Convention>{
      Torchvision(), Fvcore(),      PtflopsAten(),  Ptflops(),   DeepSpeed(),
      Thop(),        Torchinfo(),   Torchprofile(), Torchstat(), FlopCounter(),
      OnnxTool(),    DnnAnalyzer(), Thoplw(),       Torchscan(), Nns(),
  };
  return all;
}

const Convention* FindConvention(std::string_view name) {
  for (const Convention& convention : BuiltinConventions()) {
    if (std::ranges::equal(convention.name, name, SameLetter)) return &convention;
  }
  return nullptr;
}

absl::StatusOr<double> Exact(const Checked& count, std::string_view what) {
  ASSIGN_OR_RETURN(const int64_t value, count.Value(what));
  if (value > kLargestExact || value < -kLargestExact) {
    return absl::OutOfRangeError(absl::StrCat(absl::string_view(what.data(), what.size()), ": ",
                                              value, " is beyond 2^53, no longer exact"));
  }
  return static_cast<double>(value);
}

absl::StatusOr<double> Total(const Table& table, std::initializer_list<size_t> columns,
                             std::string_view what) {
  double sum = 0.0;
  for (const Row& row : table.rows) {
    for (const size_t column : columns) sum += row.values[column].value_or(0.0);
  }
  if (!(sum <= static_cast<double>(kLargestExact))) {
    return absl::OutOfRangeError(absl::StrCat(absl::string_view(what.data(), what.size()),
                                              " add up to more than 2^53, no longer exact"));
  }
  return sum;
}

std::string TableText(const Convention& convention, const Table& table) {
  std::vector<TableColumn> columns = {{"name", Align::kLeft}};
  for (const Column& column : convention.columns) {
    columns.push_back({std::string(column.name), Align::kRight});
  }
  TextTable rows(std::move(columns));
  for (const Row& row : table.rows) {
    std::vector<std::string> cells = {row.name};
    for (const auto& value : row.values) cells.push_back(Cell(value));
    rows.AddRow(std::move(cells));
  }
  std::string text = table.rows.empty() ? "" : rows.Render(TableStyle::kPlain) + "\n";
  TextTable totals({{"total", Align::kLeft}, {"", Align::kRight}});
  for (size_t i = 0; i < convention.totals.size(); ++i) {
    totals.AddRow({std::string(convention.totals[i].name), Cell(table.totals[i])});
  }
  text += totals.Render(TableStyle::kPlain);
  for (const std::string& note : table.notes) text += "note: " + note + "\n";
  return text;
}

}  // namespace latcast::conventions
