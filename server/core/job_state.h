// The life of a calibration job, as a pure table.
//
//   queued --assigned--> running --uploaded--> fitting --fitted--> succeeded
//   queued, running --cancelled--> cancelled       (fitting takes seconds)
//   queued, running, fitting --failed--> failed
//
// running says that the job is its device's; whether an agent is connected at this moment is no
// part of it, so that neither an agent nor a server that ends changes a job.
#ifndef LATCAST_SERVER_CORE_JOB_STATE_H_
#define LATCAST_SERVER_CORE_JOB_STATE_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"

namespace latcast::server {

enum class JobState : uint8_t { kQueued, kRunning, kFitting, kSucceeded, kFailed, kCancelled };
enum class JobEvent : uint8_t { kAssigned, kUploaded, kFitted, kFailed, kCancelled };

std::string_view Name(JobState state);  // "queued", ...
std::string_view Name(JobEvent event);  // "assigned", ...
std::optional<JobState> FindJobState(std::string_view name);

// Nothing changes any more.
bool IsDone(JobState state);

// FAILED_PRECONDITION, naming both, for an event that the state does not know.
absl::StatusOr<JobState> Next(JobState state, JobEvent event);

}  // namespace latcast::server

#endif  // LATCAST_SERVER_CORE_JOB_STATE_H_
