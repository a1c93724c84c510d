// latcast predict: how long models take, by a profile file or by a server.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "clients/cli/command.h"
#include "clients/cli/forecast.h"
#include "clients/cli/latency_profile.h"
#include "clients/cli/local_forecast.h"
#include "clients/cli/model_flags.h"
#include "clients/cli/output.h"
#include "clients/cli/remote_forecast.h"
#include "clients/cli/wording.h"
#include "regression/fit.h"

namespace latcast::cli {
namespace {

struct Options {
  std::vector<std::string> models;
  std::string features;  // points file
  ModelFlags shapes;
  std::string profile;
  std::string server;
  std::string device;
  ModeChoice mode;
  ForecastOptions forecast;
  bool parts = false;
  int depth = 2;
  std::string format = "table";
};

absl::Status CheckUsage(const Options& options) {
  if (options.profile.empty() == options.server.empty()) {
    return UsageError("give either --profile FILE or --server ADDRESS");
  }
  if (options.models.empty() == options.features.empty()) {
    return UsageError("give either models or --features FILE");
  }
  if (!options.device.empty() && options.server.empty()) {
    return UsageError("--device chooses among the profiles of a server");
  }
  if (options.parts && !options.features.empty()) {
    return UsageError("--parts needs models: a points file has no parts");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<NamedGraph>> LoadAll(const Options& options) {
  std::vector<NamedGraph> graphs;
  for (const std::string& model : options.models) {
    ASSIGN_OR_RETURN(graph::Graph graph, LoadModel(model, options.shapes));
    graphs.push_back({model, std::move(graph)});
  }
  return graphs;
}

absl::StatusOr<ForecastSet> Forecasts(const Options& options) {
  ForecastOptions how = options.forecast;
  how.parts_depth = options.parts ? options.depth : 0;
  const RemoteTarget target = {options.server, options.device, options.mode};
  if (!options.features.empty()) {
    ASSIGN_OR_RETURN(
        const regression::PointsFile file,
        At(regression::ReadPoints(options.features, {.need_latency = false}), options.features));
    if (!options.server.empty()) return ForecastPointsRemotely(file.points, target, how);
    ASSIGN_OR_RETURN(const LatencyProfile profile,
                     ReadLatencyProfile(options.profile, options.mode));
    return At(ForecastPoints(file.points, profile, how), options.features);
  }
  ASSIGN_OR_RETURN(const std::vector<NamedGraph> graphs, LoadAll(options));
  if (!options.server.empty()) return ForecastGraphsRemotely(graphs, target, how);
  ASSIGN_OR_RETURN(const LatencyProfile profile, ReadLatencyProfile(options.profile, options.mode));
  return ForecastGraphs(graphs, profile, how);
}

// How well the forecasts meet the measurements, where all have one.
std::string Accuracy(const ForecastSet& set) {
  std::vector<double> predicted;
  std::vector<double> measured;
  for (const Forecast& forecast : set.forecasts) {
    if (!forecast.measured_ms || forecast.prediction.latency_ms <= 0.0) return "";
    predicted.push_back(forecast.prediction.latency_ms);
    measured.push_back(*forecast.measured_ms);
  }
  if (measured.empty()) return "";
  return absl::StrCat(
      "against the measurements: ", AccuracyText(regression::Measure(predicted, measured)), "\n");
}

absl::StatusOr<int> Run(const Options& options) {
  RETURN_IF_ERROR(CheckUsage(options));
  ASSIGN_OR_RETURN(const ForecastSet set, Forecasts(options));
  if (options.format == "json") {
    Print(ForecastJson(set));
  } else if (options.format == "csv") {
    Print(ForecastCsv(set));
  } else {
    Print(ForecastTable(set) + Accuracy(set));
  }
  return kSuccess;
}

Action Declare(Flags& flags) {
  const auto options = std::make_shared<Options>();
  flags.Positionals("MODEL", options->models, kModelHelp);
  flags.Value("--features", "FILE", options->features,
              "a points file: a forecast for every row, beside its measurement where it has one");
  flags.Value("--profile", "FILE", options->profile, "profile.json, or a classic predictor.json");
  flags.Value("--server", "ADDRESS", options->server, "host:port of a latcast-server");
  flags.Value("--device", "NAME", options->device, "which device of the server");
  options->shapes.Declare(flags);
  flags.Share("--interval", options->forecast.interval_level,
              "probability that the interval holds the measurement (0.9)");
  flags.Switch("--parts", options->parts, "what every part of the network adds");
  flags.Switch("--terms", options->forecast.terms,
               "what the forecast is made of: memory, compute, launches, other");
  flags.Value("--depth", "N", options->depth, 1, "levels of modules the parts are cut at (2)");
  flags.Choice("--metric", {"wall", "gpu"}, options->mode.metric, "which measured latency");
  flags.Value("--threads", "N", options->mode.threads, 1, "which number of threads");
  flags.Choice("--format", {"table", "json", "csv"}, options->format, "form of the output");
  return [options] { return Run(*options); };
}

}  // namespace

Command PredictCommand() {
  return {"predict", "forecast how long models take on a device",
          "latcast predict resnet18 mobilenet_v2 --profile profile.json --parts", Declare};
}

}  // namespace latcast::cli
