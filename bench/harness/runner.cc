#include "bench/harness/runner.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "bench/harness/budget.h"
#include "bench/harness/drift.h"
#include "bench/harness/random.h"

namespace latcast::bench {
namespace {

struct Task {
  size_t item = 0;
  int pass = 0;
};

double MedianOrZero(const Visit& visit) {
  return visit.samples_ms.empty() ? 0.0 : Median(visit.samples_ms);
}

class RunState {
 public:
  RunState(std::span<const WorkItem> items, const RunnerOptions& options, std::vector<Visit> done,
           Clock& clock, const RunHooks& hooks, const WorkItem* probe)
      : items_(items),
        options_(options),
        clock_(clock),
        hooks_(hooks),
        probe_(probe),
        visits_(std::move(done)),
        by_item_(items.size()),
        next_pass_(items.size(), options.passes) {}

  absl::StatusOr<std::vector<Visit>> Run() {
    RETURN_IF_ERROR(Index());
    start_ns_ = clock_.NowNs();
    for (int pass = 0; pass < options_.passes; ++pass) {
      for (const size_t item : PassOrder(items_.size(), options_.seed, pass)) {
        if (!Has(item, pass)) pending_.push_back({item, pass});
      }
    }
    Report(nullptr);
    RETURN_IF_ERROR(WorkOff());
    while (AddRevisits()) RETURN_IF_ERROR(WorkOff());
    return std::move(visits_);
  }

 private:
  absl::Status Index() {
    if (options_.passes < 1) return absl::InvalidArgumentError("passes must be at least 1");
    std::map<std::string_view, size_t> index;
    for (size_t i = 0; i < items_.size(); ++i) {
      if (!index.emplace(items_[i].id, i).second) {
        return absl::InvalidArgumentError(
            absl::StrCat("point '", items_[i].id, "' is planned twice"));
      }
    }
    for (size_t v = 0; v < visits_.size(); ++v) {
      medians_.push_back(MedianOrZero(visits_[v]));
      spent_s_ += visits_[v].wall_s;
      if (visits_[v].is_probe) {
        ++probe_visits_;
        continue;
      }
      const auto it = index.find(visits_[v].id);
      if (it == index.end()) {
        return absl::InvalidArgumentError(
            absl::StrCat("point '", visits_[v].id, "' was measured but is not planned"));
      }
      by_item_[it->second].push_back(v);
      next_pass_[it->second] = std::max(next_pass_[it->second], visits_[v].pass + 1);
    }
    return absl::OkStatus();
  }

  bool Has(size_t item, int pass) const {
    return std::any_of(by_item_[item].begin(), by_item_[item].end(),
                       [&](size_t v) { return visits_[v].pass == pass; });
  }

  bool GaveUp(size_t item) const {
    return std::any_of(by_item_[item].begin(), by_item_[item].end(),
                       [&](size_t v) { return visits_[v].outcome > Outcome::kUnstable; });
  }

  // Medians of the item's visits that brought samples.
  std::vector<double> PassMedians(size_t item) const {
    std::vector<double> medians;
    for (const size_t v : by_item_[item]) {
      if (visits_[v].samples_ms.empty()) continue;
      if (!drift_.IsDrifted(v)) medians.push_back(medians_[v]);
    }
    return medians;
  }

  std::optional<double> MeasuredMs(size_t item) const {
    const std::vector<double> medians = PassMedians(item);
    if (medians.empty()) return std::nullopt;
    return Median(medians);
  }

  // How much slower this device is than the guesses, from what was measured so far.
  double GuessCorrection() const {
    std::vector<double> ratios;
    for (size_t i = 0; i < items_.size(); ++i) {
      const auto measured = MeasuredMs(i);
      if (measured.has_value() && items_[i].expected_ms > 0.0) {
        ratios.push_back(*measured / items_[i].expected_ms);
      }
    }
    return ratios.empty() ? 1.0 : Median(ratios);
  }

