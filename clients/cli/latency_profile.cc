#include "clients/cli/latency_profile.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "clients/cli/exit_status.h"
#include "clients/cli/wording.h"

namespace latcast::cli {
namespace {

absl::StatusOr<regression::DeviceProfile> ReadAnyProfile(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  absl::StatusOr<regression::DeviceProfile> profile = regression::ParseProfile(text);
  if (profile.ok()) return profile;
  absl::StatusOr<regression::LatencyModel> classic = regression::ParseClassicPredictor(text);
  if (!classic.ok()) return profile.status();
  regression::DeviceProfile made;
  made.device = "predictor.json";
  made.models.push_back(*std::move(classic));
  return made;
}

bool Fits(const regression::Mode& mode, const ModeChoice& choice) {
  return (choice.metric.empty() || choice.metric == mode.metric) &&
         (choice.precision.empty() || choice.precision == mode.precision) &&
         (choice.threads == 0 || choice.threads == mode.threads);
}

// "gpu, 4 threads".
std::string Words(const ModeChoice& choice) {
  std::vector<std::string> words;
  if (!choice.metric.empty()) words.push_back(choice.metric);
  if (!choice.precision.empty()) words.push_back(choice.precision);
  if (choice.threads != 0) words.push_back(ThreadsText(choice.threads));
  return absl::StrJoin(words, ", ");
}

bool IsFloating(graph::DType dtype) {
  return dtype == graph::DType::kFloat32 || dtype == graph::DType::kFloat64 ||
         dtype == graph::DType::kFloat16 || dtype == graph::DType::kBFloat16;
}

}  // namespace

absl::StatusOr<LatencyProfile> ReadLatencyProfile(const std::string& path,
                                                  const ModeChoice& choice) {
  ASSIGN_OR_RETURN(regression::DeviceProfile profile, At(ReadAnyProfile(path), path));
  for (regression::LatencyModel& model : profile.models) {
    if (!Fits(model.mode, choice)) continue;
    return LatencyProfile{std::move(profile.device), std::move(profile.description),
                          std::move(profile.provenance), std::move(model)};
  }
  const std::string modes = absl::StrJoin(
      profile.models, ", ", [](std::string* out, const regression::LatencyModel& model) {
        absl::StrAppend(out, model.mode.metric, " ", model.mode.precision, " with ",
                        ThreadsText(model.mode.threads));
      });
  return At(absl::FailedPreconditionError(
                absl::StrCat("no model measured with ", Words(choice), "; there is: ", modes)),
            path);
}

absl::StatusOr<features::GraphFeatures> FeaturesFor(const graph::Graph& graph,
                                                    const regression::LatencyModel& model,
                                                    const cost::Rules* rules) {
  for (const graph::ValueId id : graph.inputs) {
    const graph::DType dtype = graph.value(id).dtype;
    if (IsFloating(dtype) && graph::Name(dtype) != model.mode.precision) {
      return absl::FailedPreconditionError(absl::StrCat(
          "the model takes ", ToAbsl(graph::Name(dtype)), ", the profile was measured in ",
          model.mode.precision, "; --dtype ", model.mode.precision, " forecasts that"));
    }
  }
  ASSIGN_OR_RETURN(
      features::GraphFeatures features,
      features::ComputeFeatures(graph, {.threads = model.mode.threads, .rules = rules}));
  RETURN_IF_ERROR(regression::CheckFeatures(features.total, model));
  return features;
}

}  // namespace latcast::cli
