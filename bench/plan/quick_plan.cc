#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/features.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "base/units.h"
#include "bench/harness/random.h"
#include "bench/plan/candidate.h"
#include "bench/plan/candidate_pool.h"
#include "bench/plan/d_optimal.h"
#include "bench/plan/plans.h"

namespace latcast::bench {
namespace {

constexpr double kDefaultBudget_s = 60.0;
// The rest is for repeated visits to noisy points, and for guesses that were too low.
constexpr double kPlannedShare = 0.8;
// Of the planned time, for points that are held out.
constexpr double kHeldOutShare = 0.1;
// No point may cost more than this share of the budget.
constexpr double kMaxCostShare = 0.06;

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
  QuickPlanner(const PlanOptions& options, double budget_s, CandidatePool pool,
               const FeatureSet& features)
      : options_(options),
        budget_s_(budget_s),
        pool_(std::move(pool)),
        design_(Rows(pool_.entries, features)) {}

  absl::StatusOr<Plan> Make() {
    for (size_t i = 0; i < pool_.fixed; ++i) Choose(i);
    RETURN_IF_ERROR(CoverOperators());
    CoverFamilies();
    while (chosen_.size() < options_.max_points) {
      const std::optional<size_t> next = NextOfStrata();
      if (!next.has_value()) break;
      Choose(*next);
    }
    return ToPlan();
  }

 private:
  // Features over the guessed latency: what a relative error sees of them.
  static std::vector<std::vector<double>> Rows(const std::vector<PoolEntry>& entries,
                                               const FeatureSet& features) {
    std::vector<std::vector<double>> rows;
    for (const PoolEntry& entry : entries) {
      std::vector<double>& row = rows.emplace_back();
      for (const Feature feature : features.predictors) {
        row.push_back(entry.features[feature] / entry.rough_ms);
      }
    }
    return rows;
  }

  absl::Status CoverOperators() {
    for (const std::string& type : pool_.op_types) {
      if (op_types_.contains(type)) continue;
      const auto best = Best([&](const PoolEntry& entry) { return entry.op_types.contains(type); });
      if (!best.has_value()) {
        return absl::ResourceExhaustedError(
            absl::StrCat("a budget of ", FormatLatency(budget_s_ * 1e3), " is too small for the ",
                         pool_.op_types.size(), " operators of the block library: it covers ",
                         op_types_.size(), ", and not ", type));
      }
      Choose(*best);
    }
    return absl::OkStatus();
  }

  // One point of every family, then one with the other kind of batch.
  void CoverFamilies() {
    for (const bool single : {true, false}) {
      for (const std::string& family : pool_.families) {
        if (kinds_.contains({family, single})) continue;
        const auto best = Best([&](const PoolEntry& entry) {
          return entry.item.group == family && entry.has_single_image == single;
        });
        if (best.has_value()) Choose(*best);
      }
    }
  }

  static size_t StratumOf(double latency_ms) {
    size_t stratum = 0;
    while (latency_ms >= kStrata[stratum].below_ms) ++stratum;
    return stratum;
  }

  // From the stratum that has least of its share, and of the batch class that has fewer points, as
  // far as there are affordable ones.
  std::optional<size_t> NextOfStrata() const {
    std::vector<std::pair<double, size_t>> order;
    for (size_t s = 0; s < std::size(kStrata); ++s) {
      order.emplace_back(static_cast<double>(count_[s]) / kStrata[s].share, s);
    }
    std::sort(order.begin(), order.end());
    const bool single = 2 * singles_ <= chosen_.size();
    for (const auto& [unused, s] : order) {
      const auto in_stratum = [s = s](const PoolEntry& entry) {
        return StratumOf(entry.rough_ms) == s;
      };
      auto best = Best([&](const PoolEntry& entry) {
        return in_stratum(entry) && entry.has_single_image == single;
      });
      if (!best.has_value()) best = Best(in_stratum);
      if (best.has_value()) return best;
    }
    return std::nullopt;
  }

