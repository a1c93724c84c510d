#include "server/core/model_choice.h"

#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "server/core/limits.h"

namespace latcast::server {
namespace {

using regression::LatencyModel;
using regression::Mode;

absl::StatusOr<std::shared_ptr<const ActiveProfile>> FindDevice(const ProfileSnapshot& profiles,
                                                                const std::string& device) {
  if (profiles.empty()) {
    return absl::NotFoundError("target.device: no profile is active on this server");
  }
  std::vector<std::string_view> names;
  for (const auto& [name, active] : profiles) names.push_back(name);
  if (device.empty()) {
    if (profiles.size() == 1) return profiles.begin()->second;
    return absl::InvalidArgumentError(absl::StrCat(
        "target.device: several devices have an active profile, name one of: ",
        absl::StrJoin(names, ", ", [](std::string* out, std::string_view n) { out->append(n); })));
  }
  const auto found = profiles.find(device);
  if (found != profiles.end()) return found->second;
  return absl::NotFoundError(absl::StrCat("target.device: '", device, "' has no active profile",
                                          DidYouMean(device, names)));
}

bool Fits(const std::string& asked, const std::string& has) {
  return asked.empty() || asked == has;
}

bool Fits(const Target& target, const Mode& mode) {
  return Fits(target.metric, mode.metric) && Fits(target.precision, mode.precision) &&
         Fits(target.execution, mode.execution) && Fits(target.layout, mode.layout) &&
         (target.threads == 0 || target.threads == mode.threads);
}

std::string Describe(const Mode& mode) {
  return absl::StrCat(mode.metric, "/", mode.precision, "/", mode.execution, "/", mode.layout, "/",
                      mode.threads, " threads");
}

std::string Describe(const Target& target) {
  std::vector<std::string> asked;
  const auto add = [&asked](absl::string_view field, const std::string& value) {
    if (!value.empty()) asked.push_back(absl::StrCat(field, " '", value, "'"));
  };
  add("metric", target.metric);
  add("precision", target.precision);
  add("execution", target.execution);
  add("layout", target.layout);
  if (target.threads != 0) asked.push_back(absl::StrCat("threads ", target.threads));
  return absl::StrJoin(asked, ", ");
}

}  // namespace

absl::StatusOr<ChosenModel> ChooseModel(const ProfileSnapshot& profiles, const Target& target) {
  RETURN_IF_ERROR(CheckIntervalLevel(target.interval_level));
  if (target.threads < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("target.threads: must not be negative, is ", target.threads));
  }
  ASSIGN_OR_RETURN(const std::shared_ptr<const ActiveProfile> active,
                   FindDevice(profiles, target.device));
  const std::vector<LatencyModel>& models = active->profile.models;
  for (size_t i = 0; i < models.size(); ++i) {
    if (Fits(target, models[i].mode)) return ChosenModel{active, i, target.interval_level};
  }
  return absl::FailedPreconditionError(
      absl::StrCat("target: the profile of '", active->profile.device, "', version ",
                   active->version, ", has no model for ", Describe(target), "; it has ",
                   absl::StrJoin(models, ", ", [](std::string* out, const LatencyModel& model) {
                     out->append(Describe(model.mode));
                   })));
}

}  // namespace latcast::server
