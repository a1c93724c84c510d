// Calibration jobs, what has been uploaded for them, and the devices that agents registered.
//
// One contract for every store, held by one test suite: a change is durable and whole when its call
// returns OK, after an error nothing has changed, all functions are thread-safe. What a job is to
// measure is text here; the store does not look inside. Beside the errors below, a store on disk
// answers as ProfileStore's do.
#ifndef LATCAST_SERVER_STORE_JOB_STORE_H_
#define LATCAST_SERVER_STORE_JOB_STORE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/core/job_state.h"

namespace latcast::server {

struct JobRecord {
  std::string name;
  std::string device;
  std::string spec;
  JobState state = JobState::kQueued;
  std::string created_at;  // RFC 3339, UTC
  std::string updated_at;  // of the last change of state
  int error_code = 0;      // absl::StatusCode; of failed and cancelled jobs
  std::string message;     // why
  std::string result;      // of succeeded jobs, as the caller wrote it
  std::string provenance;  // of the uploaded points
  friend bool operator==(const JobRecord&, const JobRecord&) = default;
};

struct NewJob {
  std::string name;  // of nobody else
  std::string device;
  std::string spec;
  std::string request_id = {};  // empty: never a repetition
};

// A change of state, and what comes with it.
struct JobChange {
  JobEvent event = JobEvent::kAssigned;
  absl::Status error = absl::OkStatus();  // with kFailed and kCancelled
  std::string result = {};                // with kFitted
  std::string provenance = {};            // with kUploaded
};

struct DeviceRecord {
  std::string name{};
  std::string hardware{};
  std::string host{};
  std::string registered_at{};
  std::string staleness{};  // a sentence; empty before the first probes
  bool stale = false;
  friend bool operator==(const DeviceRecord&, const DeviceRecord&) = default;
};

class JobStore {
 public:
  virtual ~JobStore() = default;

  // A queued job. A request_id that was seen before gives its job as it is now and stores nothing;
  // ALREADY_EXISTS when it came with another device or spec then.
  virtual absl::StatusOr<JobRecord> Create(const NewJob& job) = 0;
  // NOT_FOUND naming the job.
  virtual absl::StatusOr<JobRecord> Get(std::string_view name) = 0;
  // In the order of their creation; an empty device lists all.
  virtual absl::StatusOr<std::vector<JobRecord>> List(std::string_view device) = 0;
  // NOT_FOUND as Get, FAILED_PRECONDITION as Next(state, event).
  virtual absl::StatusOr<JobRecord> Change(std::string_view name, const JobChange& change) = 0;

  // Puts a piece of the job's points where it belongs and returns how many bytes of this upload are
  // stored. Another upload id than before starts with an empty file. NOT_FOUND as Get, else as
  // NewBytes (upload_piece.h). The state of the job does not matter here.
  virtual absl::StatusOr<int64_t> Append(std::string_view name, std::string_view upload,
                                         int64_t offset, std::string_view data,
                                         int64_t total_bytes) = 0;
  // All bytes of the last upload; empty before. NOT_FOUND as Get.
  virtual absl::StatusOr<std::string> Uploaded(std::string_view name) = 0;

  // Registers the device, or registers it again: what is known of its staleness stays.
  virtual absl::Status Register(const DeviceRecord& device) = 0;
  // NOT_FOUND naming the device.
  virtual absl::Status SetStaleness(std::string_view device, bool stale,
                                    std::string_view sentence) = 0;
  // By name.
  virtual absl::StatusOr<std::vector<DeviceRecord>> Devices() = 0;
};

// What every store says in these cases.
absl::Status NoSuchJob(std::string_view name);
absl::Status NoSuchDevice(std::string_view device);
absl::Status JobRequestIdUsed(std::string_view request_id);

// The record after the change; FAILED_PRECONDITION as Next.
absl::StatusOr<JobRecord> Apply(JobRecord job, const JobChange& change);

}  // namespace latcast::server

#endif  // LATCAST_SERVER_STORE_JOB_STORE_H_
