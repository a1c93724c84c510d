// latcast evaluate: how accurate forecasts are on points, honestly: on points the fit did not see.
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"
#include "base/text_table.h"
#include "base/units.h"
#include "clients/cli/command.h"
#include "clients/cli/latency_profile.h"
#include "clients/cli/output.h"
#include "clients/cli/provenance_file.h"
#include "regression/fit.h"
#include "regression/points.h"

namespace latcast::cli {
namespace {

struct Options {
  std::string points;
  std::vector<std::string> families = {"relative", "classic"};
  std::string features = "auto";
  std::string test;
  std::string profile;
  bool skip_bad = false;
  std::string format = "table";
};

// One family, or one profile, on points it has not seen.
struct Row {
  std::string family;
  std::string check;
  int n_train = 0;
  regression::Accuracy accuracy;
  std::optional<double> coverage90 = std::nullopt;  // share of points within the 90 % interval
  std::optional<double> width90 = std::nullopt;     // median of (upper - lower) / forecast
};

absl::StatusOr<regression::PointsFile> Read(const std::string& path, const Options& options) {
  return At(regression::ReadPoints(path, {.skip_bad = options.skip_bad}), path);
}

// On points the model was not fitted on.
absl::StatusOr<Row> OnPoints(const regression::LatencyModel& model, std::string check,
                             const std::vector<regression::Point>& points) {
  if (points.empty()) return absl::InvalidArgumentError("no points");
  std::vector<double> predicted;
  std::vector<double> measured;
  std::vector<double> widths;
  int covered = 0;
  for (const regression::Point& point : points) {
    RETURN_IF_ERROR(Annotate(regression::CheckFeatures(point.features, model),
                             absl::StrCat("line ", point.line)));
    const regression::Prediction prediction = regression::Predict(point.features, model);
    predicted.push_back(prediction.latency_ms);
    measured.push_back(point.latency_ms);
    widths.push_back((prediction.upper_ms - prediction.lower_ms) / prediction.latency_ms);
    if (prediction.lower_ms <= point.latency_ms && point.latency_ms <= prediction.upper_ms) {
      ++covered;
    }
  }
  Row row = {.family = model.family,
             .check = std::move(check),
             .n_train = model.in_sample.n,
             .accuracy = regression::Measure(predicted, measured)};
  if (!model.abs_log_ratios.empty()) {
    std::ranges::nth_element(widths, widths.begin() + static_cast<ptrdiff_t>(widths.size() / 2));
    row.coverage90 = static_cast<double>(covered) / static_cast<double>(points.size());
    row.width90 = widths[widths.size() / 2];
  }
  return row;
}

absl::StatusOr<std::vector<Row>> OfFamily(const std::string& family, const Options& options,
                                          const regression::PointsFile& points) {
  regression::FitOptions fit;
  fit.family = family;
  fit.feature_set = options.features;
  ASSIGN_OR_RETURN(const regression::FitResult result,
                   At(regression::Fit(points.points, fit), options.points));
  if (!options.test.empty()) {
    ASSIGN_OR_RETURN(const regression::PointsFile test, Read(options.test, options));
    ASSIGN_OR_RETURN(Row row, At(OnPoints(result.model, "test points", test.points), options.test));
    return std::vector<Row>{std::move(row)};
  }
  const regression::FitSummary& summary = result.summary;
  const int n = summary.n;
  std::vector<Row> rows = {
      {.family = summary.family, .check = "in sample", .n_train = n, .accuracy = summary.in_sample},
      {.family = summary.family,
       .check = "cross-validated",
       .n_train = n,
       .accuracy = summary.cross_validated}};
  if (summary.leave_group_out) {
    rows.push_back({.family = summary.family,
                    .check = "groups held out",
                    .n_train = n,
                    .accuracy = *summary.leave_group_out});
  }
  return rows;
}

std::string Table(const std::vector<Row>& rows) {
  TextTable table({{"family"},
                   {"checked on"},
                   {"n", Align::kRight},
                   {"MdRE", Align::kRight},
                   {"MAPE", Align::kRight},
                   {"within 10 %", Align::kRight},
                   {"tau", Align::kRight},
                   {"R2", Align::kRight},
                   {"in 90 % interval", Align::kRight}});
  for (const Row& row : rows) {
    table.AddRow({row.family, row.check, absl::StrCat(row.accuracy.n),
                  FormatPercent(row.accuracy.mdre), FormatPercent(row.accuracy.mape),
                  FormatPercent(row.accuracy.in10), absl::StrFormat("%.3f", row.accuracy.tau),
                  absl::StrFormat("%.3f", row.accuracy.r2),
                  row.coverage90 ? FormatPercent(*row.coverage90) : ""});
  }
  return table.Render(TableStyle::kPlain);
}

// Shares in per cent.
std::string Json(const std::vector<Row>& rows) {
  using Json = nlohmann::ordered_json;
  const auto percent = [](const std::optional<double>& share) {
    return share ? Json(100.0 * *share) : Json(nullptr);
  };
  Json list = Json::array();
  for (const Row& row : rows) {
    list.push_back({{"family", row.family},
                    {"check", row.check},
                    {"n_train", row.n_train},
                    {"n_test", row.accuracy.n},
                    {"mdre", 100.0 * row.accuracy.mdre},
                    {"mape", 100.0 * row.accuracy.mape},
                    {"in10", 100.0 * row.accuracy.in10},
                    {"tau", row.accuracy.tau},
                    {"r2", row.accuracy.r2},
                    {"coverage90", percent(row.coverage90)},
                    {"width90", percent(row.width90)}});
  }
  return JsonText({{"schema_version", kJsonSchemaVersion}, {"results", std::move(list)}});
}

absl::StatusOr<int> Run(const Options& options) {
  if (!options.profile.empty() && !options.test.empty()) {
    return UsageError("--profile is evaluated on POINTS; --test is for a fit on POINTS");
  }
  ASSIGN_OR_RETURN(const regression::PointsFile points, Read(options.points, options));
  std::vector<Row> rows;
  if (!options.profile.empty()) {
    ASSIGN_OR_RETURN(const LatencyProfile profile, ReadLatencyProfile(options.profile, {}));
    ASSIGN_OR_RETURN(Row row,
                     At(OnPoints(profile.model, "these points", points.points), options.points));
    rows.push_back(std::move(row));
  } else {
    for (const std::string& family : options.families) {
      ASSIGN_OR_RETURN(const std::vector<Row> more, OfFamily(family, options, points));
      rows.insert(rows.end(), more.begin(), more.end());
    }
  }
  Print(options.format == "json" ? Json(rows) : Table(rows));
  return kSuccess;
}

Action Declare(Flags& flags) {
  const auto options = std::make_shared<Options>();
  flags.Positional("POINTS", options->points, "points file to fit on, or to check a profile on");
  flags.List("--family", "A,B", options->families, "families to compare (relative,classic)");
  flags.Choice("--features", {"auto", "classic", "general", "cpu"}, options->features,
               "columns they are fitted on");
  flags.Value("--test", "FILE", options->test, "fits on POINTS, checks on these");
  flags.Value("--profile", "FILE", options->profile, "checks this profile on POINTS");
  flags.Switch("--skip-bad", options->skip_bad, "leave rows out that cannot be used");
  flags.Choice("--format", {"table", "json"}, options->format, "form of the output");
  return [options] { return Run(*options); };
}

}  // namespace

Command EvaluateCommand() {
  return {"evaluate", "how accurate the model families are on points they have not seen",
          "latcast evaluate points.csv --test networks.csv", Declare};
}

}  // namespace latcast::cli
