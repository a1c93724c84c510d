#include "bench/agent/measurement.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/units.h"

namespace latcast::bench {
namespace {

using std::chrono::steady_clock;

steady_clock::duration Seconds(double seconds) {
  return std::chrono::duration_cast<steady_clock::duration>(std::chrono::duration<double>(seconds));
}

int64_t FileBytes(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : static_cast<int64_t>(size);
}

// What the program says goes to `log`, which is written anew. Ctrl-C does not reach it, and what
// hangs below it ends with it.
absl::StatusOr<std::unique_ptr<RunningProgram>> StartWithLog(
    const std::vector<std::string>& command, const std::string& log) {
  const int input = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const absl::Cleanup close_input = [input] { ::close(input); };
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (output < 0) return absl::ErrnoToStatus(errno, absl::StrCat(log, ": cannot be written"));
  const absl::Cleanup close_output = [output] { ::close(output); };
  return RunningProgram::Start(command, {.input = input, .output = output, .error = output},
                               ProcessGroup::kItsOwn);
}

}  // namespace

bool WorthAnotherAttempt(int futile) { return futile < kMaxFutileAttempts; }

int64_t Measurement::JournalBytes() const { return FileBytes(runs_[current_].journal); }

std::string Measurement::LogText() const {
  const absl::StatusOr<std::string> text = ReadFile(log_);
  return text.ok() ? *text : std::string(text.status().message());
}

absl::Status Measurement::StartRun() {
  journal_at_start_ = JournalBytes();
  bytes_seen_ = -1;
  last_change_ = steady_clock::now();
  ASSIGN_OR_RETURN(process_, StartWithLog(runs_[current_].command, log_));
  return absl::OkStatus();
}

absl::Status Measurement::Lost(const std::string& how) {
  process_.reset();
  futile_ = JournalBytes() > journal_at_start_ ? 0 : futile_ + 1;
  if (!WorthAnotherAttempt(futile_)) {
    return absl::UnavailableError(
        absl::StrCat("latcast-bench ", how, ", ", futile_,
                     " times without measuring anything: ", LastLine(LogText())));
  }
  not_before_ = steady_clock::now() + Seconds(options_.retry_pause_s * (1 << futile_));
  return absl::OkStatus();
}

absl::StatusOr<bool> Measurement::Poll() {
  const Time now = steady_clock::now();
  if (current_ == runs_.size()) return true;
  if (process_ == nullptr) {
    if (now >= not_before_) RETURN_IF_ERROR(StartRun());
    return false;
  }
  if (const std::optional<int> ended = process_->Ended(); ended.has_value()) {
    if (const int status = ExitStatus(*ended); status != 0) {
      RETURN_IF_ERROR(Lost(absl::StrCat("ended with status ", status)));
      return false;
    }
    process_.reset();
    futile_ = 0;
    ++current_;
    return current_ == runs_.size();
  }
  if (const int64_t bytes = JournalBytes() + FileBytes(log_); bytes != bytes_seen_) {
    bytes_seen_ = bytes;
    last_change_ = now;
  } else if (now - last_change_ > Seconds(options_.hang_limit_s)) {
    RETURN_IF_ERROR(
        Lost(absl::StrCat("did nothing for ", FormatLatency(options_.hang_limit_s * 1e3))));
  }
  return false;
}

v1::Progress Measurement::progress() const {
  const size_t run = std::min(current_, runs_.size() - 1);
  v1::Progress progress = LastProgress(LogText()).value_or(v1::Progress());
  progress.set_phase(runs_[run].phase);
  return progress;
}

absl::StatusOr<std::string> Measurement::Points() const {
  ASSIGN_OR_RETURN(std::string points, ReadFile(runs_[0].points));
  for (size_t i = 1; i < runs_.size(); ++i) {
    ASSIGN_OR_RETURN(const std::string more, ReadFile(runs_[i].points));
    ASSIGN_OR_RETURN(points, JoinPoints(points, more));
  }
  return points;
}

absl::StatusOr<std::string> Measurement::Provenance() const {
  return ReadFile(runs_[0].points + ".provenance.json");
}

}  // namespace latcast::bench
