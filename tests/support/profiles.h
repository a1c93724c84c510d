// Profiles made in code, for the tests of server and clients.
#ifndef LATCAST_TESTS_SUPPORT_PROFILES_H_
#define LATCAST_TESTS_SUPPORT_PROFILES_H_

#include <string>
#include <utility>

#include "regression/profile.h"

namespace latcast::test {

// latency = 0.25 + 1e-8 macs_all + 1e-6 elementwise + 0.01 kernels, one piece. The 90 % interval of
// its nine ratios is the largest: latency * exp(-+ 0.5).
inline regression::LatencyModel LinearModel() {
  regression::LatencyModel model;
  model.family = "relative";
  model.feature_set = "cpu";
  model.intercept_ms = 0.25;
  model.terms = {
      {Feature::kMacsAll, 1e-8}, {Feature::kElementwise, 1e-6}, {Feature::kKernels, 0.01}};
  model.abs_log_ratios = {0.01, 0.02, 0.03, 0.04, 0.05, 0.1, 0.2, 0.3, 0.5};
  model.domain = {{Feature::kKernels, 1.0, 1000.0}};
  model.min_latency_ms = 0.1;
  model.max_latency_ms = 100.0;
  return model;
}

// The classic form with a second piece, measured with two threads.
inline regression::LatencyModel ClassicModel() {
  regression::LatencyModel model;
  model.family = "classic";
  model.feature_set = "classic";
  model.mode.threads = 2;
  model.intercept_ms = 0.5;
  model.terms = {{Feature::kActs, 1e-6}, {Feature::kInp, 2e-6}, {Feature::kFlops, 1e-9}};
  model.two_piece = regression::TwoPiece{2.0, 1.5, -0.25};
  return model;
}

// Both models; `description` tells versions apart.
inline regression::DeviceProfile TwoModeProfile(std::string device, std::string description = "") {
  regression::DeviceProfile profile;
  profile.device = std::move(device);
  profile.description = std::move(description);
  profile.provenance = {{"date", "2026-01-02"}};
  profile.models = {LinearModel(), ClassicModel()};
  return profile;
}

}  // namespace latcast::test

#endif  // LATCAST_TESTS_SUPPORT_PROFILES_H_
