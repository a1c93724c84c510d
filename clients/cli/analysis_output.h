// How `latcast analyze` shows our own count: the flags of form, columns, units and grouping.
#ifndef LATCAST_CLIENTS_CLI_ANALYSIS_OUTPUT_H_
#define LATCAST_CLIENTS_CLI_ANALYSIS_OUTPUT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "analyzer/report/columns.h"
#include "analyzer/report/report.h"
#include "clients/cli/flags.h"

namespace latcast::cli {

struct AnalysisFlags {
  std::string format;  // empty: tree, or table where rows are grouped
  std::optional<int64_t> depth;
  int top = 0;
  std::string sort;
  std::string by;
  std::vector<std::string> columns;
  std::string units;
  bool no_fold = false;

  void Declare(Flags& flags);
  // The form asked for, the default filled in.
  std::string Format() const;
  // A usage error where one of these flags is set that only our own count has.
  absl::Status CheckUnderConvention() const;
  bool AsksForColumnHelp() const { return columns == std::vector<std::string>{"help"}; }
};

// Usage errors name a column that does not exist and flags that do not fit the form.
absl::StatusOr<std::string> AnalysisText(const report::AnalysisReport& report,
                                         const AnalysisFlags& flags);

// The columns a flag names; a usage error for one that does not exist.
absl::StatusOr<std::vector<const report::Column*>> FindColumns(
    const std::vector<std::string>& names, std::string_view flag);

// What `--columns help` prints.
std::string ColumnHelp();

}  // namespace latcast::cli

#endif  // LATCAST_CLIENTS_CLI_ANALYSIS_OUTPUT_H_
