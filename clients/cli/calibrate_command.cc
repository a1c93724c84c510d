// latcast calibrate: measure this device, learn its latency model, check it on whole networks.
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "clients/cli/calibration_text.h"
#include "clients/cli/command.h"
#include "clients/cli/fit_page.h"
#include "clients/cli/latency_profile.h"
#include "clients/cli/lookup_table.h"
#include "clients/cli/output.h"
#include "clients/cli/program.h"
#include "clients/cli/remote_profiles.h"
#include "regression/points.h"
#include "regression/profile.h"
#include "regression/reading.h"

namespace latcast::cli {
namespace {

struct Options {
  std::string out;
  std::string device = "cpu";
  std::string name;
  int threads = 1;
  std::string plan = "quick";
  std::string budget = "90s";
  std::vector<std::string> networks = {"resnet18", "resnet50", "vgg16", "mobilenet_v2", "alexnet"};
  bool no_networks = false;
  bool resume = false;
  std::string server;

  std::string Path(std::string_view file) const {
    return (std::filesystem::path(out) / file).string();
  }
};

std::vector<std::string> BenchArguments(const Options& options, const std::string& stem) {
  return {"run",
          "--device",
          options.device,
          "--threads",
          absl::StrCat(options.threads),
          "--journal",
          options.Path(stem + ".journal.jsonl"),
          "--out",
          options.Path(stem + ".csv")};
}

// The exit status of the bench, which reports its own errors and resumes from its journal.
absl::StatusOr<int> MeasureBlocks(const Options& options) {
  std::vector<std::string> arguments = BenchArguments(options, "points");
  arguments.insert(arguments.end(), {"--plan", options.plan, "--budget", options.budget});
  return RunProgram("latcast-bench", arguments);
}

absl::StatusOr<int> MeasureNetworks(const Options& options) {
  std::vector<std::string> arguments = BenchArguments(options, "networks");
  for (const std::string& network : options.networks) {
    arguments.insert(arguments.end(), {"--model", network});
  }
  return RunProgram("latcast-bench", arguments);
}

absl::Status Write(const Options& options, std::string_view file, std::string_view content) {
  const std::string path = options.Path(file);
  return At(WriteFileAtomically(path, content), path);
}

absl::Status WriteAll(const Options& options, const regression::Calibration& calibration) {
  RETURN_IF_ERROR(Write(options, "profile.json", regression::FormatProfile(calibration.profile)));
  if (calibration.classic) {
    ASSIGN_OR_RETURN(const std::string classic,
                     regression::FormatClassicPredictor(calibration.classic->model));
    RETURN_IF_ERROR(Write(options, "predictor.json", classic));
  }
  const LatencyProfile profile = {.device = calibration.profile.device,
                                  .description = calibration.profile.description,
                                  .provenance = calibration.profile.provenance,
                                  .model = calibration.fit.model};
  const absl::StatusOr<std::vector<TableFile>> tables = ForecastTables(profile);
  if (!tables.ok()) Note(absl::StrCat("no lookup tables: ", tables.status().message()));
  for (const TableFile& table : tables.ok() ? *tables : std::vector<TableFile>{}) {
    RETURN_IF_ERROR(Write(options, table.name, table.content));
  }
  ASSIGN_OR_RETURN(const std::string svg, CalibrationPlot(calibration));
  RETURN_IF_ERROR(Write(options, "calibration.svg", svg));
  ASSIGN_OR_RETURN(const regression::DeviceLimits limits,
                   regression::LimitsFrom(calibration.profile.provenance));
  ASSIGN_OR_RETURN(const std::string html, FitPage({.profile = calibration.profile,
                                                    .points = calibration.points,
                                                    .summary = calibration.fit.summary,
                                                    .limits = limits,
                                                    .networks = calibration.networks}));
  RETURN_IF_ERROR(Write(options, "report.html", html));
  return Write(options, "calibration.md", CalibrationMarkdown(calibration));
}

absl::StatusOr<regression::Calibration> Conclude(const Options& options) {
  const std::string points_path = options.Path("points.csv");
  ASSIGN_OR_RETURN(const regression::PointsFile points,
                   At(regression::ReadPoints(points_path), points_path));
  ASSIGN_OR_RETURN(const regression::Provenance provenance,
                   At(regression::ReadProvenance(points_path), points_path + ".provenance.json"));
  regression::PointsFile networks;
  regression::Provenance networks_provenance;
  if (!options.no_networks) {
    const std::string path = options.Path("networks.csv");
    ASSIGN_OR_RETURN(networks, At(regression::ReadPoints(path), path));
    ASSIGN_OR_RETURN(networks_provenance,
                     At(regression::ReadProvenance(path), path + ".provenance.json"));
  }
  std::string device = options.name;
  if (device.empty())
    device = options.device == "cpu" ? regression::DeviceId(provenance) : options.device;
  ASSIGN_OR_RETURN(regression::Calibration calibration,
                   At(regression::Calibrate(std::move(device), points, provenance, networks.points),
                      points_path));
  if (auto note = regression::SpeedDifference(provenance, networks_provenance)) {
    calibration.fit.summary.warnings.push_back(*std::move(note));
  }
  return calibration;
}

absl::StatusOr<int> Run(const Options& options) {
  if (options.out.empty()) return UsageError("give --out DIR, the folder for the results");
  std::error_code error;
  if (options.resume && !std::filesystem::exists(options.Path("points.journal.jsonl"), error)) {
    return At(absl::NotFoundError("nothing to resume: no journal lies there"), options.out);
  }
  std::filesystem::create_directories(options.out, error);
  if (error) return At(absl::InvalidArgumentError(error.message()), options.out);

  Note(absl::StrCat("measuring blocks for about ", options.budget));
  ASSIGN_OR_RETURN(const int blocks_status, MeasureBlocks(options));
  if (blocks_status != 0) return blocks_status;
  if (!options.no_networks) {
    Note(absl::StrCat("measuring ", options.networks.size(), " whole networks"));
    ASSIGN_OR_RETURN(const int networks_status, MeasureNetworks(options));
    if (networks_status != 0) return networks_status;
  }
  ASSIGN_OR_RETURN(const regression::Calibration calibration, Conclude(options));
  RETURN_IF_ERROR(WriteAll(options, calibration));
  Print(CalibrationText(calibration));
  Print(absl::StrCat("\nprofile of ", calibration.profile.device, " in ",
                     options.Path("profile.json"), ", report in ", options.Path("report.html"),
                     "\n"));
  if (!options.server.empty()) {
    ASSIGN_OR_RETURN(const std::string stored,
                     UploadProfile(options.server, calibration.profile, /*activate=*/true));
    Print(stored);
  }
  return kSuccess;
}

Action Declare(Flags& flags) {
  const auto options = std::make_shared<Options>();
  flags.Value(
      "--out", "DIR", options->out,
      "folder for points, profile and report; repeated, the command goes on where it stopped");
  flags.Switch("--resume", options->resume, "only goes on: an error where nothing was begun");
  flags.Value("--device", "cpu|fake", options->device, "what to measure (cpu)");
  flags.Value("--name", "NAME", options->name, "id of the device in the profile");
  flags.Value("--threads", "N", options->threads, 1, "threads of an operator (1)");
  flags.Value("--plan", "quick|classic|FILE", options->plan, "which blocks (quick)");
  flags.Value("--budget", "TIME", options->budget, "time to measure blocks (90s)");
  flags.List("--networks", "A,B,...", options->networks,
             "models the forecasts are checked on (the zoo)");
  flags.Switch("--no-networks", options->no_networks, "skips that check");
  flags.Value("--server", "ADDRESS", options->server, "uploads the profile and activates it");
  return [options] { return Run(*options); };
}

}  // namespace

Command CalibrateCommand() {
  return {"calibrate", "measure this device, learn its latency model, check it on whole networks",
          "latcast calibrate --budget 90s --out calibration", Declare};
}

}  // namespace latcast::cli
