#include "server/listen_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::server {
namespace {

constexpr int kMaxPort = 65'535;

absl::Status Bad(std::string_view text, absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("listen address '", ToAbsl(text), "': ", why, "; give HOST:PORT, for example ",
                   "127.0.0.1:7443, [::1]:7443 or 127.0.0.1:0 for any free port"));
}

}  // namespace

std::string ListenAddress::ToString(int actual_port) const {
  return host.find(':') == std::string::npos ? absl::StrCat(host, ":", actual_port)
                                             : absl::StrCat("[", host, "]:", actual_port);
}

absl::StatusOr<ListenAddress> ParseListenAddress(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return Bad(text, "no port");
  const auto port = ParseInt(text.substr(colon + 1));
  if (!port.ok() || *port < 0 || *port > kMaxPort) return Bad(text, "the port is not 0 to 65535");
  ListenAddress address{.host = std::string(text.substr(0, colon)),
                        .port = static_cast<int>(*port)};
  if (address.host == "localhost") address.host = "127.0.0.1";

  in_addr v4{};
  if (inet_pton(AF_INET, address.host.c_str(), &v4) == 1) {
    address.loopback = (ntohl(v4.s_addr) >> 24) == 127;
    return address;
  }
  if (address.host.starts_with('[') && address.host.ends_with(']')) {
    address.host = address.host.substr(1, address.host.size() - 2);
    in6_addr v6{};
    if (inet_pton(AF_INET6, address.host.c_str(), &v6) == 1) {
      address.loopback = IN6_IS_ADDR_LOOPBACK(&v6);
      return address;
    }
  }
  return Bad(text, "the host is no IP address");
}

absl::Status TryBind(const ListenAddress& address) {
  sockaddr_storage storage{};
  socklen_t length = 0;
  if (address.host.find(':') == std::string::npos) {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(static_cast<uint16_t>(address.port));
    inet_pton(AF_INET, address.host.c_str(), &v4->sin_addr);
    length = sizeof(*v4);
  } else {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(static_cast<uint16_t>(address.port));
    inet_pton(AF_INET6, address.host.c_str(), &v6->sin6_addr);
    length = sizeof(*v6);
  }
  const int fd = socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int reason = fd < 0 ? errno : 0;
  if (fd >= 0) {
    const int on = 1;  // as gRPC does: a port whose last connections still linger is free
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, reinterpret_cast<const sockaddr*>(&storage), length) != 0 || listen(fd, 1) != 0) {
      reason = errno;
    }
    close(fd);
  }
  if (reason == 0) return absl::OkStatus();
  const std::string where = address.ToString(address.port);
  if (reason == EADDRINUSE) {
    return absl::AlreadyExistsError(absl::StrCat(where, ": another program listens there"));
  }
  return absl::ErrnoToStatus(reason, absl::StrCat(where, ": cannot listen there"));
}

}  // namespace latcast::server
