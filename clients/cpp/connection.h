// One channel to a server, and calls over it with the errors that clients of latcast give. Internal
// to this room.
#ifndef LATCAST_CLIENTS_CPP_CONNECTION_H_
#define LATCAST_CLIENTS_CPP_CONNECTION_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace latcast::client {

// INVALID_ARGUMENT for an address that is not HOST:PORT.
absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenChannel(const std::string& address);

// What the server answered; UNAVAILABLE and DEADLINE_EXCEEDED name the address.
absl::Status ToStatus(const grpc::Status& status, const std::string& address);

// Runs one method of a stub, `(stub->*method)(&context, request, &response)`.
template <typename Response, typename Stub, typename Method, typename Request>
absl::StatusOr<Response> Call(const Stub& stub, Method method, const Request& request,
                              const std::string& address, absl::Duration timeout) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoNanoseconds(timeout));
  Response response;
  const grpc::Status status = (stub.get()->*method)(&context, request, &response);
  if (status.ok()) return response;
  return ToStatus(status, address);
}

}  // namespace latcast::client

#endif  // LATCAST_CLIENTS_CPP_CONNECTION_H_