  VisitCost Cost(size_t item, double correction) const {
    VisitCost cost{items_[item].expected_prepare_s, 0.0};
    if (!by_item_[item].empty()) cost.prepare_s = visits_[by_item_[item].back()].prepare_s;
    cost.latency_s = MeasuredMs(item).value_or(items_[item].expected_ms * correction) * 1e-3;
    return cost;
  }

  // Costs of all pending visits, the next one first.
  std::vector<VisitCost> PendingCosts() const {
    const double correction = GuessCorrection();
    std::vector<VisitCost> costs;
    for (size_t i = next_; i < pending_.size(); ++i) {
      if (!GaveUp(pending_[i].item)) costs.push_back(Cost(pending_[i].item, correction));
    }
    return costs;
  }

  std::optional<double> Remaining() const {
    if (!options_.budget_s.has_value()) return std::nullopt;
    return *options_.budget_s - spent_s_ - clock_.SecondsSince(start_ns_);
  }

  // Adds another visit to the item unless it has had enough.
  bool VisitAgain(size_t item) {
    if (GaveUp(item) || next_pass_[item] >= options_.max_visits) return false;
    pending_.push_back({item, next_pass_[item]++});
    return true;
  }

  // Visits since the last probe but one that drifted, as far as the time allows.
  void RepeatDrifted(size_t stretch_begin) {
    double left_s = Remaining().value_or(1e300);
    for (const VisitCost& cost : PendingCosts()) left_s -= FloorSeconds(cost, options_.sampling);
    for (size_t i = 0; i < items_.size(); ++i) {
      if (by_item_[i].empty() || by_item_[i].back() < stretch_begin) continue;
      if (!drift_.IsDrifted(by_item_[i].back())) continue;
      left_s -= FloorSeconds(Cost(i, 1.0), options_.sampling);
      if (left_s > 0.0) VisitAgain(i);
    }
  }

  // Points with nothing but drifted visits first, then those with a single other one, then the
  // noisiest, as far as the time allows. Whether there are any.
  bool AddRevisits() {
    drift_ = FindDrift(visits_);
    const double unknown = options_.passes > 1 ? std::numeric_limits<double>::max() : 0.0;
    std::vector<std::pair<double, size_t>> noisy;
    for (size_t i = 0; i < items_.size(); ++i) {
      const std::vector<double> medians = PassMedians(i);
      const double noise = medians.empty() ? std::numeric_limits<double>::infinity()
                                           : PassNoise(medians).value_or(unknown);
      if (noise > options_.revisit_above) noisy.emplace_back(-noise, i);
    }
    std::sort(noisy.begin(), noisy.end());
    double left_s = Remaining().value_or(1e300);
    bool are_any = false;
    for (const auto& [negative_noise, item] : noisy) {
      left_s -= FloorSeconds(Cost(item, 1.0), options_.sampling);
      if (left_s > 0.0) are_any |= VisitAgain(item);
    }
    return are_any;
  }

  // Until nothing is pending, which the last probe may change.
  absl::Status WorkOff() {
    while (next_ < pending_.size() || since_probe_.value_or(0) > 0) {
      if (next_ == pending_.size()) {
        RETURN_IF_ERROR(Probe());
        continue;
      }
      const Task task = pending_[next_];
      if (!GaveUp(task.item)) {
        if (!since_probe_.has_value() || *since_probe_ >= options_.probe_every ||
            since_probe_s_ >= options_.probe_every_s) {
          RETURN_IF_ERROR(Probe());
        }
        const SamplingSettings settings =
            ShareBudget(options_.sampling, PendingCosts(), Remaining());
        ASSIGN_OR_RETURN(Visit visit, MakeVisit(items_[task.item], task.pass, settings));
        by_item_[task.item].push_back(visits_.size());
        since_probe_s_ += visit.wall_s;
        RETURN_IF_ERROR(Keep(std::move(visit)));
        since_probe_ = since_probe_.value_or(0) + 1;
        last_ = visits_.size() - 1;
      }
      ++next_;
      Report(last_.has_value() ? &visits_[*last_] : nullptr);
    }
    return absl::OkStatus();
  }

