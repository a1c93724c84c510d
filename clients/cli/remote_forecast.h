// Forecasts by a server.
#ifndef LATCAST_CLIENTS_CLI_REMOTE_FORECAST_H_
#define LATCAST_CLIENTS_CLI_REMOTE_FORECAST_H_

#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "clients/cli/forecast.h"
#include "clients/cli/latency_profile.h"
#include "clients/cli/local_forecast.h"
#include "regression/points.h"

namespace latcast::cli {

struct RemoteTarget {
  std::string server;  // host:port
  std::string device;  // may be empty where the server has one active profile only
  ModeChoice mode;
};

// The graphs travel as they are, so a server forecasts models it has never heard of. Errors as
// FromServer makes them.
absl::StatusOr<ForecastSet> ForecastGraphsRemotely(std::span<const NamedGraph> graphs,
                                                   const RemoteTarget& target,
                                                   const ForecastOptions& options);
absl::StatusOr<ForecastSet> ForecastPointsRemotely(std::span<const regression::Point> points,
                                                   const RemoteTarget& target,
                                                   const ForecastOptions& options);

}  // namespace latcast::cli

#endif  // LATCAST_CLIENTS_CLI_REMOTE_FORECAST_H_
