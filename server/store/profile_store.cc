#include "server/store/profile_store.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/text.h"

namespace latcast::server {

absl::Status NoSuchVersion(std::string_view device, int version) {
  if (version == 0) {
    return absl::NotFoundError(absl::StrCat("device '", ToAbsl(device), "' has no active profile"));
  }
  return absl::NotFoundError(
      absl::StrCat("device '", ToAbsl(device), "' has no profile version ", version));
}

absl::Status IsActive(std::string_view device, int version) {
  return absl::FailedPreconditionError(absl::StrCat("profile version ", version, " of device '",
                                                    ToAbsl(device),
                                                    "' is active: activate another one first"));
}

absl::Status RequestIdUsed(std::string_view request_id) {
  return absl::AlreadyExistsError(
      absl::StrCat("request_id: '", ToAbsl(request_id), "' was used for another profile"));
}

std::string TimestampNow() {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now(), absl::UTCTimeZone());
}

}  // namespace latcast::server
