// Profiles on a server.
#ifndef LATCAST_CLIENTS_CLI_REMOTE_PROFILES_H_
#define LATCAST_CLIENTS_CLI_REMOTE_PROFILES_H_

#include <string>

#include "absl/status/statusor.h"
#include "regression/profile.h"

namespace latcast::client {
class Client;
}

namespace latcast::cli {

// A usage error for an address that is none.
absl::StatusOr<client::Client> ConnectTo(const std::string& server);

// Stores a new version and says which, in one line. Errors as FromServer makes them.
absl::StatusOr<std::string> UploadProfile(const std::string& server,
                                          const regression::DeviceProfile& profile, bool activate);

}  // namespace latcast::cli

#endif  // LATCAST_CLIENTS_CLI_REMOTE_PROFILES_H_
