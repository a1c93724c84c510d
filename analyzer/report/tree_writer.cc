#include "analyzer/report/tree_writer.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/text_table.h"

namespace latcast::report {
namespace {

std::vector<const Column*> TreeColumns(const AnalysisReport& report) {
  std::vector<std::string> names = {"class", "output", "params", "macs", "macs_share"};
  if (report.latency_ms) names.insert(names.end(), {"latency_ms", "latency_share"});
  return FindColumns(names).value();
}

class Writer {
 public:
  Writer(const AnalysisReport& report, const TreeTextOptions& options)
      : columns_(options.columns.empty() ? TreeColumns(report) : options.columns),
        units_(options.units),
        cells_(report, options.units, /*for_programs=*/false),
        table_(Titles()) {}

  std::string Write(const TreeNode& root) {
    Add(root, "", "");
    return table_.Render(TableStyle::kPlain);
  }

 private:
  std::vector<TableColumn> Titles() const {
    std::vector<TableColumn> titles = {{"module"}};
    for (size_t i = 0; i < columns_.size(); ++i) {
      titles.push_back({cells_.Title(*columns_[i], i > 0 ? columns_[i - 1] : nullptr),
                        columns_[i]->quantity == Quantity::kText ? Align::kLeft : Align::kRight});
    }
    return titles;
  }

  void Add(const TreeNode& node, const std::string& branch, const std::string& below) {
    std::vector<std::string> line = {branch + node.row.label};
    for (const Column* column : columns_) line.push_back(Cell(*column, node));
    table_.AddRow(std::move(line));
    for (const TreeNode& child : node.children) {
      const bool last = &child == &node.children.back();
      Add(child, below + (last ? "└─ " : "├─ "), below + (last ? "   " : "│  "));
    }
  }

  std::string Cell(const Column& column, const TreeNode& node) const {
    // An operator stands under its own name, its module above.
    if (!node.is_module && column.name == "class") return "";
    const bool nothing = !IsBound(column, node.row) && column.quantity != Quantity::kLatency &&
                         cells_.Value(column, node.row) == 0.0;
    if (nothing) return "";
    // Written out: people compare them with published ones.
    const bool exact = column.name == "params" && units_ == Units::kClever;
    return exact ? absl::StrCat(node.row.parameters.parameters()) : cells_.Text(column, node.row);
  }

  const std::vector<const Column*> columns_;
  const Units units_;
  const CellWriter cells_;
  TextTable table_;
};

}  // namespace

std::string ModuleTree(const AnalysisReport& report, const TreeTextOptions& options) {
  if (report.modules.empty()) return "";
  return Writer(report, options).Write(BuildTree(report, options.tree));
}

}  // namespace latcast::report
