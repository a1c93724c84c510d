#include "server/store/calibration_desk.h"

#include <algorithm>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "regression/points.h"
#include "regression/provenance.h"
#include "server/core/upload_piece.h"
#include "server/store/fit_upload.h"

namespace latcast::server {
namespace {

// Until a store that could not be written is tried again.
constexpr std::chrono::seconds kStorePause(5);

std::string NewName() {
  std::random_device random;
  return absl::StrFormat("calibration-%08x%08x", random(), random());
}

absl::Status Stopped() { return absl::UnavailableError("the server is ending"); }

// The store may work again later; everything else is the job's own.
bool IsPassing(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsResourceExhausted(status);
}

}  // namespace

absl::StatusOr<std::unique_ptr<CalibrationDesk>> CalibrationDesk::Open(
    std::unique_ptr<JobStore> store, ProfileRegistry& profiles, const SnapshotHolder& snapshots) {
  RETURN_IF_ERROR(store->List("").status());  // what cannot be read is said at the start
  auto desk =
      std::unique_ptr<CalibrationDesk>(new CalibrationDesk(std::move(store), profiles, snapshots));
  desk->fitter_ = std::thread([desk = desk.get()] { desk->FitJobs(); });
  return desk;
}

CalibrationDesk::~CalibrationDesk() { Stop(); }

void CalibrationDesk::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    for (auto& [device, agent] : agents_) agent.link->Close();
    changed_.notify_all();
  }
  if (fitter_.joinable()) fitter_.join();
}

JobStatus CalibrationDesk::StatusOf(JobRecord job) const {
  JobStatus status;
  if (const auto found = progress_.find(job.name);
      found != progress_.end() && job.state == JobState::kRunning) {
    status.progress = found->second;
  }
  status.agent_connected = !IsDone(job.state) && AgentOf(job.device) != nullptr;
  status.job = std::move(job);
  return status;
}

const CalibrationDesk::Agent* CalibrationDesk::AgentOf(std::string_view device) const {
  const auto found = agents_.find(device);
  return found == agents_.end() ? nullptr : &found->second;
}

const CalibrationDesk::Agent* CalibrationDesk::AgentBehind(const AgentLink& link) const {
  for (const auto& [device, agent] : agents_) {
    if (agent.link == &link) return &agent;
  }
  return nullptr;
}

absl::StatusOr<JobRecord> CalibrationDesk::ChangeJob(std::string_view name,
                                                     const JobChange& change) {
  ASSIGN_OR_RETURN(JobRecord job, store_->Change(name, change));
  if (job.state != JobState::kRunning) progress_.erase(job.name);
  changed_.notify_all();
  return job;
}

absl::Status CalibrationDesk::Dispatch(const std::string& device) {
  const Agent* agent = AgentOf(device);
  if (agent == nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<JobRecord> jobs, store_->List(device));
  const auto in_state = [&jobs](JobState state) {
    return std::ranges::find(jobs, state, &JobRecord::state);
  };
  auto next = in_state(JobState::kRunning);
  if (next == jobs.end()) {
    next = in_state(JobState::kQueued);
    if (next == jobs.end()) return absl::OkStatus();
    RETURN_IF_ERROR(ChangeJob(next->name, {.event = JobEvent::kAssigned}).status());
  }
  std::string& handed_out = handed_out_[device];
  if (handed_out == next->name) return absl::OkStatus();
  handed_out = next->name;
  agent->link->Measure(*next);
  return absl::OkStatus();
}

absl::StatusOr<JobStatus> CalibrationDesk::Start(const std::string& device, const std::string& spec,
                                                 const std::string& request_id) {
  std::lock_guard lock(mutex_);
  if (stopped_) return Stopped();
  ASSIGN_OR_RETURN(const std::vector<DeviceRecord> devices, store_->Devices());
  if (std::ranges::find(devices, device, &DeviceRecord::name) == devices.end()) {
    return NoSuchDevice(device);
  }
  ASSIGN_OR_RETURN(const std::vector<JobRecord> jobs, store_->List(device));
  const auto open =
      std::ranges::count_if(jobs, [](const JobRecord& j) { return !IsDone(j.state); });
  if (static_cast<size_t>(open) >= kMaxOpenJobs) {
    return absl::ResourceExhaustedError(absl::StrCat("device: ", open, " operations of '", device,
                                                     "' are not done; cancel some, or wait"));
  }
  ASSIGN_OR_RETURN(const JobRecord job, store_->Create({NewName(), device, spec, request_id}));
  RETURN_IF_ERROR(Dispatch(device));
  ASSIGN_OR_RETURN(JobRecord now, store_->Get(job.name));
  return StatusOf(std::move(now));
}

absl::StatusOr<JobStatus> CalibrationDesk::Get(std::string_view name) {
  return Wait(name, std::chrono::milliseconds(0));
}

