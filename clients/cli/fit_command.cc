// latcast fit: points -> latency model, with the evidence.
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "clients/cli/command.h"
#include "clients/cli/fit_json.h"
#include "clients/cli/fit_page.h"
#include "clients/cli/fit_plot.h"
#include "clients/cli/latency_profile.h"
#include "clients/cli/output.h"
#include "clients/cli/wording.h"
#include "regression/family.h"
#include "regression/fit.h"
#include "regression/held_out.h"
#include "regression/points.h"
#include "regression/profile.h"
#include "regression/provenance.h"
#include "regression/reading.h"
#include "regression/staleness.h"
#include "regression/transfer.h"

namespace latcast::cli {
namespace {

struct Options {
  std::string points;
  regression::FitOptions fit;
  std::string device;
  bool skip_bad = false;
  std::string out;
  std::string plot;
  std::string report;
  std::string from;
  std::vector<std::string> add;
  std::string peak_gmacs;
  std::string peak_gbytes;
  std::string format = "text";
};

// What was left out of the file.
void NoteAll(const regression::PointsFile& file, const std::string& path) {
  if (!file.ignored_columns.empty()) {
    Note(absl::StrCat(
        path, ": columns without a meaning here: ", absl::StrJoin(file.ignored_columns, ", ")));
  }
  for (const std::string& note : file.notes) {
    if (absl::StartsWith(note, "line ")) Note(absl::StrCat(path, ": ", note));
  }
}

absl::StatusOr<regression::PointsFile> Read(const std::string& path, const Options& options) {
  ASSIGN_OR_RETURN(regression::PointsFile file,
                   At(regression::ReadPoints(path, {.skip_bad = options.skip_bad}), path));
  if (options.format == "text") NoteAll(file, path);
  return file;
}

// What was fitted, and how it came to be.
struct Fitted {
  regression::PointsFile file;
  regression::FitResult result;
  FitHistory history;
  std::vector<std::string> remarks;
};

// Points measured since: whether the model of the others still held for them, then all together.
absl::Status AddPoints(const Options& options, Fitted& fitted) {
  if (options.add.empty()) return absl::OkStatus();
  regression::PointsFile added;
  for (const std::string& path : options.add) {
    ASSIGN_OR_RETURN(regression::PointsFile file, Read(path, options));
    added.points.insert(added.points.end(), std::make_move_iterator(file.points.begin()),
                        std::make_move_iterator(file.points.end()));
    added.skipped += file.skipped;
  }
  const std::string files = absl::StrJoin(options.add, ", ");
  ASSIGN_OR_RETURN(const regression::FitResult before,
                   At(regression::Fit(fitted.file.points, options.fit), options.points));
  ASSIGN_OR_RETURN(fitted.history.staleness,
                   At(regression::CheckStaleness(before.model, added.points), files));
  fitted.history.added = static_cast<int>(added.points.size());
  fitted.remarks.push_back(absl::StrCat(
      "added ", added.points.size(), " points of ", files, " to ", fitted.file.points.size(),
      "; to the model of those, the new ones are ", fitted.history.staleness->Sentence()));
  fitted.file.points.insert(fitted.file.points.end(), added.points.begin(), added.points.end());
  fitted.file.skipped += added.skipped;
  return absl::OkStatus();
}

absl::Status FitPoints(const Options& options, regression::Provenance& provenance, Fitted& fitted) {
  if (options.from.empty()) {
    ASSIGN_OR_RETURN(fitted.result,
                     At(regression::Fit(fitted.file.points, options.fit), options.points));
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const LatencyProfile known, ReadLatencyProfile(options.from, {}));
  ASSIGN_OR_RETURN(
      regression::Transfer transfer,
      At(regression::FitFrom(fitted.file.points, known.model, options.fit), options.points));
  fitted.remarks.push_back(absl::StrCat("from ", known.device, ": ", transfer.Sentence()));
  provenance.entries["transfer"] = fitted.remarks.back();
  fitted.result = transfer.fit;
  fitted.history.known_device = known.device;
  fitted.history.transfer = std::move(transfer);
  return absl::OkStatus();
}

absl::Status WriteFiles(const Options& options, const Fitted& fitted,
                        const regression::DeviceProfile& profile,
                        const regression::DeviceLimits& limits) {
  if (!options.out.empty()) {
    RETURN_IF_ERROR(
        At(WriteFileAtomically(options.out, regression::FormatProfile(profile)), options.out));
  }
  if (!options.plot.empty()) {
    ASSIGN_OR_RETURN(const std::string svg,
                     FitPlot(profile.device, fitted.file.points, fitted.result.summary));
    RETURN_IF_ERROR(At(WriteFileAtomically(options.plot, svg), options.plot));
  }
  if (!options.report.empty()) {
    ASSIGN_OR_RETURN(const std::string html, FitPage({.profile = profile,
                                                      .points = fitted.file.points,
                                                      .summary = fitted.result.summary,
                                                      .limits = limits,
                                                      .remarks = fitted.remarks}));
    RETURN_IF_ERROR(At(WriteFileAtomically(options.report, html), options.report));
  }
  return absl::OkStatus();
}

absl::StatusOr<int> Run(Options options) {
  if (!options.from.empty() && !options.add.empty()) {
    return UsageError("--from takes its probes from one file, without --add");
  }
  Fitted fitted;
  ASSIGN_OR_RETURN(fitted.file, Read(options.points, options));
  ASSIGN_OR_RETURN(regression::Provenance provenance, At(regression::ReadProvenance(options.points),
                                                         options.points + ".provenance.json"));
  options.fit.mode = provenance.mode;
  if (!options.peak_gmacs.empty()) provenance.entries["peak_gmacs_per_s"] = options.peak_gmacs;
  if (!options.peak_gbytes.empty()) provenance.entries["peak_gbytes_per_s"] = options.peak_gbytes;
  ASSIGN_OR_RETURN(const regression::DeviceLimits limits,
                   regression::LimitsFrom(provenance.entries));
  RETURN_IF_ERROR(AddPoints(options, fitted));
  const std::vector<regression::Point> held_out = regression::TakeHeldOut(fitted.file.points);
  RETURN_IF_ERROR(FitPoints(options, provenance, fitted));
  ASSIGN_OR_RETURN(const std::optional<regression::Accuracy> unseen,
                   At(regression::AccuracyOn(held_out, fitted.result.model), options.points));
  if (unseen)
    fitted.remarks.push_back(absl::StrCat("random points held out: ", AccuracyText(*unseen)));
  for (std::string& line : regression::BeyondLimits(fitted.result.model, limits)) {
    fitted.result.summary.warnings.push_back(std::move(line));
  }

  const regression::DeviceProfile profile = {
      .device = options.device.empty() ? regression::DeviceId(provenance) : options.device,
      .description = regression::DeviceDescription(provenance),
      .provenance = provenance.entries,
      .models = {fitted.result.model}};
  RETURN_IF_ERROR(At(regression::Validate(profile), options.points));
  RETURN_IF_ERROR(WriteFiles(options, fitted, profile, limits));
  if (options.format == "json") {
    Print(FitJson(fitted.file, fitted.result.summary, profile, fitted.history));
    return kSuccess;
  }
  for (const std::string& remark : fitted.remarks) Print(Wrap(remark, 0) + "\n\n");
  Print(fitted.result.summary.Report(fitted.result.model));
  if (!options.out.empty()) {
    Print(absl::StrCat("profile of ", profile.device, " in ", options.out, "\n"));
  }
  return kSuccess;
}

Action Declare(Flags& flags) {
  const auto options = std::make_shared<Options>();
  flags.Positional("POINTS", options->points, "points file: a CSV of measurements");
  std::vector<std::string> families = {"auto"};
  for (const regression::Family& family : regression::Families()) {
    families.emplace_back(family.name);
  }
  flags.Choice("--family", families, options->fit.family, "kind of latency model");
  flags.Choice("--features", FeatureSetChoices(), options->fit.feature_set,
               "columns it is fitted on");
  flags.Value("--device", "NAME", options->device, "id of the device in the profile");
  flags.Switch("--skip-bad", options->skip_bad, "leave rows out that cannot be used, and say so");
  flags.Value("--out", "FILE", options->out, "writes the profile");
  flags.Value("--report", "FILE", options->report, "writes the evidence as an HTML page");
  flags.Value("--from", "PROFILE", options->from,
              "a known device: the points are probes, three or more, of one like it");
  flags.Repeated("--add", "FILE", options->add,
                 "points measured since: says whether they fit the others, then fits all");
  flags.Value("--peak-gmacs", "N", options->peak_gmacs,
              "GMAC/s the device can do at most: coefficients beyond it are named");
  flags.Value("--peak-gbytes", "N", options->peak_gbytes, "GB/s its memory can move at most");
  flags.Value("--plot", "FILE", options->plot, "draws predicted against measured, an SVG");
  flags.Choice("--format", {"text", "json"}, options->format, "form of the output");
  return [options] { return Run(*options); };
}

}  // namespace

Command FitCommand() {
  return {"fit", "learn a latency model from measured points, with the evidence",
          "latcast fit points.csv --out profile.json --plot fit.svg", Declare};
}

}  // namespace latcast::cli
