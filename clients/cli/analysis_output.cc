#include "clients/cli/analysis_output.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "analyzer/report/columns.h"
#include "analyzer/report/dot_writer.h"
#include "analyzer/report/html_writer.h"
#include "analyzer/report/json_writer.h"
#include "analyzer/report/table_writer.h"
#include "analyzer/report/totals_writer.h"
#include "analyzer/report/tree_writer.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "base/text_table.h"
#include "clients/cli/exit_status.h"

namespace latcast::cli {
namespace {

using report::AnalysisReport;
using report::Column;

constexpr int kDefaultDepth = 3;

// What the flags name, looked up.
struct View {
  std::vector<const Column*> columns;
  const Column* sort = nullptr;
  std::optional<report::Units> units;
  report::GroupBy by = report::GroupBy::kLayer;
  int depth = 0;
};

absl::StatusOr<View> Look(const AnalysisFlags& flags) {
  View view;
  ASSIGN_OR_RETURN(view.columns, FindColumns(flags.columns, "--columns"));
  if (!flags.sort.empty()) {
    ASSIGN_OR_RETURN(const auto found, FindColumns({flags.sort}, "--sort"));
    view.sort = found.front();
  }
  if (flags.units == "raw") view.units = report::Units::kRaw;
  if (flags.units == "clever") view.units = report::Units::kClever;
  if (flags.units == "ratio") view.units = report::Units::kRatio;
  if (flags.by == "module") view.by = report::GroupBy::kModule;
  if (flags.by == "op") view.by = report::GroupBy::kOp;
  view.depth = static_cast<int>(std::min<int64_t>(flags.depth.value_or(kDefaultDepth), INT32_MAX));
  return view;
}

absl::Status CheckForm(const AnalysisFlags& flags) {
  const std::string format = flags.Format();
  const bool table = format == "table" || format == "csv" || format == "md";
  const bool html = format == "html";
  const bool text = table || format == "tree" || html;
  const auto refuse = [&format](const char* flag) {
    return UsageError(absl::StrCat(flag, " does not go with --format ", format));
  };
  if (!flags.by.empty() && !table) return refuse("--by");
  if (!flags.columns.empty() && !text) return refuse("--columns");
  if (!flags.units.empty() && !text) return refuse("--units");
  if (flags.no_fold && format != "tree" && format != "dot") return refuse("--no-fold");
  if ((flags.top > 0 || !flags.sort.empty()) && !text) return refuse("--top or --sort");
  if (!flags.sort.empty() && format == "tree" && flags.top == 0) {
    return UsageError("--sort goes with --top, or with a table");
  }
  return absl::OkStatus();
}

std::string CostTable(const AnalysisReport& report, const AnalysisFlags& flags, const View& view,
                      TableStyle style) {
  return report::CostTable(report, {.style = style,
                                    .units = view.units,
                                    .columns = view.columns,
                                    .by = view.by,
                                    .depth = view.depth,
                                    .top = static_cast<size_t>(flags.top),
                                    .sort = view.sort});
}

std::string Tree(const AnalysisReport& report, const AnalysisFlags& flags, const View& view) {
  std::string text = absl::StrCat(
      report::ModuleTree(report, {.tree = {.max_depth = view.depth, .fold = !flags.no_fold},
                                  .units = view.units.value_or(report::Units::kClever),
                                  .columns = view.columns}),
      "\n", report::TotalsText(report));
  if (flags.top > 0) {
    const std::string what = view.sort != nullptr ? std::string(view.sort->title)
                             : report.latency_ms  ? "latency"
                                                  : "number of MACs";
    absl::StrAppend(&text, "\nthe ", flags.top, " layers with the largest ", what, "\n",
                    CostTable(report, flags, view, TableStyle::kPlain));
  }
  return text;
}

std::string Html(const AnalysisReport& report, const AnalysisFlags& flags, const View& view) {
  report::HtmlOptions options;
  if (flags.depth) options.open_levels = view.depth;
  if (view.units) options.units = *view.units;
  if (flags.top > 0) options.top = static_cast<size_t>(flags.top);
  options.columns = view.columns;
  options.sort = view.sort;
  return report::HtmlText(report, options);
}

}  // namespace

absl::StatusOr<std::vector<const Column*>> FindColumns(const std::vector<std::string>& names,
                                                       std::string_view flag) {
  auto columns = report::FindColumns(names);
  if (columns.ok()) return columns;
  const absl::string_view what = columns.status().message();
  const bool suggests = absl::StrContains(what, "did you mean");
  return UsageError(absl::StrCat(ToAbsl(flag), ": ", what,
                                 suggests ? "" : "; --columns help lists what there is"));
}

void AnalysisFlags::Declare(Flags& flags) {
  flags.Choice(
      "--format", {"tree", "table", "csv", "md", "json", "dot", "html"}, format,
      "form of the output (tree); csv and json have exact numbers, dot is for Graphviz, html "
      "is one page to open in a browser");
  flags.Value("--depth", "N", depth, 0, "levels of modules (3; html opens 2 at first); 0: all");
  flags.Value("--top", "K", top, 1,
              "the K costliest layers: under the tree, or instead of all rows of a table");
  flags.Value("--sort", "COLUMN", sort,
              "largest first; what --top goes by (latency where there is one, else MACs)");
  flags.Choice("--by", {"layer", "module", "op"}, by,
               "rows of a table: layers, modules down to --depth, or operator types");
  flags.List("--columns", "NAMES", columns, "columns, separated by commas; help: lists them");
  flags.Switch("--no-fold", no_fold, "every block of its own in tree and dot, however alike");
}

std::string AnalysisFlags::Format() const {
  if (!format.empty()) return format;
  return by.empty() ? "tree" : "table";
}

absl::Status AnalysisFlags::CheckUnderConvention() const {
  if (format == "dot" || format == "html") {
    return UsageError(absl::StrCat("--format ", format, " goes with --convention true"));
  }
  if (top == 0 && sort.empty() && by.empty() && columns.empty() && !no_fold) {
    return absl::OkStatus();
  }
  return UsageError("--top, --sort, --by, --columns and --no-fold go with --convention true");
}

absl::StatusOr<std::string> AnalysisText(const AnalysisReport& report, const AnalysisFlags& flags) {
  RETURN_IF_ERROR(CheckForm(flags));
  ASSIGN_OR_RETURN(const View view, Look(flags));
  const std::string format = flags.Format();
  if (format == "json") return report::ToJson(report);
  if (format == "tree") return Tree(report, flags, view);
  if (format == "dot") {
    return report::DotText(report, {.max_depth = view.depth, .fold = !flags.no_fold});
  }
  if (format == "html") return Html(report, flags, view);
  if (format == "csv") return CostTable(report, flags, view, TableStyle::kCsv);
  if (format == "md") {
    return absl::StrCat(CostTable(report, flags, view, TableStyle::kMarkdown), "\n```\n",
                        report::TotalsText(report), "```\n");
  }
  return CostTable(report, flags, view, TableStyle::kPsql) + report::TotalsText(report);
}

std::string ColumnHelp() {
  TextTable table({{"column"}, {"title"}, {"what it is"}});
  for (const Column& column : report::Columns()) {
    table.AddRow({std::string(column.name), std::string(column.title), std::string(column.doc)});
  }
  return table.Render(TableStyle::kPlain);
}

}  // namespace latcast::cli