  // The most telling affordable point for its cost. The root keeps long points in the race: by the
  // plain ratio only the shortest would be measured.
  template <typename Filter>
  std::optional<size_t> Best(const Filter& filter) const {
    const double left_s = (1.0 - kHeldOutShare) * kPlannedShare * budget_s_ - spent_s_;
    return design_.Best(
        [&](size_t i) {
          const PoolEntry& entry = pool_.entries[i];
          return entry.cost_s <= left_s && !IsCrowded(entry.item.group) && filter(entry);
        },
        [&](size_t i, double gain) { return gain / std::sqrt(pool_.entries[i].cost_s); });
  }

  bool IsCrowded(const std::string& family) const {
    const auto count = family_count_.find(family);
    const double average =
        static_cast<double>(chosen_.size()) / static_cast<double>(pool_.families.size());
    return count != family_count_.end() &&
           static_cast<double>(count->second) >= std::max(2.0, kMaxFamilyShare * average);
  }

  void Choose(size_t i) {
    const PoolEntry& entry = pool_.entries[i];
    design_.Choose(i);
    chosen_.push_back(i);
    spent_s_ += entry.cost_s;
    ++family_count_[entry.item.group];
    kinds_.emplace(entry.item.group, entry.has_single_image);
    op_types_.insert(entry.op_types.begin(), entry.op_types.end());
    ++count_[StratumOf(entry.rough_ms)];
    if (entry.has_single_image) ++singles_;
  }

  // Random ones among what is left, as far as the time goes.
  std::vector<PlanItem> HeldOut() const {
    double left_s = kHeldOutShare * kPlannedShare * budget_s_;
    std::vector<size_t> order;
    for (size_t i = pool_.fixed; i < pool_.entries.size(); ++i) {
      if (!design_.IsChosen(i)) order.push_back(i);
    }
    Random random(options_.seed + 1);
    random.Shuffle(order);
    std::vector<PlanItem> items;
    for (const size_t i : order) {
      if (items.size() >= options_.max_points / 10) break;
      if (pool_.entries[i].cost_s > left_s) continue;
      left_s -= pool_.entries[i].cost_s;
      items.push_back(pool_.entries[i].item);
      items.back().is_held_out = true;
    }
    return items;
  }

  Plan ToPlan() const {
    Plan plan;
    plan.settings = {{"plan", "quick"},
                     {"budget_s", FormatExact(budget_s_)},
                     {"features", options_.feature_set},
                     {"seed", absl::StrCat(options_.seed)},
                     {"threads", absl::StrCat(options_.threads)}};
    for (const size_t i : chosen_) plan.items.push_back(pool_.entries[i].item);
    for (PlanItem& item : HeldOut()) plan.items.push_back(std::move(item));
    for (const std::string& family : pool_.families) {
      if (family_count_.contains(family)) continue;
      plan.notes.push_back(absl::StrCat(family, ": left out: no time for it in a budget of ",
                                        FormatLatency(budget_s_ * 1e3)));
    }
    return plan;
  }

  const PlanOptions& options_;
  double budget_s_;
  CandidatePool pool_;
  DOptimalDesign design_;
  std::vector<size_t> chosen_;
  std::set<std::string> op_types_;                // covered
  std::set<std::pair<std::string, bool>> kinds_;  // family, batch 1: covered
  std::map<std::string, size_t> family_count_;
  size_t count_[std::size(kStrata)] = {};
  size_t singles_ = 0;
  double spent_s_ = 0.0;
};

}  // namespace

std::string_view FeatureSetFor(std::string_view device) {
  return device == "cuda" || device.starts_with("cuda:") ? "cuda" : "cpu-full";
}

absl::StatusOr<Plan> QuickPlan(const PlanOptions& options) {
  const FeatureSet* features = FindFeatureSet(options.feature_set);
  if (features == nullptr) {
    std::vector<std::string_view> names;
    for (const FeatureSet& set : FeatureSets()) names.push_back(set.name);
    return absl::InvalidArgumentError(absl::StrCat("unknown feature set '", options.feature_set,
                                                   "'", DidYouMean(options.feature_set, names)));
  }
  const double budget_s = options.budget_s.value_or(kDefaultBudget_s);
  ASSIGN_OR_RETURN(CandidatePool pool, DrawPool(options, kMaxCostShare * budget_s));
  return QuickPlanner(options, budget_s, std::move(pool), *features).Make();
}

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
