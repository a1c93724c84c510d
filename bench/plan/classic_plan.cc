#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "analyzer/blocks/block_library.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "base/units.h"
#include "bench/plan/candidate.h"
#include "bench/plan/plans.h"

namespace latcast::bench {
namespace {

constexpr int kBatchSizes[] = {1, 3, 5, 7, 10, 15, 20, 50, 70, 90, 150, 200, 300};

std::string TooMuch(const Candidate& candidate, const PlanOptions& options) {
  if (candidate.peak_bytes > options.memory_bytes) {
    return absl::StrCat("needs about ", FormatBytes(static_cast<double>(candidate.peak_bytes)),
                        ", ", FormatBytes(static_cast<double>(options.memory_bytes)),
                        " are allowed");
  }
  if (candidate.rough_ms > options.max_latency_ms) {
    return absl::StrCat("takes about ", FormatLatency(candidate.rough_ms), " a run, ",
                        FormatLatency(options.max_latency_ms), " are allowed");
  }
  return "";
}

}  // namespace

absl::StatusOr<Plan> ClassicPlan(const PlanOptions& options) {
  Plan plan;
  plan.settings = {{"plan", "classic"}, {"threads", absl::StrCat(options.threads)}};
  if (options.budget_s.has_value()) plan.settings["budget_s"] = FormatExact(*options.budget_s);
  std::vector<double> costs;
  for (const blocks::BlockPreset& preset : blocks::ClassicProtocol()) {
    for (const int batch : kBatchSizes) {
      const std::string spec =
          absl::StrCat("block:classic/", ToAbsl(preset.name), "?batch=", batch);
      ASSIGN_OR_RETURN(Candidate candidate, Examine(spec, options.threads));
      if (const std::string why = TooMuch(candidate, options); !why.empty()) {
        plan.notes.push_back(absl::StrCat(spec, ": left out: ", why));
        continue;
      }
      candidate.item.group = std::string(preset.name);
      plan.items.push_back(candidate.item);
      SamplingSettings floor = options.sampling;
      floor.min_samples = 3;  // what the runner falls back to when time is short
      floor.warmup_window = 1;
      costs.push_back(RoughCostSeconds(candidate, options.passes, floor));
    }
  }
  if (!options.budget_s.has_value()) return plan;

  double total = std::accumulate(costs.begin(), costs.end(), 0.0);
  while (total > *options.budget_s && plan.items.size() > 1) {
    const auto longest = std::max_element(costs.begin(), costs.end());
    const auto item = plan.items.begin() + (longest - costs.begin());
    plan.notes.push_back(absl::StrCat(item->spec, ": left out: beyond the budget of ",
                                      FormatLatency(*options.budget_s * 1e3)));
    total -= *longest;
    plan.items.erase(item);
    costs.erase(longest);
  }
  return plan;
}

}  // namespace latcast::bench
