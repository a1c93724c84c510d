// From the target of a request to the one model that makes its forecast.
#ifndef LATCAST_SERVER_CORE_MODEL_CHOICE_H_
#define LATCAST_SERVER_CORE_MODEL_CHOICE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "regression/latency_model.h"
#include "server/core/profile_snapshot.h"

namespace latcast::server {

// Empty text and 0 threads do not restrict.
struct Target {
  std::string device = {};
  std::string metric = {};
  std::string precision = {};
  std::string execution = {};
  std::string layout = {};
  int threads = 0;
  double interval_level = 0.9;
};

// Holds the profile's version alive while its model is in use.
struct ChosenModel {
  std::shared_ptr<const ActiveProfile> active;
  size_t index = 0;  // of the model in the profile
  double interval_level = 0.9;

  const regression::LatencyModel& model() const { return active->profile.models[index]; }
  const std::string& model_hash() const { return active->model_hashes[index]; }
};

// The first model of the device's active profile that fits the target; without a device, of the
// only active profile. NOT_FOUND when the device has no active profile; INVALID_ARGUMENT when no
// device is named and several are active, for threads < 0 and an interval level outside (0, 1);
// FAILED_PRECONDITION when the profile has no model of that mode (the message lists those it has).
absl::StatusOr<ChosenModel> ChooseModel(const ProfileSnapshot& profiles, const Target& target);

}  // namespace latcast::server

#endif  // LATCAST_SERVER_CORE_MODEL_CHOICE_H_
