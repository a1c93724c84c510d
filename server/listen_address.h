// HOST:PORT to listen on. Nothing is encrypted, so a host other computers can reach is refused
// unless the user insists.
#ifndef LATCAST_SERVER_LISTEN_ADDRESS_H_
#define LATCAST_SERVER_LISTEN_ADDRESS_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace latcast::server {

struct ListenAddress {
  std::string host;  // numeric, without brackets
  int port = 0;      // 0: any free one
  bool loopback = false;

  std::string ToString(int actual_port) const;  // "[::1]:7443"
};

// HOST is an IPv4 address, an IPv6 address in brackets or "localhost" (127.0.0.1).
// INVALID_ARGUMENT says what is wrong.
absl::StatusOr<ListenAddress> ParseListenAddress(std::string_view text);

// Why nobody can listen there, as the kernel says: ALREADY_EXISTS for a port in use,
// PERMISSION_DENIED for a reserved one, ...; OK when a socket could be bound.
absl::Status TryBind(const ListenAddress& address);

}  // namespace latcast::server

#endif  // LATCAST_SERVER_LISTEN_ADDRESS_H_
