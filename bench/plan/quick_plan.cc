#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "analyzer/blocks/block_library.h"
#include "base/features.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "base/units.h"
#include "bench/harness/random.h"
#include "bench/plan/candidate.h"
#include "bench/plan/d_optimal.h"
#include "bench/plan/plans.h"
#include "bench/plan/random_block.h"

namespace latcast::bench {
namespace {

constexpr double kDefaultBudget_s = 60.0;
// The rest is for repeated visits to noisy points, and for guesses that were too low.
constexpr double kPlannedShare = 0.8;
// Of a block by guess: the shortest are all overhead, the longest eat the budget.
constexpr double kMinLatency_ms = 0.08;
constexpr double kMaxLatency_ms = 250.0;
// No point may cost more than this share of the budget.
constexpr double kMaxCostShare = 0.06;
constexpr int kTriesPerCandidate = 20;

// What a random draw would not hit: the heaviest convolutions of VGG; the fully connected layers of
// VGG and AlexNet, whose weights come from memory, and those behind a global pooling; pooling to
// more than one element, which is a kernel of its own and so rare that a few points are enough.
constexpr const char* kAlways[] = {
    "block:Classifier?batch=1&in=25088&hidden=0&hidden_layers=1&out=4096",
    "block:Classifier?batch=1&in=9216&hidden=4096&hidden_layers=1&out=4096",
    "block:Classifier?batch=1&in=4096&hidden=0&hidden_layers=1&out=4096",
    "block:Classifier?batch=1&in=2048&hidden=0&hidden_layers=1&out=1000",
    "block:VggStage?batch=1&cin=128&h=56&w=56&cout=256&convs=2&bn=0",
    "block:GlobalPool?batch=1&cin=512&h=14&w=14&out=7",
    "block:GlobalPool?batch=4&cin=256&h=7&w=7&out=7",
    "block:GlobalPool?batch=2&cin=384&h=28&w=28&out=7",
};

// Shares of the points by guessed latency. Left to itself the design takes the shortest points, for
// a relative error sees as much of them as of long ones; but a forecast is asked for networks,
// which are made of long ones.
struct Stratum {
  double below_ms;
  double share;
};
constexpr Stratum kStrata[] = {{0.3, 0.2},  {1.0, 0.2},  {4.0, 0.25},
                               {15.0, 0.2}, {60.0, 0.1}, {1e300, 0.05}};

// A family may have this many times the points of the average one: what is extreme in one family
// alone (a linear layer that fits the cache) must not decide the coefficients.
constexpr double kMaxFamilyShare = 1.5;

class QuickPlanner {
 public:
  explicit QuickPlanner(const PlanOptions& options)
      : options_(options), budget_s_(options.budget_s.value_or(kDefaultBudget_s)) {}

  absl::StatusOr<Plan> Make() {
    RETURN_IF_ERROR(FillPool());
    DOptimalDesign design(Rows());
    for (size_t i = 0; i < std::size(kAlways); ++i) Choose(i, design);
    // One point of every family at batch 1, then one with a larger batch, then what tells most.
    for (const bool single : {true, false}) {
      for (const std::string& family : families_) {
        const auto best = Best(design, [&](size_t i) {
          return pool_[i].item.group == family && IsSingle(i) == single;
        });
        if (best.has_value()) Choose(*best, design);
      }
    }
    std::set<std::string> covered;
    for (const size_t i : chosen_) covered.insert(pool_[i].item.group);
    if (covered.size() < families_.size()) {
      return absl::ResourceExhaustedError(
          absl::StrCat("a budget of ", FormatLatency(budget_s_ * 1e3), " is too small for ",
                       families_.size(), " block families: it covers ", covered.size()));
    }
    while (chosen_.size() < options_.max_points) {
      const std::optional<size_t> next = NextOfStrata(design);
      if (!next.has_value()) break;
      Choose(*next, design);
    }
    return ToPlan();
  }

 private:
  absl::Status FillPool() {
    std::set<std::string> specs;
    for (const char* spec : kAlways) {
      ASSIGN_OR_RETURN(Candidate candidate, Examine(spec, options_.threads));
      specs.insert(candidate.item.spec);
      Admit(std::move(candidate));
    }
    Random random(options_.seed);
    for (const blocks::BlockFamily& family : blocks::BuiltinFamilies()) {
      families_.emplace_back(family.name);
      size_t left = options_.pool_per_family;
      for (size_t tries = left * kTriesPerCandidate; left > 0 && tries > 0; --tries) {
        const blocks::BlockSpec block = {std::string(family.name), &family,
                                         RandomArguments(family, random)};
        absl::StatusOr<Candidate> candidate = Examine(block.ToString(), options_.threads);
        if (!candidate.ok() || !Fits(*candidate)) continue;
        if (!specs.insert(candidate->item.spec).second) continue;
        Admit(*std::move(candidate));
        --left;
      }
    }
    return absl::OkStatus();
  }

