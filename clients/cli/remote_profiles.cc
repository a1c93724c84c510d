#include "clients/cli/remote_profiles.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "clients/cli/exit_status.h"
#include "clients/cpp/client.h"
#include "clients/cpp/profile_json.h"

namespace latcast::cli {

absl::StatusOr<client::Client> ConnectTo(const std::string& server) {
  if (server.empty()) return UsageError("give --server ADDRESS, the host:port of a latcast-server");
  absl::StatusOr<client::Client> client = client::Client::Connect(server);
  if (!client.ok()) return UsageError(absl::StrCat("--server: ", client.status().message()));
  return client;
}

absl::StatusOr<std::string> UploadProfile(const std::string& server,
                                          const regression::DeviceProfile& profile, bool activate) {
  ASSIGN_OR_RETURN(const client::Client client, ConnectTo(server));
  ASSIGN_OR_RETURN(const v1::DeviceProfile message,
                   client::ProfileFromJson(regression::FormatProfile(profile)));
  const absl::StatusOr<v1::StoredProfile> stored = client.CreateProfile(message, activate);
  if (!stored.ok()) return FromServer(stored.status(), server);
  return absl::StrCat("stored as ", stored->device(), " version ", stored->version(),
                      stored->active() ? ", active" : "", " on ", server, "\n");
}

}  // namespace latcast::cli
