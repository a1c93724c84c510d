// What a calibration measures and how: the part of a job that its agent turns into the arguments of
// a program on another computer, so that nothing but known words may pass.
#ifndef LATCAST_SERVER_CORE_CALIBRATION_SPEC_H_
#define LATCAST_SERVER_CORE_CALIBRATION_SPEC_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace latcast::server {

// Empty texts are the defaults of latcast-bench.
struct CalibrationSpec {
  double budget_s = 90.0;
  int threads = 1;
  std::string plan = "quick";
  std::vector<std::string> networks{};
  std::string precision{};
  std::string layout{};
  std::string execution{};
  std::string metric{};
};

inline constexpr double kMaxBudget_s = 24.0 * 3600.0;
inline constexpr int kMaxNetworks = 100;

// INVALID_ARGUMENT naming the field: a budget that is not within (0, kMaxBudget_s], threads not
// within 1 to 1024, a word that is none of those of calibrations.proto, a network that is not in
// the zoo or named twice.
absl::Status Validate(const CalibrationSpec& spec);

}  // namespace latcast::server

#endif  // LATCAST_SERVER_CORE_CALIBRATION_SPEC_H_
