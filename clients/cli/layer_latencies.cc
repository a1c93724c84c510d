#include "clients/cli/layer_latencies.h"

#include <stdlib.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "analyzer/import/lcg.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "clients/cli/exit_status.h"
#include "clients/cli/latency_profile.h"
#include "clients/cli/program.h"
#include "regression/predict.h"
#include "regression/terms.h"

namespace latcast::cli {
namespace {

absl::StatusOr<LayerLatencies> ReadLayers(const std::string& path, size_t ops) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  LayerLatencies measured;
  measured.is_measured = true;
  try {
    const nlohmann::json file = nlohmann::json::parse(text);
    measured.whole_ms = file.at("whole_ms").get<double>();
    for (const nlohmann::json& layer : file.at("layers")) {
      measured.layer_ms.push_back(layer.at("ms").get<double>());
    }
  } catch (const nlohmann::json::exception& error) {
    return absl::InternalError(absl::StrCat("latcast-bench layers: ", error.what()));
  }
  if (measured.layer_ms.size() != ops) {
    return absl::InternalError(absl::StrCat("latcast-bench measured ", measured.layer_ms.size(),
                                            " operators, the network has ", ops));
  }
  return measured;
}

absl::StatusOr<LayerLatencies> Measured(const graph::Graph& graph, const LatencyFlags& flags) {
  ASSIGN_OR_RETURN(const std::string bytes, import::SerializeLcg(graph));
  std::string folder = (std::filesystem::temp_directory_path() / "latcast-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) {
    return absl::UnavailableError(absl::StrCat("cannot make a folder like ", folder));
  }
  const absl::Cleanup remove = [&folder] {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  };
  const std::string model = folder + "/network.lcg";
  const std::string out = folder + "/layers.json";
  RETURN_IF_ERROR(WriteFileAtomically(model, bytes));
  const std::vector<std::string> arguments = {"layers",
                                              "--model",
                                              model,
                                              "--device",
                                              flags.device,
                                              "--threads",
                                              absl::StrCat(flags.threads),
                                              "--out",
                                              out};
  ASSIGN_OR_RETURN(const int code, RunProgram("latcast-bench", arguments));
  if (code != 0) {
    return absl::InternalError(absl::StrCat("latcast-bench ended with exit status ", code));
  }
  return ReadLayers(out, graph.ops.size());
}

absl::StatusOr<LayerLatencies> Forecast(const graph::Graph& graph, const std::string& profile,
                                        const cost::Rules& rules) {
  ASSIGN_OR_RETURN(const LatencyProfile latency, ReadLatencyProfile(profile, {}));
  ASSIGN_OR_RETURN(const features::GraphFeatures features,
                   FeaturesFor(graph, latency.model, &rules));
  LayerLatencies forecast;
  forecast.whole_ms = regression::Predict(features.total, latency.model).latency_ms;
  const double scale =
      regression::ContributionScale(features.total, latency.model, forecast.whole_ms);
  for (const FeatureVector& op : features.ops) {
    forecast.layer_ms.push_back(scale * regression::Contribution(op, latency.model));
  }
  return forecast;
}

}  // namespace

void LatencyFlags::Declare(Flags& flags) {
  flags.Value("--profile", "FILE", profile, "adds the forecast latency of every layer and module");
  flags.Switch("--measure", measure,
               "adds the latency of every layer and module as measured now (runs latcast-bench)");
  flags.Value("--device", "D", device, "to measure on (cpu)");
  flags.Value("--threads", "N", threads, 1, "threads to measure with (1)");
}

absl::StatusOr<std::optional<LayerLatencies>> FindLatencies(const graph::Graph& graph,
                                                            const LatencyFlags& flags,
                                                            const cost::Rules& rules) {
  if (!flags.IsAsked()) return std::nullopt;
  if (flags.measure && !flags.profile.empty()) {
    return UsageError("--profile and --measure exclude each other");
  }
  if (flags.measure) return Measured(graph, flags);
  return Forecast(graph, flags.profile, rules);
}

}  // namespace latcast::cli
