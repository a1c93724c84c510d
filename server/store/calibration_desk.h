// The calibrations of this server: who asks, who measures, and what becomes of it. Between the
// store, which remembers jobs, and the agents, which come and go.
#ifndef LATCAST_SERVER_STORE_CALIBRATION_DESK_H_
#define LATCAST_SERVER_STORE_CALIBRATION_DESK_H_

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "regression/staleness.h"
#include "server/core/profile_snapshot.h"
#include "server/store/job_store.h"
#include "server/store/profile_registry.h"

namespace latcast::server {

// The way to one agent. Its functions return soon, are called one at a time, and say nothing of
// failure: a broken way shows itself by AgentLeft.
class AgentLink {
 public:
  virtual ~AgentLink() = default;
  // The first mode of the device's active profile; null without.
  virtual void Welcome(const regression::Mode* profile_mode) = 0;
  virtual void Measure(const JobRecord& job) = 0;
  virtual void Cancel(const std::string& job) = 0;
  virtual void Close() = 0;  // AgentLeft follows
};

struct AgentIntroduction {
  DeviceRecord device;
  std::string instance;  // an agent that comes back takes its old link's place
  std::string job;       // that it is measuring; empty without
};

struct JobProgress {
  std::string phase;
  int64_t done = 0;
  int64_t total = 0;
  double left_s = 0.0;
};

// A job and what only lasts as long as the server.
struct JobStatus {
  JobRecord job;
  std::optional<JobProgress> progress;  // of a running one
  bool agent_connected = false;
};

struct DeviceStatus {
  DeviceRecord device;
  bool connected = false;
  std::string job;  // that is running; empty without
};

inline constexpr size_t kMaxOpenJobs = 100;  // of a device
inline constexpr size_t kMaxAgents = 64;

// Thread-safe. Errors as JobStore's; UNAVAILABLE once stopped.
class CalibrationDesk {
 public:
  // Goes on with the jobs of the store. `profiles` and `snapshots` must outlive the desk.
  static absl::StatusOr<std::unique_ptr<CalibrationDesk>> Open(std::unique_ptr<JobStore> store,
                                                               ProfileRegistry& profiles,
                                                               const SnapshotHolder& snapshots);
  ~CalibrationDesk();

  // A job with a name of its own. NOT_FOUND for a device that no agent registered,
  // RESOURCE_EXHAUSTED when it has kMaxOpenJobs.
  absl::StatusOr<JobStatus> Start(const std::string& device, const std::string& spec,
                                  const std::string& request_id);
  absl::StatusOr<JobStatus> Get(std::string_view name);
  // When the job is done, else after `timeout`.
  absl::StatusOr<JobStatus> Wait(std::string_view name, std::chrono::milliseconds timeout);
  absl::StatusOr<std::vector<JobStatus>> List(std::string_view device);  // newest first
  // Done jobs stay as they are; FAILED_PRECONDITION for one that is fitting: it takes seconds.
  absl::StatusOr<JobStatus> Cancel(std::string_view name);
  absl::StatusOr<std::vector<DeviceStatus>> Devices();

  // Welcomes the agent and hands it the job of its device, or tells it to stop one that is none any
  // more. The link must stay until AgentLeft. ALREADY_EXISTS while another instance serves the
  // device, FAILED_PRECONDITION when the device was registered as other hardware, INVALID_ARGUMENT
  // for what is no device name, RESOURCE_EXHAUSTED beyond kMaxAgents.
  absl::Status AgentCame(const AgentIntroduction& agent, AgentLink& link);
  void AgentLeft(const AgentLink& link);
  // Of a job that the agent's device is running; ignored for others.
  void Report(const AgentLink& link, const std::string& job, JobProgress progress);
  absl::Status Fail(const AgentLink& link, const std::string& job, const absl::Status& why);
  // How fresh probes meet the active profile's model of their mode; kept with the device. NOT_FOUND
  // without a profile, FAILED_PRECONDITION without a model of that mode, else as ParsePoints,
  // ParseProvenance and CheckStaleness.
  absl::StatusOr<regression::Staleness> CheckProbes(const AgentLink& link,
                                                    std::string_view points_csv,
                                                    std::string_view provenance_json);

  struct Piece {
    std::string upload;
    int64_t offset = 0;
    std::string_view data;
    int64_t total_bytes = 0;
    std::string provenance_json;
  };
  // Bytes stored. The piece that completes the file makes the job kFitting, with its provenance.
  // FAILED_PRECONDITION when the job is not running; else as JobStore::Append.
  absl::StatusOr<int64_t> Upload(std::string_view job, const Piece& piece);

  // Ends waiting calls, links and the fitter; jobs stay as they are.
  void Stop();

 private:
  struct Agent {
    AgentIntroduction introduction;
    AgentLink* link = nullptr;
  };

  CalibrationDesk(std::unique_ptr<JobStore> store, ProfileRegistry& profiles,
                  const SnapshotHolder& snapshots)
      : store_(std::move(store)), profiles_(profiles), snapshots_(snapshots) {}

  // The rest holds mutex_.
  JobStatus StatusOf(JobRecord job) const;
  const Agent* AgentOf(std::string_view device) const;
  const Agent* AgentBehind(const AgentLink& link) const;
  absl::StatusOr<JobRecord> ChangeJob(std::string_view name, const JobChange& change);
  // Hands the device's running job, or its next one, to its agent.
  absl::Status Dispatch(const std::string& device);

  void FitJobs();  // the fitter's thread

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::unique_ptr<JobStore> store_;
  ProfileRegistry& profiles_;
  const SnapshotHolder& snapshots_;
  std::map<std::string, Agent, std::less<>> agents_;            // by device
  std::map<std::string, JobProgress, std::less<>> progress_;    // by job
  std::map<std::string, std::string, std::less<>> handed_out_;  // device -> job its agent was given
  bool stopped_ = false;
  std::thread fitter_;
};

}  // namespace latcast::server

#endif  // LATCAST_SERVER_STORE_CALIBRATION_DESK_H_
