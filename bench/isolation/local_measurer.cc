#include "bench/isolation/local_measurer.h"

#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/units.h"
#include "bench/harness/budget.h"
#include "bench/harness/measure_visit.h"
#include "bench/plan/candidate.h"

namespace latcast::bench {
namespace {

// What is measured instead of a point must not hold the run up: by the guess, no longer than this.
constexpr double kInsteadLimit_s = 10.0;

class LocalMeasurer final : public Measurer {
 public:
  LocalMeasurer(std::unique_ptr<Backend> backend, const std::atomic<bool>* interrupted)
      : backend_(std::move(backend)), interrupted_(interrupted) {
    info_ = {.device = backend_->device(),
             .mode = backend_->mode(),
             .settings = backend_->settings(),
             .provenance = backend_->provenance(),
             .has_virtual_time = backend_->clock().is_virtual()};
  }

  const DeviceInfo& info() const override { return info_; }
  Clock& clock() override { return backend_->clock(); }

  absl::StatusOr<Visit> Measure(const PointRequest& request) override {
    ASSIGN_OR_RETURN(Visit visit, MeasureSpec(request.spec, request));
    if (visit.outcome != Outcome::kOom) return visit;
    std::optional<std::string> smaller = HalfBatch(request.spec);
    for (; smaller.has_value(); smaller = HalfBatch(*smaller)) {
      if (GuessSeconds(*smaller, request.sampling) > kInsteadLimit_s) continue;
      ASSIGN_OR_RETURN(Visit instead, MeasureSpec(*smaller, request));
      visit.wall_s += instead.wall_s;
      if (instead.outcome == Outcome::kOk) {
        instead.instead = *std::move(smaller);
        instead.outcome = Outcome::kOom;
        instead.message = std::move(visit.message);
        instead.wall_s = visit.wall_s;
        return instead;
      }
      if (instead.outcome != Outcome::kOom) break;
    }
    return visit;
  }

 private:
  // Of a visit; endless for what cannot be built.
  double GuessSeconds(const std::string& spec, const SamplingSettings& sampling) const {
    const absl::StatusOr<Candidate> candidate = Examine(spec, info_.mode.threads);
    if (!candidate.ok()) return std::numeric_limits<double>::infinity();
    return FloorSeconds({candidate->prepare_s, candidate->rough_ms * 1e-3}, sampling);
  }

  absl::StatusOr<Visit> MeasureSpec(const std::string& spec, const PointRequest& request) {
    const Prepare prepare = [&]() -> absl::StatusOr<std::unique_ptr<Runnable>> {
      ASSIGN_OR_RETURN(const Candidate candidate, Examine(spec, info_.mode.threads));
      const int64_t needed = candidate.peak_bytes;
      if (const int64_t free = backend_->FreeMemoryBytes(); free > 0 && needed > free) {
        return absl::ResourceExhaustedError(
            absl::StrCat("needs about ", FormatBytes(static_cast<double>(needed)), ", ",
                         FormatBytes(static_cast<double>(free)), " are free"));
      }
      return backend_->Prepare(candidate.graph, request.weights);
    };
    return MeasureVisit(prepare, request.sampling, backend_->clock(), interrupted_);
  }

  std::unique_ptr<Backend> backend_;
  const std::atomic<bool>* interrupted_;
  DeviceInfo info_;
};

}  // namespace

std::unique_ptr<Measurer> MakeLocalMeasurer(std::unique_ptr<Backend> backend,
                                            const std::atomic<bool>* interrupted) {
  return std::make_unique<LocalMeasurer>(std::move(backend), interrupted);
}

}  // namespace latcast::bench
