// The evidence of a fit as JSON.
#ifndef LATCAST_CLIENTS_CLI_FIT_JSON_H_
#define LATCAST_CLIENTS_CLI_FIT_JSON_H_

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "regression/fit.h"
#include "regression/points.h"
#include "regression/profile.h"
#include "regression/staleness.h"
#include "regression/transfer.h"

namespace latcast::cli {

// How a model came to be, where it is more than a fit of one file.
struct FitHistory {
  std::string known_device;                        // that was transferred from
  std::optional<regression::Transfer> transfer;    // from a known device
  std::optional<regression::Staleness> staleness;  // of the model before points were added
  int added = 0;
};

// {known_device, method, scale, strength, expected_error, candidates[]}; shares as fractions.
nlohmann::ordered_json TransferJson(const std::string& known_device,
                                    const regression::Transfer& transfer);
// {stale, probes, witnesses, ratio, sigmas, outside, chance, thresholds{}}.
nlohmann::ordered_json StalenessJson(const regression::Staleness& staleness);

// {schema_version, points{}, summary{}, profile{}}: the profile as its own file has it; `transfer`
// and `added` where there were any.
std::string FitJson(const regression::PointsFile& file, const regression::FitSummary& summary,
                    const regression::DeviceProfile& profile, const FitHistory& history = {});

}  // namespace latcast::cli

#endif  // LATCAST_CLIENTS_CLI_FIT_JSON_H_
