// An agent's end of its stream to the server.
#ifndef LATCAST_CLIENTS_CPP_AGENT_LINK_H_
#define LATCAST_CLIENTS_CPP_AGENT_LINK_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "latcast/v1/calibrations.grpc.pb.h"

namespace latcast::client {

class AgentLink {
 public:
  virtual ~AgentLink() = default;  // ends the stream

  // The next message of the server; nullopt when none comes within `timeout`. Once the stream has
  // ended and all its messages are read: the status it ended with, UNAVAILABLE for OK.
  virtual absl::StatusOr<std::optional<v1::ServerMessage>> Next(absl::Duration timeout) = 0;

  // What cannot be sent is told by Next.
  virtual void Send(const v1::AgentMessage& message) = 0;
};

std::unique_ptr<AgentLink> MakeAgentLink(std::shared_ptr<v1::Calibrations::Stub> stub,
                                         std::string address, const v1::AgentHello& hello);

}  // namespace latcast::client

#endif  // LATCAST_CLIENTS_CPP_AGENT_LINK_H_
