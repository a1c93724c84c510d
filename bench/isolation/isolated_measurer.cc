#include "bench/isolation/isolated_measurer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "bench/harness/child_process.h"
#include "bench/isolation/protocol.h"

namespace latcast::bench {
namespace {

// The first thing that two devices differ in; empty when they are the same.
std::string Difference(const DeviceInfo& before, const DeviceInfo& now) {
  if (before.device != now.device) {
    return absl::StrCat("device ", before.device, " calls itself ", now.device, " now");
  }
  std::map<std::string, std::string> keys = before.settings;
  keys.insert(now.settings.begin(), now.settings.end());
  for (const auto& [key, unused] : keys) {
    const auto value = [&key = key](const DeviceInfo& info) {
      const auto it = info.settings.find(key);
      return it == info.settings.end() ? std::string("nothing") : it->second;
    };
    if (value(before) != value(now)) {
      return absl::StrCat(key, " was ", value(before), " and is ", value(now), " now");
    }
  }
  return "";
}

class IsolatedMeasurer final : public Measurer {
 public:
  IsolatedMeasurer(IsolationOptions options, const std::atomic<bool>* interrupted)
      : options_(std::move(options)), interrupted_(interrupted) {}

  absl::Status Start() {
    ASSIGN_OR_RETURN(child_, ChildProcess::Start(options_.command));
    absl::StatusOr<std::string> line = child_->Receive(options_.start_limit_s, interrupted_);
    if (!line.ok()) {
      child_.reset();
      if (absl::IsCancelled(line.status())) return line.status();
      return absl::UnavailableError(
          absl::StrCat("the measuring process did not start: ", line.status().message()));
    }
    absl::StatusOr<DeviceInfo> info = ParseDevice(*line);
    if (!info.ok()) {
      child_.reset();
      return info.status();
    }
    if (!has_info_) {
      info_ = *std::move(info);
      has_info_ = true;
    } else if (const std::string difference = Difference(info_, *info); !difference.empty()) {
      child_.reset();
      return absl::FailedPreconditionError(
          absl::StrCat("the device is another one than at the beginning: ", difference));
    }
    return absl::OkStatus();
  }

  const DeviceInfo& info() const override { return info_; }

  Clock& clock() override {
    return info_.has_virtual_time ? static_cast<Clock&>(virtual_clock_) : steady_clock_;
  }

  absl::StatusOr<Visit> Measure(const PointRequest& request) override {
    if (lost_in_a_row_ > options_.max_lost_in_a_row) {
      return absl::UnavailableError(absl::StrCat(lost_in_a_row_,
                                                 " points in a row were lost with their process, "
                                                 "the last one: ",
                                                 lost_why_));
    }
    if (child_ == nullptr) RETURN_IF_ERROR(Start());
    const int64_t start = steady_clock_.NowNs();
    absl::StatusOr<Visit> visit = Ask(request);
    if (visit.ok()) {
      lost_in_a_row_ = 0;
      virtual_clock_.SleepNs(static_cast<int64_t>(visit->wall_s * 1e9));
      return visit;
    }
    child_.reset();
    if (absl::IsCancelled(visit.status())) return visit.status();
    ++lost_in_a_row_;
    lost_why_ = std::string(visit.status().message());
    Visit lost;
    lost.outcome = Outcome::kFailed;
    lost.message = lost_why_;
    lost.wall_s = steady_clock_.SecondsSince(start);
    return lost;
  }

 private:
  // Any error but CANCELLED is the end of the process.
  absl::StatusOr<Visit> Ask(const PointRequest& request) {
    absl::Status sent = child_->Send(FormatRequest(request));
    // A process that has ended says how when it is listened to.
    absl::StatusOr<std::string> line = child_->Receive(request.limit_s, interrupted_);
    if (!line.ok() && !absl::IsCancelled(line.status())) {
      return absl::Status(line.status().code(),
                          absl::StrCat("measuring process: ", line.status().message()));
    }
    RETURN_IF_ERROR(line.status());
    RETURN_IF_ERROR(sent);
    return ParseAnswer(*line);
  }

  IsolationOptions options_;
  const std::atomic<bool>* interrupted_;
  std::unique_ptr<ChildProcess> child_;
  DeviceInfo info_;
  bool has_info_ = false;
  int lost_in_a_row_ = 0;
  std::string lost_why_;
  ManualClock virtual_clock_;
  SteadyClock steady_clock_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Measurer>> MakeIsolatedMeasurer(
    const IsolationOptions& options, const std::atomic<bool>* interrupted) {
  auto measurer = std::make_unique<IsolatedMeasurer>(options, interrupted);
  RETURN_IF_ERROR(measurer->Start());
  return measurer;
}

}  // namespace latcast::bench
