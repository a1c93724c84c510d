// The frame of every handler: counted in the gate, absl::Status mapped to grpc::Status (the codes
// are the same numbers), exceptions of libraries ended.
#ifndef LATCAST_SERVER_RPC_ANSWER_H_
#define LATCAST_SERVER_RPC_ANSWER_H_

#include <grpcpp/support/status.h>

#include <exception>
#include <new>
#include <string>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "server/core/call_gate.h"

namespace latcast::server {

// A message travels in a header, and headers end at 8 KiB: longer messages are cut.
inline constexpr size_t kMaxStatusMessageBytes = 2048;

inline grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return {static_cast<grpc::StatusCode>(status.code()),
          std::string(status.message().substr(0, kMaxStatusMessageBytes))};
}

// What `work`, a function without arguments, answers; UNAVAILABLE once the gate is closed.
template <typename Work>
grpc::Status Answer(CallGate& gate, const Work& work) {
  if (!gate.Enter()) return {grpc::StatusCode::UNAVAILABLE, "the server is ending"};
  const absl::Cleanup leave = [&gate] { gate.Leave(); };
  try {
    return ToGrpc(work());
  } catch (const std::bad_alloc&) {
    return {grpc::StatusCode::RESOURCE_EXHAUSTED, "out of memory"};
  } catch (const std::exception& error) {
    return ToGrpc(absl::InternalError(error.what()));
  }
}

}  // namespace latcast::server

#endif  // LATCAST_SERVER_RPC_ANSWER_H_
