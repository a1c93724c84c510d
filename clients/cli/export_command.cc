// latcast export: a fitted model in forms that other programs read.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "clients/cli/command.h"
#include "clients/cli/latency_profile.h"
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
};

absl::StatusOr<std::string> Exported(const LatencyProfile& profile, const std::string& format) {
  if (format == "classic") return regression::FormatClassicPredictor(profile.model);
  if (format == "csv") return regression::ClosedFormCsv(profile.model);
  return regression::FormatProfile({.device = profile.device,
                                    .description = profile.description,
                                    .provenance = profile.provenance,
                                    .models = {profile.model}});
}

absl::StatusOr<int> Run(const Options& options) {
  if (options.profile.empty()) return UsageError("give the profile: --profile FILE");
  ASSIGN_OR_RETURN(const LatencyProfile profile, ReadLatencyProfile(options.profile, options.mode));
  ASSIGN_OR_RETURN(const std::string text, At(Exported(profile, options.format), options.profile));
  if (options.out.empty()) {
    Print(text);
  } else {
    RETURN_IF_ERROR(At(WriteFileAtomically(options.out, text), options.out));
  }
  return kSuccess;
}

Action Declare(Flags& flags) {
  const auto options = std::make_shared<Options>();
  flags.Value("--profile", "FILE", options->profile, "profile.json, or a classic predictor.json");
  flags.Choice("--format", {"csv", "json", "classic"}, options->format,
               "csv: the closed form as a table of coefficients and what they say; json: the "
               "profile; classic: predictor.json");
  flags.Choice("--metric", {"wall", "gpu"}, options->mode.metric, "which measured latency");
  flags.Value("--threads", "N", options->mode.threads, 1, "which number of threads");
  flags.Value("--out", "FILE", options->out, "writes it there");
  return [options] { return Run(*options); };
}

}  // namespace

Command ExportCommand() {
  return {"export", "write a fitted model in forms that other programs read",
          "latcast export --profile profile.json --format csv", Declare};
}

}  // namespace latcast::cli