  bool Fits(const Candidate& candidate) const {
    return candidate.rough_ms >= kMinLatency_ms && candidate.rough_ms <= kMaxLatency_ms &&
           candidate.peak_bytes <= options_.memory_bytes &&
           Cost(candidate) <= kMaxCostShare * budget_s_;
  }

  double Cost(const Candidate& candidate) const {
    return RoughCostSeconds(candidate, options_.passes, options_.sampling);
  }

  void Admit(Candidate candidate) {
    costs_.push_back(Cost(candidate));
    candidate.graph = {};  // the pool is large
    pool_.push_back(std::move(candidate));
  }

  // Features over the guessed latency: what a relative error sees of them.
  std::vector<std::vector<double>> Rows() const {
    std::vector<std::vector<double>> rows;
    for (const Candidate& candidate : pool_) {
      std::vector<double>& row = rows.emplace_back();
      for (const Feature feature : FindFeatureSet("cpu")->predictors) {
        row.push_back(candidate.features[feature] / candidate.rough_ms);
      }
    }
    return rows;
  }

  bool IsSingle(size_t i) const { return pool_[i].features[Feature::kBatch] == 1.0; }

  static size_t StratumOf(double latency_ms) {
    size_t stratum = 0;
    while (latency_ms >= kStrata[stratum].below_ms) ++stratum;
    return stratum;
  }

  // From the stratum that has least of its share, and of the batch class that has fewer points, as
  // far as there are affordable ones.
  std::optional<size_t> NextOfStrata(const DOptimalDesign& design) const {
    std::vector<std::pair<double, size_t>> order;
    for (size_t s = 0; s < std::size(kStrata); ++s) {
      order.emplace_back(static_cast<double>(count_[s]) / kStrata[s].share, s);
    }
    std::sort(order.begin(), order.end());
    const bool single = 2 * singles_ <= chosen_.size();
    for (const auto& [unused, s] : order) {
      const auto in_stratum = [&, s = s](size_t i) { return StratumOf(pool_[i].rough_ms) == s; };
      auto best = Best(design, [&](size_t i) { return in_stratum(i) && IsSingle(i) == single; });
      if (!best.has_value()) best = Best(design, in_stratum);
      if (best.has_value()) return best;
    }
    return std::nullopt;
  }

  // The most telling affordable point for its cost. The root keeps long points in the race: by the
  // plain ratio only the shortest would be measured.
  template <typename Filter>
  std::optional<size_t> Best(const DOptimalDesign& design, const Filter& filter) const {
    const double left_s = kPlannedShare * budget_s_ - spent_s_;
    return design.Best(
        [&](size_t i) {
          return costs_[i] <= left_s && !IsCrowded(pool_[i].item.group) && filter(i);
        },
        [&](size_t i, double gain) { return gain / std::sqrt(costs_[i]); });
  }

  bool IsCrowded(const std::string& family) const {
    const auto count = family_count_.find(family);
    const double average =
        static_cast<double>(chosen_.size()) / static_cast<double>(families_.size());
    return count != family_count_.end() &&
           static_cast<double>(count->second) >= std::max(2.0, kMaxFamilyShare * average);
  }

  void Choose(size_t i, DOptimalDesign& design) {
    design.Choose(i);
    chosen_.push_back(i);
    spent_s_ += costs_[i];
    ++family_count_[pool_[i].item.group];
    ++count_[StratumOf(pool_[i].rough_ms)];
    if (IsSingle(i)) ++singles_;
  }

  Plan ToPlan() const {
    Plan plan;
    plan.settings = {{"plan", "quick"},
                     {"budget_s", FormatExact(budget_s_)},
                     {"seed", absl::StrCat(options_.seed)},
                     {"threads", absl::StrCat(options_.threads)}};
    for (const size_t i : chosen_) plan.items.push_back(pool_[i].item);
    return plan;
  }

  const PlanOptions& options_;
  double budget_s_;
  std::vector<std::string> families_;
  std::vector<Candidate> pool_;
  std::vector<double> costs_;
  std::vector<size_t> chosen_;
  std::map<std::string, size_t> family_count_;
  size_t count_[std::size(kStrata)] = {};
  size_t singles_ = 0;
  double spent_s_ = 0.0;
};

}  // namespace

absl::StatusOr<Plan> QuickPlan(const PlanOptions& options) { return QuickPlanner(options).Make(); }

absl::Status AddModels(const std::vector<std::string>& models, int threads, Plan& plan) {
  for (const std::string& model : models) {
    const bool is_known = std::any_of(plan.items.begin(), plan.items.end(),
                                      [&](const PlanItem& item) { return item.spec == model; });
    if (is_known) continue;
    ASSIGN_OR_RETURN(const Candidate candidate, Examine(model, threads));
    plan.items.push_back(candidate.item);
  }
  return absl::OkStatus();
}

}  // namespace latcast::bench
