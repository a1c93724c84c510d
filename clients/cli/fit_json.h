// The evidence of a fit as JSON.
#ifndef LATCAST_CLIENTS_CLI_FIT_JSON_H_
#define LATCAST_CLIENTS_CLI_FIT_JSON_H_

#include <string>

#include "regression/fit.h"
#include "regression/points.h"
#include "regression/profile.h"

namespace latcast::cli {

// {schema_version, points{}, summary{}, profile{}}: the profile as its own file has it.
std::string FitJson(const regression::PointsFile& file, const regression::FitSummary& summary,
                    const regression::DeviceProfile& profile);

}  // namespace latcast::cli

#endif  // LATCAST_CLIENTS_CLI_FIT_JSON_H_
