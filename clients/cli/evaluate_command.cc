// latcast evaluate: how accurate forecasts are on points that the fit did not see.
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/text_table.h"
#include "base/units.h"
#include "clients/cli/command.h"
#include "clients/cli/fit_json.h"
#include "clients/cli/fit_page.h"
#include "clients/cli/latency_profile.h"
#include "clients/cli/output.h"
#include "clients/cli/wording.h"
#include "regression/evaluate.h"
#include "regression/family.h"
#include "regression/fit.h"
#include "regression/points.h"
#include "regression/staleness.h"

namespace latcast::cli {
namespace {

using regression::Evaluation;
using regression::Point;

struct Options {
  std::string points;
  std::vector<std::string> families = {"auto", "relative", "classic"};
  std::string features = "auto";
  std::optional<int64_t> train;
  int repeats = 10;
  int seed = 1;
  bool leave_group_out = false;
  std::string test;
  std::string profile;
  bool skip_bad = false;
  std::string report;
  std::string format = "table";
};

absl::Status CheckUsage(const Options& options) {
  const int ways = (options.train ? 1 : 0) + (options.leave_group_out ? 1 : 0) +
                   (options.test.empty() ? 0 : 1) + (options.profile.empty() ? 0 : 1);
  if (ways > 1) {
    return UsageError("give only one of --train, --leave-group-out, --test and --profile");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Point>> Read(const std::string& path, const Options& options) {
  ASSIGN_OR_RETURN(regression::PointsFile file,
                   At(regression::ReadPoints(path, {.skip_bad = options.skip_bad}), path));
  return std::move(file.points);
}

// How a profile made elsewhere meets these points.
absl::StatusOr<Evaluation> OfProfile(const regression::LatencyModel& model,
                                     const std::vector<Point>& points) {
  if (points.empty()) return absl::InvalidArgumentError("no points");
  std::vector<double> predicted;
  std::vector<double> measured;
  Evaluation evaluation = {.family = model.family,
                           .feature_set = model.feature_set,
                           .n_train = model.in_sample.n,
                           .n_test = static_cast<int>(points.size()),
                           .accuracy = {}};
  for (const Point& point : points) {
    RETURN_IF_ERROR(Annotate(regression::CheckFeatures(point.features, model),
                             absl::StrCat("line ", point.line)));
    const regression::Prediction prediction = regression::Predict(point.features, model);
    if (prediction.latency_ms <= 0.0) {
      return absl::FailedPreconditionError(
          absl::StrCat("line ", point.line, ": the forecast is zero"));
    }
    evaluation.forecasts.push_back({point.name, point.group, point.latency_ms,
                                    prediction.latency_ms, prediction.lower_ms,
                                    prediction.upper_ms});
    predicted.push_back(prediction.latency_ms);
    measured.push_back(point.latency_ms);
    const bool inside =
        prediction.lower_ms <= point.latency_ms && point.latency_ms <= prediction.upper_ms;
    const auto n = static_cast<double>(points.size());
    evaluation.coverage90 += inside ? 1.0 / n : 0.0;
    evaluation.width90 += (prediction.upper_ms / prediction.latency_ms - 1.0) / n;
  }
  evaluation.accuracy = regression::Measure(predicted, measured);
  return evaluation;
}

absl::StatusOr<Evaluation> OfFamily(const std::vector<Point>& points,
                                    const regression::FitOptions& fit, const Options& options) {
  if (!options.test.empty()) {
    ASSIGN_OR_RETURN(const std::vector<Point> test, Read(options.test, options));
    return At(regression::Evaluate(points, test, fit), options.test);
  }
  if (options.leave_group_out) return regression::EvaluateGroups(points, fit);
  const int64_t n = options.train.value_or(static_cast<int64_t>(points.size()) * 7 / 10);
  if (n >= static_cast<int64_t>(points.size())) {
    return absl::InvalidArgumentError(
        absl::StrCat("--train ", n, " leaves none of ", points.size(), " points to forecast"));
  }
  return regression::EvaluateSplits(points, static_cast<int>(n), options.repeats, fit);
}

struct Evidence {
  std::vector<Evaluation> evaluations;
  std::optional<regression::Staleness> staleness;  // of a profile
};

absl::StatusOr<Evidence> EvaluateAll(const Options& options) {
  ASSIGN_OR_RETURN(const std::vector<Point> points, Read(options.points, options));
  Evidence evidence;
  std::vector<Evaluation>& evaluations = evidence.evaluations;
  if (!options.profile.empty()) {
    ASSIGN_OR_RETURN(const LatencyProfile profile, ReadLatencyProfile(options.profile, {}));
    ASSIGN_OR_RETURN(Evaluation evaluation, At(OfProfile(profile.model, points), options.points));
    evaluations.push_back(std::move(evaluation));
    ASSIGN_OR_RETURN(evidence.staleness,
                     At(regression::CheckStaleness(profile.model, points), options.points));
    return evidence;
  }
  regression::FitOptions fit;
  fit.feature_set = options.features;
  fit.seed = static_cast<uint64_t>(options.seed);
  for (const std::string& name : options.families) {
    fit.family = name;
    // What only the general columns can tell apart, the classic families do not ask for.
    const regression::Family* family = regression::FindFamily(name);
    fit.feature_set = family != nullptr && family->classic_columns ? "classic" : options.features;
    ASSIGN_OR_RETURN(Evaluation evaluation, At(OfFamily(points, fit, options), options.points));
    evaluations.push_back(std::move(evaluation));
  }
  return evidence;
}

std::string Table(const std::vector<Evaluation>& evaluations) {
  TextTable table({{"family"},
                   {"features"},
                   {"fitted on", Align::kRight},
                   {"forecasts", Align::kRight},
                   {"MdRE", Align::kRight},
                   {"MAPE", Align::kRight},
                   {"within 10 %", Align::kRight},
                   {"tau", Align::kRight},
                   {"R2", Align::kRight},
                   {"in 90 % interval", Align::kRight},
                   {"its width", Align::kRight}});
  for (const Evaluation& row : evaluations) {
    table.AddRow({row.family, row.feature_set, absl::StrCat(row.n_train), absl::StrCat(row.n_test),
                  FormatPercent(row.accuracy.mdre), FormatPercent(row.accuracy.mape),
                  FormatPercent(row.accuracy.in10), absl::StrFormat("%.3f", row.accuracy.tau),
                  absl::StrFormat("%.3f", row.accuracy.r2), FormatPercent(row.coverage90),
                  FormatPercent(row.width90)});
  }
  return table.Render(TableStyle::kPlain);
}

// What "auto" became, fit by fit.
std::string Choices(const std::vector<Evaluation>& evaluations) {
  std::string text;
  for (const Evaluation& row : evaluations) {
    if (row.family != "auto") continue;
    absl::StrAppend(&text, "\nauto chose ",
                    absl::StrJoin(row.chosen, ", ",
                                  [](auto* out, auto& fits) {
                                    absl::StrAppend(out, fits.first, " in ", fits.second,
                                                    fits.second == 1 ? " fit" : " fits");
                                  }),
                    "\n");
  }
  return text;
}

// Shares in per cent.
std::string Json(const Evidence& evidence) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Evaluation& row : evidence.evaluations) {
    list.push_back({{"family", row.family},
                    {"feature_set", row.feature_set},
                    {"chosen", row.chosen},
                    {"n_train", row.n_train},
                    {"n_test", row.n_test},
                    {"mdre", 100.0 * row.accuracy.mdre},
                    {"mape", 100.0 * row.accuracy.mape},
                    {"in10", 100.0 * row.accuracy.in10},
                    {"tau", row.accuracy.tau},
                    {"r2", row.accuracy.r2},
                    {"coverage90", 100.0 * row.coverage90},
                    {"width90", 100.0 * row.width90}});
  }
  nlohmann::ordered_json out = {{"schema_version", kJsonSchemaVersion},
                                {"families", std::move(list)}};
  if (evidence.staleness) out["staleness"] = StalenessJson(*evidence.staleness);
  return JsonText(out);
}

absl::StatusOr<int> Run(const Options& options) {
  RETURN_IF_ERROR(CheckUsage(options));
  ASSIGN_OR_RETURN(const Evidence evidence, EvaluateAll(options));
  const std::string verdict = evidence.staleness ? evidence.staleness->Sentence() : "";
  if (!options.report.empty()) {
    std::vector<std::string> remarks;
    if (evidence.staleness) remarks.push_back(verdict);
    ASSIGN_OR_RETURN(
        const std::string html,
        EvaluationPage(evidence.evaluations,
                       absl::StrCat("Forecasts of ",
                                    std::filesystem::path(options.points).filename().string()),
                       remarks));
    RETURN_IF_ERROR(At(WriteFileAtomically(options.report, html), options.report));
  }
  if (options.format == "json") {
    Print(Json(evidence));
  } else {
    Print(Table(evidence.evaluations) + Choices(evidence.evaluations));
    if (evidence.staleness) Print(absl::StrCat("\n", Wrap(verdict, 0), "\n"));
  }
  return kSuccess;
}

Action Declare(Flags& flags) {
  const auto options = std::make_shared<Options>();
  flags.Positional("POINTS", options->points, "points file to fit on, or to check a profile on");
  flags.List("--family", "A,B", options->families, "families to compare (auto,relative,classic)");
  flags.Choice("--features", FeatureSetChoices(), options->features,
               "columns they are fitted on, but for the classic families");
  flags.Value("--train", "N", options->train, 1, "points of a fit, drawn at random (70 %)");
  flags.Value("--repeats", "R", options->repeats, 1, "number of draws (10)");
  flags.Value("--seed", "S", options->seed, 0, "of the draws (1)");
  flags.Switch("--leave-group-out", options->leave_group_out,
               "forecasts every group by a fit of the others");
  flags.Value("--test", "FILE", options->test, "fits on POINTS, forecasts these");
  flags.Value("--profile", "FILE", options->profile,
              "checks this profile on POINTS, and says whether it is stale");
  flags.Switch("--skip-bad", options->skip_bad, "leave rows out that cannot be used");
  flags.Value("--report", "FILE", options->report, "writes the evidence as an HTML page");
  flags.Choice("--format", {"table", "json"}, options->format, "form of the output");
  return [options] { return Run(*options); };
}

}  // namespace

Command EvaluateCommand() {
  return {"evaluate", "how accurate the model families are on points they have not seen",
          "latcast evaluate points.csv --leave-group-out", Declare};
}

}  // namespace latcast::cli
