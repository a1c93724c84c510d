// latcast fit: points -> latency model, with the evidence.
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "clients/cli/command.h"
#include "clients/cli/fit_json.h"
#include "clients/cli/fit_plot.h"
#include "clients/cli/output.h"
#include "clients/cli/provenance_file.h"
#include "regression/fit.h"
#include "regression/points.h"
#include "regression/profile.h"

namespace latcast::cli {
namespace {

struct Options {
  std::string points;
  regression::FitOptions fit;
  std::string device;
  bool skip_bad = false;
  std::string out;
  std::string plot;
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

absl::StatusOr<int> Run(Options options) {
  ASSIGN_OR_RETURN(
      const regression::PointsFile file,
      At(regression::ReadPoints(options.points, {.skip_bad = options.skip_bad}), options.points));
  if (options.format == "text") NoteAll(file, options.points);
  ASSIGN_OR_RETURN(const Provenance provenance, ReadProvenance(options.points));
  options.fit.mode = provenance.mode;
  ASSIGN_OR_RETURN(const regression::FitResult result,
                   At(regression::Fit(file.points, options.fit), options.points));

  const regression::DeviceProfile profile = {
      .device = options.device.empty() ? DeviceId(provenance) : options.device,
      .description = DeviceDescription(provenance),
      .provenance = provenance.entries,
      .models = {result.model}};
  RETURN_IF_ERROR(At(regression::Validate(profile), options.points));
  if (!options.out.empty()) {
    RETURN_IF_ERROR(
        At(WriteFileAtomically(options.out, regression::FormatProfile(profile)), options.out));
  }
  if (!options.plot.empty()) {
    ASSIGN_OR_RETURN(const std::string svg, FitPlot(profile.device, file.points, result.summary));
    RETURN_IF_ERROR(At(WriteFileAtomically(options.plot, svg), options.plot));
  }
  if (options.format == "json") {
    Print(FitJson(file, result.summary, profile));
  } else {
    Print(result.summary.Report(result.model));
    if (!options.out.empty()) {
      Print(absl::StrCat("profile of ", profile.device, " in ", options.out, "\n"));
    }
  }
  return kSuccess;
}

Action Declare(Flags& flags) {
  const auto options = std::make_shared<Options>();
  flags.Positional("POINTS", options->points, "points file: a CSV of measurements");
  flags.Choice("--family", {"auto", "classic", "relative"}, options->fit.family,
               "kind of latency model");
  flags.Choice("--features", {"auto", "classic", "general", "cpu"}, options->fit.feature_set,
               "columns it is fitted on");
  flags.Value("--device", "NAME", options->device, "id of the device in the profile");
  flags.Switch("--skip-bad", options->skip_bad, "leave rows out that cannot be used, and say so");
  flags.Value("--out", "FILE", options->out, "writes the profile");
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