absl::StatusOr<JobStatus> CalibrationDesk::Wait(std::string_view name,
                                                std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  std::unique_lock lock(mutex_);
  while (true) {
    ASSIGN_OR_RETURN(JobRecord job, store_->Get(name));
    if (IsDone(job.state) || stopped_ || std::chrono::steady_clock::now() >= deadline) {
      return StatusOf(std::move(job));
    }
    changed_.wait_until(lock, deadline);
  }
}

absl::StatusOr<std::vector<JobStatus>> CalibrationDesk::List(std::string_view device) {
  std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(std::vector<JobRecord> jobs, store_->List(device));
  std::vector<JobStatus> list;
  for (auto job = jobs.rbegin(); job != jobs.rend(); ++job) list.push_back(StatusOf(*job));
  return list;
}

absl::StatusOr<JobStatus> CalibrationDesk::Cancel(std::string_view name) {
  std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(JobRecord job, store_->Get(name));
  if (IsDone(job.state)) return StatusOf(std::move(job));
  ASSIGN_OR_RETURN(job, ChangeJob(name, {.event = JobEvent::kCancelled,
                                         .error = absl::CancelledError("cancelled by a client")}));
  const Agent* agent = AgentOf(job.device);
  if (agent != nullptr && handed_out_[job.device] == job.name) {
    handed_out_.erase(job.device);
    agent->link->Cancel(job.name);
  }
  RETURN_IF_ERROR(Dispatch(job.device));
  return StatusOf(std::move(job));
}

absl::StatusOr<std::vector<DeviceStatus>> CalibrationDesk::Devices() {
  std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(const std::vector<DeviceRecord> devices, store_->Devices());
  std::vector<DeviceStatus> list;
  for (const DeviceRecord& device : devices) {
    ASSIGN_OR_RETURN(const std::vector<JobRecord> jobs, store_->List(device.name));
    const auto running = std::ranges::find(jobs, JobState::kRunning, &JobRecord::state);
    list.push_back(
        {device, AgentOf(device.name) != nullptr, running == jobs.end() ? "" : running->name});
  }
  return list;
}

absl::Status CalibrationDesk::AgentCame(const AgentIntroduction& agent, AgentLink& link) {
  const std::string& device = agent.device.name;
  RETURN_IF_ERROR(regression::ValidateDevice(device));
  std::lock_guard lock(mutex_);
  if (stopped_) return Stopped();
  if (const auto known = agents_.find(device); known != agents_.end()) {
    if (known->second.introduction.instance != agent.instance) {
      return absl::AlreadyExistsError(
          absl::StrCat("device: an agent on ", known->second.introduction.device.host, " serves '",
                       device, "' already; give this one another name"));
    }
    known->second.link->Close();
  } else if (agents_.size() >= kMaxAgents) {
    return absl::ResourceExhaustedError(absl::StrCat("more than ", kMaxAgents, " agents"));
  }
  ASSIGN_OR_RETURN(const std::vector<DeviceRecord> devices, store_->Devices());
  const auto before = std::ranges::find(devices, device, &DeviceRecord::name);
  if (before != devices.end() && before->hardware != agent.device.hardware) {
    return absl::FailedPreconditionError(absl::StrCat("hardware: '", device, "' is registered as ",
                                                      before->hardware, " and this agent measures ",
                                                      agent.device.hardware));
  }
  RETURN_IF_ERROR(store_->Register(agent.device));
  ASSIGN_OR_RETURN(const std::vector<JobRecord> jobs, store_->List(device));
  const auto running = std::ranges::find(jobs, JobState::kRunning, &JobRecord::state);
  agents_[device] = {agent, &link};
  handed_out_.erase(device);

  const auto snapshot = snapshots_.Get();
  const auto active = snapshot->find(device);
  link.Welcome(active == snapshot->end() ? nullptr : &active->second->profile.models[0].mode);
  if (running != jobs.end() && running->name == agent.job) {
    handed_out_[device] = agent.job;
  } else if (!agent.job.empty()) {
    link.Cancel(agent.job);
  }
  return Dispatch(device);
}

void CalibrationDesk::AgentLeft(const AgentLink& link) {
  std::lock_guard lock(mutex_);
  const Agent* agent = AgentBehind(link);
  if (agent == nullptr) return;  // another link has taken its place
  const std::string device = agent->introduction.device.name;
  handed_out_.erase(device);
  agents_.erase(device);
}

void CalibrationDesk::Report(const AgentLink& link, const std::string& job, JobProgress progress) {
  std::lock_guard lock(mutex_);
  const Agent* agent = AgentBehind(link);
  if (agent == nullptr) return;
  const auto handed_out = handed_out_.find(agent->introduction.device.name);
  if (handed_out == handed_out_.end() || handed_out->second != job) return;
  progress_[job] = std::move(progress);
}

