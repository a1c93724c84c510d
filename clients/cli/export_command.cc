// latcast export: a fitted model, or the latencies of a search space, in forms that other programs
// read.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "analyzer/blocks/search_space.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "clients/cli/command.h"
#include "clients/cli/latency_profile.h"
#include "clients/cli/lookup_table.h"
#include "clients/cli/output.h"
#include "regression/profile.h"
#include "regression/reading.h"

namespace latcast::cli {
namespace {

struct Options {
  std::string profile;
  ModeChoice mode;
  std::string format = "csv";
  std::string out;
  std::string space;
  int resolution = 224;
  int batch = 1;
  blocks::SpaceInput input;  // of the two
  std::string points;
};

absl::StatusOr<std::string> Exported(const LatencyProfile& profile, const std::string& format) {
  if (format == "classic") return regression::FormatClassicPredictor(profile.model);
  if (format == "csv") return regression::ClosedFormCsv(profile.model);
  return regression::FormatProfile({.device = profile.device,
                                    .description = profile.description,
                                    .provenance = profile.provenance,
                                    .models = {profile.model}});
}

absl::StatusOr<std::string> Lookup(const Options& options) {
  const blocks::SearchSpace* space = blocks::FindSearchSpace(options.space);
  if (space == nullptr) return UsageError(absl::StrCat("unknown --space '", options.space, "'"));
  const bool own_format = options.format == "ofa" || options.format == "fbnet";
  if (own_format && options.format != options.space) {
    return UsageError(absl::StrCat("--format ", options.format, " is a table of --space ",
                                   options.format, ", not of ", options.space));
  }
  if (options.format == "plan") return LookupPlan(*space, options.input);
  if (options.profile.empty() && options.points.empty()) {
    return UsageError("give --profile FILE to forecast, --points FILE of measurements, or both");
  }
  std::optional<LatencyProfile> profile;
  if (!options.profile.empty()) {
    ASSIGN_OR_RETURN(profile, ReadLatencyProfile(options.profile, options.mode));
  }
  regression::PointsFile measured;
  if (!options.points.empty()) {
    ASSIGN_OR_RETURN(measured, At(regression::ReadPoints(options.points), options.points));
  }
  ASSIGN_OR_RETURN(const LookupTable table,
                   MakeLookupTable(*space, options.input, profile, measured.points));
  if (options.format == "ofa") return OfaTable(table);
  if (options.format == "fbnet") return FbnetTable(table);
  return LookupCsv(table);
}

absl::Status CheckUsage(const Options& options) {
  const bool of_model = options.format == "json" || options.format == "classic";
  const bool of_space =
      options.format == "ofa" || options.format == "fbnet" || options.format == "plan";
  if (options.space.empty()) {
    if (of_space) return UsageError(absl::StrCat("--format ", options.format, " needs --space"));
    if (!options.points.empty()) return UsageError("--points needs --space");
    if (options.profile.empty()) return UsageError("give the profile: --profile FILE");
  } else if (of_model) {
    return UsageError(absl::StrCat("--format ", options.format, " is no table of a --space"));
  }
  constexpr int64_t kMinSide = 32;
  constexpr int64_t kMaxSide = 4096;
  if (options.input.resolution < kMinSide || options.input.resolution > kMaxSide) {
    return UsageError(
        absl::StrCat("--resolution: ", kMinSide, " to ", kMaxSide, " rows and columns"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Text(const Options& options) {
  if (!options.space.empty()) return Lookup(options);
  ASSIGN_OR_RETURN(const LatencyProfile profile, ReadLatencyProfile(options.profile, options.mode));
  return At(Exported(profile, options.format), options.profile);
}

absl::StatusOr<int> Run(const Options& parsed) {
  Options options = parsed;
  options.input = {parsed.resolution, parsed.batch};
  RETURN_IF_ERROR(CheckUsage(options));
  ASSIGN_OR_RETURN(const std::string text, Text(options));
  if (options.out.empty()) {
    Print(text);
  } else {
    RETURN_IF_ERROR(At(WriteFileAtomically(options.out, text), options.out));
  }
  return kSuccess;
}

std::vector<std::string> SpaceNames() {
  std::vector<std::string> names;
  for (const blocks::SearchSpace& space : blocks::BuiltinSearchSpaces()) {
    names.emplace_back(space.name);
  }
  return names;
}

Action Declare(Flags& flags) {
  const auto options = std::make_shared<Options>();
  flags.Value("--profile", "FILE", options->profile, "profile.json, or a classic predictor.json");
  flags.Choice("--format", {"csv", "json", "classic", "ofa", "fbnet", "plan"}, options->format,
               "csv: the closed form as a table of coefficients and what they say, or the table of "
               "a space; json: the profile; classic: predictor.json; ofa, fbnet: the space's own "
               "table; plan: what latcast bench would measure for it");
  flags.Choice("--space", SpaceNames(), options->space,
               "the latency of every cell of this search space");
  flags.Value("--points", "FILE", options->points,
              "of a space: measurements, which go before forecasts");
  flags.Value("--resolution", "N", options->resolution, 1, "of a space: the image's sides (224)");
  flags.Value("--batch", "N", options->batch, 1, "of a space: images in a batch (1)");
  flags.Choice("--metric", {"wall", "gpu"}, options->mode.metric, "which measured latency");
  flags.Value("--threads", "N", options->mode.threads, 1, "which number of threads");
  flags.Value("--out", "FILE", options->out, "writes it there");
  return [options] { return Run(*options); };
}

}  // namespace

Command ExportCommand() {
  return {
      "export", "write a fitted model in forms that other programs read",
      "latcast export --profile profile.json --space ofa --format ofa --out 224_lookup_table.json",
      Declare};
}

}  // namespace latcast::cli