  absl::Status Keep(Visit visit) {
    RETURN_IF_ERROR(hooks_.on_visit(visit));
    medians_.push_back(MedianOrZero(visit));
    visits_.push_back(std::move(visit));
    return absl::OkStatus();
  }

  absl::Status Probe() {
    const size_t stretch_begin = visits_.size() - static_cast<size_t>(since_probe_.value_or(0));
    since_probe_ = 0;
    since_probe_s_ = 0.0;
    if (probe_ == nullptr || options_.probe_every == 0) return absl::OkStatus();
    for (int attempt = 0; attempt < 2; ++attempt) {
      ASSIGN_OR_RETURN(Visit visit,
                       MakeVisit(*probe_, static_cast<int>(probe_visits_++), options_.probing));
      visit.is_probe = true;
      RETURN_IF_ERROR(Keep(std::move(visit)));
      drift_ = FindDrift(visits_);
      if (!drift_.IsOff(medians_.back())) break;
    }
    RepeatDrifted(stretch_begin);
    return absl::OkStatus();
  }

  absl::StatusOr<Visit> MakeVisit(const WorkItem& item, int pass,
                                  const SamplingSettings& settings) const {
    if (hooks_.interrupted != nullptr && hooks_.interrupted->load()) {
      return absl::CancelledError("interrupted");
    }
    ASSIGN_OR_RETURN(Visit visit, item.measure(settings));
    visit.id = item.id;
    visit.pass = pass;
    return visit;
  }

  void Report(const Visit* last) const {
    if (!hooks_.on_progress) return;
    RunProgress progress;
    progress.last = last;
    progress.done = visits_.size() - probe_visits_;
    const size_t pending = PendingCosts().size();
    progress.total = progress.done + pending;
    progress.elapsed_s = clock_.SecondsSince(start_ns_);
    progress.left_s = TimeLeft(pending);
    hooks_.on_progress(progress);
  }

  // From the pace of the visits so far; before there are any, the budget.
  double TimeLeft(size_t pending) const {
    if (pending == 0) return 0.0;
    if (visits_.empty()) return options_.budget_s.value_or(0.0);
    double spent_s = 0.0;
    for (const Visit& visit : visits_) spent_s += visit.wall_s;
    return spent_s / static_cast<double>(visits_.size()) * static_cast<double>(pending);
  }

  std::span<const WorkItem> items_;
  const RunnerOptions& options_;
  Clock& clock_;
  const RunHooks& hooks_;
  const WorkItem* probe_;  // may be null
  std::vector<Visit> visits_;
  std::vector<double> medians_;               // of the samples of each visit
  std::vector<std::vector<size_t>> by_item_;  // indices into visits_
  std::vector<int> next_pass_;                // by item, of a repeated visit
  std::vector<Task> pending_;
  size_t next_ = 0;
  size_t probe_visits_ = 0;
  std::optional<int> since_probe_;  // visits; none in this run before its first probe
  double since_probe_s_ = 0.0;      // that they took
  std::optional<size_t> last_;      // the last visit that was no probe
  Drift drift_;                     // as far as probes have shown it
  int64_t start_ns_ = 0;
  double spent_s_ = 0.0;
};

}  // namespace

std::vector<size_t> PassOrder(size_t count, uint64_t seed, int pass) {
  std::vector<size_t> order(count);
  std::iota(order.begin(), order.end(), size_t{0});
  Random(seed * 1000003 + static_cast<uint64_t>(pass)).Shuffle(order);
  return order;
}

absl::StatusOr<std::vector<Visit>> RunAll(std::span<const WorkItem> items,
                                          const RunnerOptions& options, std::vector<Visit> done,
                                          Clock& clock, const RunHooks& hooks,
                                          const WorkItem* probe) {
  return RunState(items, options, std::move(done), clock, hooks, probe).Run();
}

}  // namespace latcast::bench