absl::Status CalibrationDesk::Fail(const AgentLink& link, const std::string& job,
                                   const absl::Status& why) {
  std::lock_guard lock(mutex_);
  const Agent* agent = AgentBehind(link);
  if (agent == nullptr) return absl::OkStatus();
  const std::string device = agent->introduction.device.name;
  const auto handed_out = handed_out_.find(device);
  if (handed_out == handed_out_.end() || handed_out->second != job) return absl::OkStatus();
  RETURN_IF_ERROR(ChangeJob(job, {.event = JobEvent::kFailed, .error = why}).status());
  handed_out_.erase(device);
  return Dispatch(device);
}

absl::StatusOr<regression::Staleness> CalibrationDesk::CheckProbes(
    const AgentLink& link, std::string_view points_csv, std::string_view provenance_json) {
  ASSIGN_OR_RETURN(const regression::PointsFile points,
                   Annotate(regression::ParsePoints(points_csv), "probes"));
  ASSIGN_OR_RETURN(const regression::Provenance provenance,
                   Annotate(regression::ParseProvenance(provenance_json), "provenance"));
  std::lock_guard lock(mutex_);
  const Agent* agent = AgentBehind(link);
  if (agent == nullptr) return absl::UnavailableError("another link of this agent is in use");
  const std::string device = agent->introduction.device.name;
  const auto snapshot = snapshots_.Get();
  const auto active = snapshot->find(device);
  if (active == snapshot->end()) {
    return absl::NotFoundError(absl::StrCat("device '", device, "' has no active profile"));
  }
  const auto& models = active->second->profile.models;
  const auto model = std::ranges::find(models, provenance.mode, &regression::LatencyModel::mode);
  if (model == models.end()) {
    return absl::FailedPreconditionError(absl::StrCat("the active profile of '", device,
                                                      "' has no model of the mode of the probes"));
  }
  ASSIGN_OR_RETURN(const regression::Staleness staleness,
                   regression::CheckStaleness(*model, points.points));
  RETURN_IF_ERROR(store_->SetStaleness(
      device, staleness.stale,
      absl::StrCat("version ", active->second->version, " ", staleness.Sentence())));
  return staleness;
}

absl::StatusOr<int64_t> CalibrationDesk::Upload(std::string_view name, const Piece& piece) {
  std::lock_guard lock(mutex_);
  if (stopped_) return Stopped();
  ASSIGN_OR_RETURN(const JobRecord job, store_->Get(name));
  if (job.state == JobState::kFitting || job.state == JobState::kSucceeded) {
    // The last answer may have been lost: what is complete is acknowledged again.
    ASSIGN_OR_RETURN(const std::string stored, store_->Uploaded(name));
    const auto size = static_cast<int64_t>(stored.size());
    const auto rest = NewBytes(stored, piece.offset, piece.data, piece.total_bytes);
    if (size == piece.total_bytes && rest.ok() && rest->empty()) return size;
  }
  if (job.state != JobState::kRunning) {
    return absl::FailedPreconditionError(
        absl::StrCat("operation: '", job.name, "' is ", ToAbsl(Name(job.state)), ", not running"));
  }
  ASSIGN_OR_RETURN(const int64_t size,
                   store_->Append(name, piece.upload, piece.offset, piece.data, piece.total_bytes));
  if (size < piece.total_bytes || piece.provenance_json.empty()) return size;
  RETURN_IF_ERROR(
      ChangeJob(name, {.event = JobEvent::kUploaded, .provenance = piece.provenance_json})
          .status());
  handed_out_.erase(job.device);
  RETURN_IF_ERROR(Dispatch(job.device));
  return size;
}

void CalibrationDesk::FitJobs() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    const absl::StatusOr<std::vector<JobRecord>> jobs = store_->List("");
    const bool readable = jobs.ok();
    const auto job = readable ? std::ranges::find(*jobs, JobState::kFitting, &JobRecord::state)
                              : std::vector<JobRecord>::const_iterator();
    if (!readable) {
      changed_.wait_for(lock, kStorePause);
      continue;
    }
    if (job == jobs->end()) {
      changed_.wait(lock);
      continue;
    }
    const absl::StatusOr<std::string> points = store_->Uploaded(job->name);
    lock.unlock();
    absl::StatusOr<CalibrationOutcome> outcome =
        points.ok() ? FitUpload(*job, *points, profiles_)
                    : absl::StatusOr<CalibrationOutcome>(points.status());
    lock.lock();
    absl::Status stored = outcome.status();
    if (outcome.ok()) {
      stored = ChangeJob(job->name, {.event = JobEvent::kFitted, .result = FormatOutcome(*outcome)})
                   .status();
    } else if (!IsPassing(outcome.status())) {
      stored =
          ChangeJob(job->name, {.event = JobEvent::kFailed, .error = outcome.status()}).status();
    }
    if (!stored.ok()) changed_.wait_for(lock, kStorePause);
  }
}

}  // namespace latcast::server
