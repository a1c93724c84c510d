#include "regression/points.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/csv.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "base/units.h"

namespace latcast::regression {
namespace {

constexpr std::array<std::string_view, 22> kKnownColumns = {
    "name",    "spec",     "group",  "latency_ms", "mad_ms", "outcome",   "latency_wall_ms",
    "min_ms",  "p5_ms",    "p10_ms", "p95_ms",     "low_ms", "high_ms",   "latency_gpu_ms",
    "samples", "outliers", "use",    "stop",       "noise",  "disturbed", "discarded",
    "slowdown"};

// Where the columns of a points file stand.
struct Layout {
  size_t name = 0;
  std::optional<size_t> latency_ms, spec, group, mad_ms, outcome, use;
  std::vector<std::pair<size_t, Feature>> features;
};

absl::StatusOr<Layout> ReadHeader(const CsvTable& table, const ReadOptions& options,
                                  PointsFile& file) {
  Layout layout;
  const std::optional<size_t> name = table.Column("name");
  if (!name) return absl::InvalidArgumentError("no column 'name'");
  layout.name = *name;
  layout.latency_ms = table.Column("latency_ms");
  if (!layout.latency_ms && options.need_latency) {
    return absl::InvalidArgumentError("no column 'latency_ms'");
  }
  layout.spec = table.Column("spec");
  layout.group = table.Column("group");
  layout.mad_ms = table.Column("mad_ms");
  layout.outcome = table.Column("outcome");
  layout.use = table.Column("use");
  for (size_t i = 0; i < table.header.size(); ++i) {
    const std::string& column = table.header[i];
    if (const std::optional<Feature> feature = FindFeature(column)) {
      layout.features.emplace_back(i, *feature);
      file.features.push_back(*feature);
    } else if (std::find(kKnownColumns.begin(), kKnownColumns.end(), column) ==
               kKnownColumns.end()) {
      file.ignored_columns.push_back(column);
      file.notes.push_back(absl::StrCat("column '", column, "' is ignored"));
    }
  }
  if (std::all_of(file.features.begin(), file.features.end(),
                  [](Feature feature) { return feature == Feature::kBatch; })) {
    return absl::InvalidArgumentError(
        "no feature column; points need at least one of acts, inp, flops, kernels, ...");
  }
  return layout;
}

enum class Sign { kPositive, kNotNegative };

// The number of one cell, or what is wrong with it.
absl::StatusOr<double> ReadCell(const CsvTable& table, const CsvRow& row, size_t column,
                                Sign sign) {
  const std::string& text = row.fields[column];
  const absl::StatusOr<double> value = ParseDouble(text);
  const bool good = value.ok() && std::isfinite(*value) &&
                    (sign == Sign::kPositive ? *value > 0.0 : *value >= 0.0);
  if (good) return value;
  return absl::InvalidArgumentError(absl::StrCat(
      "line ", row.line, ": ", table.header[column], " is '", text, "', not a finite number ",
      sign == Sign::kPositive ? "above zero" : "of zero or more"));
}

absl::StatusOr<Point> ReadRow(const CsvTable& table, const CsvRow& row, const Layout& layout,
                              const ReadOptions& options) {
  Point point;
  point.line = row.line;
  point.name = row.fields[layout.name];
  if (layout.spec) point.spec = row.fields[*layout.spec];
  if (layout.group) point.group = row.fields[*layout.group];
  if (layout.use) {
    const std::string& use = row.fields[*layout.use];
    if (!use.empty() && use != "fit" && use != "check") {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", row.line, ": use is '", use, "', neither fit nor check"));
    }
    point.is_held_out = use == "check";
  }
  if (options.need_latency || (layout.latency_ms && !row.fields[*layout.latency_ms].empty())) {
    ASSIGN_OR_RETURN(point.latency_ms, ReadCell(table, row, *layout.latency_ms, Sign::kPositive));
  }
  if (layout.mad_ms && !row.fields[*layout.mad_ms].empty()) {
    ASSIGN_OR_RETURN(point.mad_ms, ReadCell(table, row, *layout.mad_ms, Sign::kNotNegative));
  }
  for (const auto& [column, feature] : layout.features) {
    ASSIGN_OR_RETURN(const double value, ReadCell(table, row, column, Sign::kNotNegative));
    point.features.Set(feature, value);
  }
  AddSums(point.features);
  return point;
}

void AddSum(FeatureVector& features, Feature sum, std::span<const Feature> parts) {
  if (features.Has(sum)) return;
  double value = 0.0;
  for (const Feature part : parts) {
    if (!features.Has(part)) return;
    value += features[part];
  }
  features.Set(sum, value);
}

}  // namespace

void AddSums(FeatureVector& features) {
  constexpr Feature kMacs[] = {Feature::kMacsDense, Feature::kMacsPointwise, Feature::kMacsGrouped,
                               Feature::kMacsDepthwise, Feature::kMacsMatmul};
  constexpr Feature kIo[] = {Feature::kActs, Feature::kInp, Feature::kIoMatmul,
                             Feature::kElementwise};
  AddSum(features, Feature::kMacsAll, kMacs);
  AddSum(features, Feature::kIoAll, kIo);
}

absl::StatusOr<PointsFile> ParsePoints(std::string_view csv, const ReadOptions& options) {
  ASSIGN_OR_RETURN(const CsvTable table, ParseCsv(csv));
  PointsFile file;
  ASSIGN_OR_RETURN(const Layout layout, ReadHeader(table, options, file));
  file.points.reserve(table.rows.size());
  std::map<std::string, std::vector<int>> lines_of;  // of rows that are skipped, by outcome
  for (const CsvRow& row : table.rows) {
    if (layout.outcome && row.fields[*layout.outcome] != "ok") {
      ++file.skipped;
      lines_of[row.fields[*layout.outcome]].push_back(row.line);
      continue;
    }
    absl::StatusOr<Point> point = ReadRow(table, row, layout, options);
    if (point.ok()) {
      file.points.push_back(*std::move(point));
    } else if (options.skip_bad) {
      ++file.skipped;
      file.notes.push_back(absl::StrCat(point.status().message(), "; skipped"));
    } else {
      return point.status();
    }
  }
  for (const auto& [outcome, lines] : lines_of) {
    file.notes.push_back(
        lines.size() == 1
            ? absl::StrCat("line ", lines.front(), ": skipped, its outcome is '", outcome, "'")
            : absl::StrCat(lines.size(), " rows skipped, their outcome is '", outcome, "': lines ",
                           absl::StrJoin(lines, ", ")));
  }
  return file;
}

absl::StatusOr<PointsFile> ReadPoints(const std::string& path, const ReadOptions& options) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  return Annotate(ParsePoints(text, options), path);
}

