#include "server/store/job_store.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "server/store/profile_store.h"

namespace latcast::server {

absl::Status NoSuchJob(std::string_view name) {
  return absl::NotFoundError(absl::StrCat("no operation is called '", ToAbsl(name), "'"));
}

absl::Status NoSuchDevice(std::string_view device) {
  return absl::NotFoundError(
      absl::StrCat("device: no agent has registered '", ToAbsl(device), "'"));
}

absl::Status JobRequestIdUsed(std::string_view request_id) {
  return absl::AlreadyExistsError(
      absl::StrCat("request_id: '", ToAbsl(request_id), "' was used for another calibration"));
}

absl::StatusOr<JobRecord> Apply(JobRecord job, const JobChange& change) {
  ASSIGN_OR_RETURN(job.state, Next(job.state, change.event));
  job.updated_at = TimestampNow();
  if (!change.error.ok()) {
    job.error_code = static_cast<int>(change.error.code());
    job.message = std::string(change.error.message());
  }
  if (!change.result.empty()) job.result = change.result;
  if (!change.provenance.empty()) job.provenance = change.provenance;
  return job;
}

}  // namespace latcast::server
