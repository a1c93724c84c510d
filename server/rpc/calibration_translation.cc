#include "server/rpc/calibration_translation.h"

#include <google/protobuf/util/json_util.h>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "server/core/calibration_spec.h"
#include "server/store/fit_upload.h"

namespace latcast::server {

absl::StatusOr<std::string> SpecText(const v1::CalibrationSpec& asked) {
  v1::CalibrationSpec message = asked;
  CalibrationSpec spec;
  if (message.budget_s() == 0.0) message.set_budget_s(spec.budget_s);
  if (message.threads() == 0) message.set_threads(spec.threads);
  if (message.plan().empty()) message.set_plan(spec.plan);
  spec.budget_s = message.budget_s();
  spec.threads = message.threads();
  spec.plan = message.plan();
  spec.networks.assign(message.networks().begin(), message.networks().end());
  spec.precision = message.precision();
  spec.layout = message.layout();
  spec.execution = message.execution();
  spec.metric = message.metric();
  RETURN_IF_ERROR(Validate(spec));
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text);
  if (!status.ok()) return absl::InternalError(status.ToString());
  return text;
}

absl::StatusOr<v1::CalibrationSpec> SpecFromText(const std::string& text) {
  v1::CalibrationSpec spec;
  const auto status = google::protobuf::util::JsonStringToMessage(text, &spec);
  if (!status.ok()) {
    return absl::InternalError(absl::StrCat("stored specification: ", status.ToString()));
  }
  return spec;
}

absl::StatusOr<v1::Operation> ToProto(const JobStatus& status) {
  const JobRecord& job = status.job;
  v1::Operation operation;
  operation.set_name(job.name);
  operation.set_device(job.device);
  ASSIGN_OR_RETURN(*operation.mutable_spec(), SpecFromText(job.spec));
  operation.set_state(std::string(Name(job.state)));
  operation.set_done(IsDone(job.state));
  operation.set_created_at(job.created_at);
  operation.set_updated_at(job.updated_at);
  operation.set_agent_connected(status.agent_connected);
  if (status.progress) {
    v1::Progress& progress = *operation.mutable_progress();
    progress.set_phase(status.progress->phase);
    progress.set_done(status.progress->done);
    progress.set_total(status.progress->total);
    progress.set_left_s(status.progress->left_s);
  }
  operation.set_error_code(job.error_code);
  operation.set_error_message(job.message);
  if (job.state != JobState::kSucceeded) return operation;
  ASSIGN_OR_RETURN(const CalibrationOutcome outcome, ParseOutcome(job.result));
  v1::CalibrationResult& result = *operation.mutable_result();
  result.set_version(outcome.version);
  result.set_points(outcome.points);
  result.set_networks(outcome.networks);
  result.set_cross_validated_mdre(outcome.cross_validated_mdre);
  if (outcome.networks_mdre) result.set_networks_mdre(*outcome.networks_mdre);
  result.set_report(outcome.report);
  return operation;
}

v1::Device ToProto(const DeviceStatus& status) {
  v1::Device device;
  device.set_name(status.device.name);
  device.set_hardware(status.device.hardware);
  device.set_host(status.device.host);
  device.set_connected(status.connected);
  device.set_registered_at(status.device.registered_at);
  device.set_staleness(status.device.staleness);
  device.set_stale(status.device.stale);
  device.set_operation(status.job);
  return device;
}

v1::Mode ToProto(const regression::Mode& mode) {
  v1::Mode message;
  message.set_metric(mode.metric);
  message.set_precision(mode.precision);
  message.set_execution(mode.execution);
  message.set_layout(mode.layout);
  message.set_threads(mode.threads);
  return message;
}

}  // namespace latcast::server