std::vector<Point> Take(std::vector<Point>& points,
                        const std::function<bool(const Point&)>& is_taken) {
  const auto first = std::stable_partition(points.begin(), points.end(), std::not_fn(is_taken));
  std::vector<Point> taken(std::make_move_iterator(first), std::make_move_iterator(points.end()));
  points.erase(first, points.end());
  return taken;
}

std::vector<Point> TakeHeldOut(std::vector<Point>& points) {
  return Take(points, [](const Point& point) { return point.is_held_out; });
}

std::string FormatPoints(const std::vector<Point>& points, const std::vector<Feature>& features) {
  CsvTable table;
  table.header = {"name", "spec", "group"};
  const bool any_held_out = std::any_of(points.begin(), points.end(),
                                        [](const Point& point) { return point.is_held_out; });
  if (any_held_out) table.header.emplace_back("use");
  for (const Feature feature : features) table.header.emplace_back(Info(feature).name);
  table.header.insert(table.header.end(), {"latency_ms", "mad_ms"});
  for (const Point& point : points) {
    CsvRow row;
    row.fields = {point.name, point.spec, point.group};
    if (any_held_out) row.fields.emplace_back(point.is_held_out ? "check" : "fit");
    for (const Feature feature : features) {
      row.fields.push_back(FormatExact(point.features[feature]));
    }
    row.fields.push_back(FormatExact(point.latency_ms));
    row.fields.push_back(FormatExact(point.mad_ms));
    table.rows.push_back(std::move(row));
  }
  return FormatCsv(table);
}

}  // namespace latcast::regression
