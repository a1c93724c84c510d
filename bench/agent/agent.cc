#include "bench/agent/agent.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_macros.h"

namespace latcast::bench {
namespace {

using std::chrono::steady_clock;

// Between two looks at the bench: seldom enough not to disturb it.
constexpr absl::Duration kTick = absl::Milliseconds(200);

void Say(const std::string& line) {
  std::fprintf(stdout, "latcast-agent: %s\n", line.c_str());
  std::fflush(stdout);
}

double Jitter() {
  static auto& random = *new std::mt19937(std::random_device{}());
  return std::uniform_real_distribution<double>(0.5, 1.0)(random);
}

steady_clock::time_point In(double seconds) {
  return steady_clock::now() +
         std::chrono::duration_cast<steady_clock::duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

double Backoff(int failures, double jitter) {
  return std::min(30.0, 0.25 * std::exp2(std::min(failures - 1, 10))) * jitter;
}

bool IsFinal(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsAlreadyExists(status) ||
         absl::IsFailedPrecondition(status) || absl::IsUnimplemented(status) ||
         absl::IsPermissionDenied(status) || absl::IsUnauthenticated(status);
}

absl::StatusOr<std::unique_ptr<Agent>> Agent::Create(const AgentOptions& options) {
  ASSIGN_OR_RETURN(client::Calibrations client, client::Calibrations::Connect(options.server));
  ASSIGN_OR_RETURN(std::unique_ptr<AgentFolder> folder, AgentFolder::Open(options.folder));
  return std::unique_ptr<Agent>(new Agent(options, std::move(folder), std::move(client)));
}

absl::Status Agent::Run(const std::atomic<bool>& interrupted) {
  while (!interrupted) {
    if (absl::Status status = Listen(); !status.ok()) {
      link_.reset();
      if (IsFinal(status)) return status;
      ++link_failures_;
      const double pause_s = Backoff(link_failures_, Jitter());
      next_link_ = In(pause_s);
      if (is_welcome_ || link_failures_ == 1) {
        Say(absl::StrCat(status.message(), "; trying again"));
      }
      is_welcome_ = false;
    }
    Work();
  }
  return absl::OkStatus();
}

absl::Status Agent::Listen() {
  if (link_ == nullptr) {
    if (steady_clock::now() < next_link_) {
      std::this_thread::sleep_for(absl::ToChronoMilliseconds(kTick));
      return absl::OkStatus();
    }
    v1::AgentHello hello;
    hello.set_device(options_.name);
    hello.set_hardware(options_.bench.device);
    hello.set_host(options_.host);
    hello.set_instance(folder_->instance());
    if (task_) hello.set_operation(task_->operation);
    link_ = client_.Serve(hello);
  }
  ASSIGN_OR_RETURN(std::optional<v1::ServerMessage> message, link_->Next(kTick));
  while (message) {
    Handle(*message);
    ASSIGN_OR_RETURN(message, link_->Next(absl::ZeroDuration()));
  }
  return absl::OkStatus();
}

void Agent::Handle(const v1::ServerMessage& message) {
  switch (message.message_case()) {
    case v1::ServerMessage::kWelcome:
      Say(absl::StrCat("serving ", options_.name, " (", options_.bench.device, ") at ",
                       options_.server));
      is_welcome_ = true;
      link_failures_ = 0;
      if (!std::exchange(has_probed_, true) && message.welcome().has_profile_mode()) {
        probe_mode_ = message.welcome().profile_mode();
      }
      return;
    case v1::ServerMessage::kJob:
      if (task_ && task_->operation == message.job().operation()) return;
      // The server has but one job for the device: another one is none any more.
      if (task_ && !task_->operation.empty()) Cancelled(task_->operation);
      next_job_ = message.job();
      return;
    case v1::ServerMessage::kCancel:
      Cancelled(message.cancel().operation());
      return;
    case v1::ServerMessage::kVerdict:
      Say(absl::StrCat("the active profile is ", message.verdict().sentence()));
      return;
    case v1::ServerMessage::MESSAGE_NOT_SET:
      return;  // of a later server
  }
}

void Agent::Cancelled(std::string operation) {
  if (next_job_ && next_job_->operation() == operation) next_job_.reset();
  if (!task_ || task_->operation != operation) return;
  task_.reset();  // ends the bench
  folder_->Remove(operation);
  Say(absl::StrCat(operation, ": cancelled"));
}

void Agent::Work() {
  if (!task_) Begin();
  if (!task_) return;
  if (task_->upload) return UploadJob();
  Measure();
}

void Agent::Begin() {
  absl::Status status = absl::OkStatus();
  if (probe_mode_) {
    status = BeginProbes(*std::exchange(probe_mode_, std::nullopt));
  } else if (next_job_) {
    status = BeginJob(*std::exchange(next_job_, std::nullopt));
  }
  if (!status.ok()) Fail(status);
}

absl::Status Agent::BeginProbes(const v1::Mode& mode) {
  task_.emplace();
  folder_->Remove("probes");  // the device is to be measured as it is now
  ASSIGN_OR_RETURN(const std::string folder, folder_->Subfolder("probes"));
  const std::string plan = folder + "/plan.json";
  RETURN_IF_ERROR(WriteFileAtomically(plan, ProbePlan()));
  task_->measurement = std::make_unique<Measurement>(
      std::vector<BenchRun>{ProbeRun(options_.bench, mode, plan, folder)}, folder + "/bench.log",
      options_.measurement);
  Say("measuring the probes");
  return absl::OkStatus();
}

absl::Status Agent::BeginJob(const v1::Job& job) {
  task_.emplace();
  task_->operation = job.operation();
  if (!IsOperationName(job.operation())) {
    return absl::InvalidArgumentError("operation: not a name of an operation");
  }
  folder_->RemoveOld(job.operation());
  ASSIGN_OR_RETURN(const std::string folder, folder_->Subfolder(job.operation()));
  ASSIGN_OR_RETURN(std::vector<BenchRun> runs, JobRuns(options_.bench, job.spec(), folder));
  task_->measurement =
      std::make_unique<Measurement>(std::move(runs), folder + "/bench.log", options_.measurement);
  Say(absl::StrCat(job.operation(), ": measuring"));
  return absl::OkStatus();
}

void Agent::Measure() {
  const absl::StatusOr<bool> through = task_->measurement->Poll();
  if (!through.ok()) return Fail(through.status());
  if (!*through) return ReportProgress();
  const absl::StatusOr<std::string> points = task_->measurement->Points();
  const absl::StatusOr<std::string> provenance = task_->measurement->Provenance();
  if (!points.ok()) return Fail(points.status());
  if (!provenance.ok()) return Fail(provenance.status());
  task_->upload = {task_->operation, *points, *provenance, options_.piece_bytes};
  upload_failures_ = 0;
  next_upload_ = {};
}

void Agent::ReportProgress() {
  if (task_->operation.empty() || link_ == nullptr || !is_welcome_) return;
  v1::AgentMessage message;
  message.mutable_progress()->set_operation(task_->operation);
  *message.mutable_progress()->mutable_progress() = task_->measurement->progress();
  const std::string text = message.SerializeAsString();
  if (text == task_->reported) return;
  task_->reported = text;
  Send(message);
}

void Agent::UploadJob() {
  if (task_->operation.empty()) return SendProbes();
  if (steady_clock::now() < next_upload_) return;
  const absl::Status status = SendUpload(
      *task_->upload, [this](const auto& request) { return client_.UploadPoints(request); });
  if (status.ok()) {
    Say(absl::StrCat(task_->operation, ": measured and uploaded, ",
                     task_->upload->points_csv.size(), " bytes"));
    task_.reset();
  } else if (IsPassing(status)) {
    next_upload_ = In(Backoff(++upload_failures_, Jitter()));
  } else if (absl::IsNotFound(status) || absl::IsFailedPrecondition(status)) {
    Cancelled(task_->operation);  // it is no job any more
  } else {
    Fail(status);
  }
}

void Agent::SendProbes() {
  if (link_ == nullptr || !is_welcome_) return;
  v1::AgentMessage message;
  message.mutable_probes()->set_points_csv(task_->upload->points_csv);
  message.mutable_probes()->set_provenance_json(task_->upload->provenance_json);
  Send(message);
  task_.reset();
}

void Agent::Fail(const absl::Status& why) {
  const std::string operation = task_->operation;
  task_.reset();
  Say(absl::StrCat(operation.empty() ? "probes" : operation, ": ", why.message()));
  if (operation.empty()) return;
  // Should it not arrive, the server hands the job out again, and it fails again.
  v1::AgentMessage message;
  v1::JobFailure& failure = *message.mutable_failure();
  failure.set_operation(operation);
  failure.set_code(static_cast<int>(why.code()));
  failure.set_message(std::string(why.message()));
  Send(message);
}

void Agent::Send(const v1::AgentMessage& message) {
  if (link_ != nullptr) link_->Send(message);
}

}  // namespace latcast::bench
