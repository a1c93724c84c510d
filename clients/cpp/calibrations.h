// A client of the service Calibrations: for those who want one, and for agents, who upload points.
// Blocking calls; errors as the client of client.h.
#ifndef LATCAST_CLIENTS_CPP_CALIBRATIONS_H_
#define LATCAST_CLIENTS_CPP_CALIBRATIONS_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/cpp/client.h"
#include "latcast/v1/calibrations.pb.h"

namespace latcast::client {

class AgentLink;

// Thread-safe; copies share one connection.
class Calibrations {
 public:
  // As Client::Connect.
  static absl::StatusOr<Calibrations> Connect(const std::string& address,
                                              const ClientOptions& options = {});

  absl::StatusOr<v1::Operation> Start(const v1::StartCalibrationRequest& request) const;
  absl::StatusOr<v1::Operation> Get(const std::string& name) const;
  // As it stands when it is done, or after the timeout of at most 30 s.
  absl::StatusOr<v1::Operation> Wait(const std::string& name, absl::Duration timeout) const;
  absl::StatusOr<v1::ListOperationsResponse> List(const std::string& device = "") const;
  absl::StatusOr<v1::Operation> Cancel(const std::string& name) const;
  absl::StatusOr<v1::ListDevicesResponse> Devices() const;

  absl::StatusOr<v1::UploadPointsResponse> UploadPoints(
      const v1::UploadPointsRequest& request) const;
  // Introduces an agent; the answers come through the link.
  std::unique_ptr<AgentLink> Serve(const v1::AgentHello& hello) const;

 private:
  struct Connection;
  explicit Calibrations(std::shared_ptr<const Connection> connection);
  std::shared_ptr<const Connection> connection_;
};

}  // namespace latcast::client

#endif  // LATCAST_CLIENTS_CPP_CALIBRATIONS_H_
