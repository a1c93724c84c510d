// latcast-server put together: data folder, store, profiles, services, listening socket.
#ifndef LATCAST_SERVER_SERVER_H_
#define LATCAST_SERVER_SERVER_H_

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace latcast::server {

struct ServerOptions {
  std::string data_dir;
  std::string listen = "127.0.0.1:7443";
  bool insecure_ok = false;  // listen on addresses that other computers reach, unencrypted
};

class Server {
 public:
  // Serves when it returns. Errors name what is wrong: the address, the folder, the database.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options);
  ~Server();

  // "127.0.0.1:7443", with the port it really has.
  const std::string& address() const;

  // Health turns to NOT_SERVING, new calls are refused, calls in flight may finish within `grace`
  // and are cancelled then. Idle connections are not waited for.
  void Stop(std::chrono::milliseconds grace);

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace latcast::server

#endif  // LATCAST_SERVER_SERVER_H_
