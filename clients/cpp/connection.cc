#include "clients/cpp/connection.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include "absl/strings/str_cat.h"
#include "base/text.h"

namespace latcast::client {
namespace {

// The report of a large network takes some tens of MiB.
constexpr int kMaxResponseBytes = 256 << 20;

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenChannel(const std::string& address) {
  const size_t colon = address.rfind(':');
  const auto port = ParseInt(colon == std::string::npos ? "" : address.substr(colon + 1));
  if (colon == 0 || !port.ok() || *port < 1 || *port > 65'535) {
    return absl::InvalidArgumentError(
        absl::StrCat("server address '", address, "': give HOST:PORT, for example 127.0.0.1:7443"));
  }
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxResponseBytes);
  // The server is in reach or it is not; a web proxy of the environment has no part in it.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

absl::Status ToStatus(const grpc::Status& status, const std::string& address) {
  auto code = static_cast<absl::StatusCode>(status.error_code());
  // Nobody cancels here, so the server did, because it ends.
  if (code == absl::StatusCode::kCancelled) code = absl::StatusCode::kUnavailable;
  if (code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kDeadlineExceeded) {
    return absl::Status(code, absl::StrCat("server ", address, ": ", status.error_message()));
  }
  return absl::Status(code, status.error_message());
}

}  // namespace latcast::client
