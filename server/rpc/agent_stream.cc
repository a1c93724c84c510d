#include "server/rpc/agent_stream.h"

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "server/core/limits.h"
#include "server/rpc/calibration_translation.h"

namespace latcast::server {
namespace {

absl::Status CheckLength(const char* field, const std::string& text, size_t limit) {
  if (text.size() <= limit) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(field, ": longer than ", limit, " bytes"));
}

constexpr size_t kMaxNameBytes = 256;
constexpr size_t kMaxMessageBytes = 16 << 10;

absl::StatusOr<AgentIntroduction> ToIntroduction(const v1::AgentMessage& message) {
  if (!message.has_hello()) return absl::InvalidArgumentError("hello: must come first");
  const v1::AgentHello& hello = message.hello();
  for (const auto& [field, text] :
       {std::pair("hello.hardware", &hello.hardware()), std::pair("hello.host", &hello.host()),
        std::pair("hello.instance", &hello.instance()),
        std::pair("hello.operation", &hello.operation())}) {
    RETURN_IF_ERROR(CheckLength(field, *text, kMaxNameBytes));
  }
  if (hello.hardware().empty()) return absl::InvalidArgumentError("hello.hardware: empty");
  if (hello.instance().empty()) return absl::InvalidArgumentError("hello.instance: empty");
  AgentIntroduction agent;
  agent.device.name = hello.device();
  agent.device.hardware = hello.hardware();
  agent.device.host = hello.host();
  agent.instance = hello.instance();
  agent.job = hello.operation();
  return agent;
}

}  // namespace

void AgentStream::Write(const v1::ServerMessage& message) {
  std::lock_guard lock(mutex_);
  stream_.Write(message);  // a broken stream ends the reading
}

void AgentStream::Welcome(const regression::Mode* profile_mode) {
  v1::ServerMessage message;
  v1::Welcome& welcome = *message.mutable_welcome();
  if (profile_mode != nullptr) *welcome.mutable_profile_mode() = ToProto(*profile_mode);
  Write(message);
}

void AgentStream::Measure(const JobRecord& job) {
  v1::ServerMessage message;
  message.mutable_job()->set_operation(job.name);
  const absl::StatusOr<v1::CalibrationSpec> spec = SpecFromText(job.spec);
  if (!spec.ok()) return Close();
  *message.mutable_job()->mutable_spec() = *spec;
  Write(message);
}

void AgentStream::Cancel(const std::string& job) {
  v1::ServerMessage message;
  message.mutable_cancel()->set_operation(job);
  Write(message);
}

absl::Status AgentStream::Handle(CalibrationDesk& desk, const v1::AgentMessage& message) {
  switch (message.message_case()) {
    case v1::AgentMessage::kProgress: {
      const v1::Progress& progress = message.progress().progress();
      RETURN_IF_ERROR(CheckLength("progress.phase", progress.phase(), kMaxNameBytes));
      desk.Report(*this, message.progress().operation(),
                  {progress.phase(), progress.done(), progress.total(), progress.left_s()});
      return absl::OkStatus();
    }
    case v1::AgentMessage::kFailure: {
      const v1::JobFailure& failure = message.failure();
      RETURN_IF_ERROR(CheckLength("failure.message", failure.message(), kMaxMessageBytes));
      const bool is_code = failure.code() >= 1 && failure.code() <= 16;
      return desk.Fail(*this, failure.operation(),
                       absl::Status(is_code ? static_cast<absl::StatusCode>(failure.code())
                                            : absl::StatusCode::kUnknown,
                                    failure.message()));
    }
    case v1::AgentMessage::kProbes: {
      const absl::StatusOr<regression::Staleness> staleness = desk.CheckProbes(
          *this, message.probes().points_csv(), message.probes().provenance_json());
      v1::ServerMessage answer;
      v1::ProbeVerdict& verdict = *answer.mutable_verdict();
      verdict.set_stale(staleness.ok() && staleness->stale);
      verdict.set_sentence(staleness.ok()
                               ? staleness->Sentence()
                               : absl::StrCat("unknown: ", staleness.status().message()));
      Write(answer);
      return absl::OkStatus();
    }
    case v1::AgentMessage::kHello:
      return absl::InvalidArgumentError("hello: said already");
    case v1::AgentMessage::MESSAGE_NOT_SET:
      return absl::InvalidArgumentError("message: not set");
  }
  return absl::OkStatus();
}

absl::Status AgentStream::Serve(CalibrationDesk& desk) {
  v1::AgentMessage message;
  if (!stream_.Read(&message)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const AgentIntroduction agent, ToIntroduction(message));
  const absl::Cleanup leave = [this, &desk] { desk.AgentLeft(*this); };
  RETURN_IF_ERROR(desk.AgentCame(agent, *this));
  while (stream_.Read(&message)) RETURN_IF_ERROR(Handle(desk, message));
  return absl::OkStatus();
}

}  // namespace latcast::server
