// Profiles on disk: immutable versions, at most one active version a device.
//
// Every store keeps the same contract, and one test suite holds all of them to it:
//  - a change is durable and whole when its call returns OK; after an error nothing has changed;
//  - versions of a device are 1, 2, ... in the order of their creation; the number of a deleted
//    version never comes back;
//  - all functions are thread-safe.
// Profiles are text here (regression::FormatProfile); the store does not look inside.
// Beside the errors below, a store on disk answers RESOURCE_EXHAUSTED when the disk is full,
// UNAVAILABLE when it cannot be read or written, DATA_LOSS for a damaged record.
#ifndef LATCAST_SERVER_STORE_PROFILE_STORE_H_
#define LATCAST_SERVER_STORE_PROFILE_STORE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace latcast::server {

struct ProfileRecord {
  std::string device;
  int version = 0;
  bool active = false;
  std::string created_at;    // RFC 3339, UTC
  std::string profile_json;  // empty in lists
  friend bool operator==(const ProfileRecord&, const ProfileRecord&) = default;
};

struct NewProfile {
  std::string device;
  std::string profile_json;
  bool activate = false;        // in the same step
  std::string request_id = {};  // empty: never a repetition
};

class ProfileStore {
 public:
  virtual ~ProfileStore() = default;

  // The next version of the device. A request_id that was seen before gives the first call's answer
  // and stores nothing; ALREADY_EXISTS when it came with another profile then. Deleting a version
  // forgets its request_id.
  virtual absl::StatusOr<ProfileRecord> Create(const NewProfile& profile) = 0;

  // Version 0 is the active one. NOT_FOUND names the device and version.
  virtual absl::StatusOr<ProfileRecord> Get(std::string_view device, int version) = 0;

  // Without texts, by device and version; an empty device lists all. An unknown device has none.
  virtual absl::StatusOr<std::vector<ProfileRecord>> List(std::string_view device) = 0;

  // NOT_FOUND as Get; activating the active version changes nothing.
  virtual absl::StatusOr<ProfileRecord> Activate(std::string_view device, int version) = 0;

  // NOT_FOUND as Get, FAILED_PRECONDITION for the active version.
  virtual absl::Status Delete(std::string_view device, int version) = 0;
};

// What every store says in these cases, and the clock they share.
absl::Status NoSuchVersion(std::string_view device, int version);
absl::Status IsActive(std::string_view device, int version);
absl::Status RequestIdUsed(std::string_view request_id);
std::string TimestampNow();

}  // namespace latcast::server

#endif  // LATCAST_SERVER_STORE_PROFILE_STORE_H_
