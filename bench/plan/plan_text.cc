#include "bench/plan/plan_text.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "base/text_table.h"
#include "base/units.h"
#include "bench/plan/candidate.h"
#include "bench/plan/candidate_pool.h"

namespace latcast::bench {
namespace {

struct Group {
  size_t points = 0;
  size_t held_out = 0;
  size_t singles = 0;
  double min_ms = 0.0;
  double max_ms = 0.0;
  double cost_s = 0.0;

  void Add(const PoolEntry& entry, bool is_held_out) {
    min_ms = points == 0 ? entry.rough_ms : std::min(min_ms, entry.rough_ms);
    max_ms = std::max(max_ms, entry.rough_ms);
    cost_s += entry.cost_s;
    ++points;
    if (is_held_out) ++held_out;
    if (entry.has_single_image) ++singles;
  }

  std::vector<std::string> Row(const std::string& name) const {
    return {name,
            absl::StrCat(points),
            absl::StrCat(held_out),
            absl::StrCat(singles),
            FormatLatency(min_ms),
            FormatLatency(max_ms),
            FormatLatency(cost_s * 1e3)};
  }
};

}  // namespace

absl::StatusOr<std::string> DescribePlan(const Plan& plan, const PlanOptions& options) {
  std::map<std::string, Group> groups;
  Group all;
  std::set<std::string> op_types;
  for (const PlanItem& item : plan.items) {
    ASSIGN_OR_RETURN(const Candidate candidate, Examine(item.spec, options.threads));
    const PoolEntry entry = ToPoolEntry(candidate, options);
    groups[item.group].Add(entry, item.is_held_out);
    all.Add(entry, item.is_held_out);
    op_types.insert(entry.op_types.begin(), entry.op_types.end());
  }
  TextTable table({{"group"},
                   {"points", Align::kRight},
                   {"held out", Align::kRight},
                   {"batch 1", Align::kRight},
                   {"shortest", Align::kRight},
                   {"longest", Align::kRight},
                   {"takes", Align::kRight}});
  for (const auto& [name, group] : groups) table.AddRow(group.Row(name));
  table.AddRule();
  table.AddRow(all.Row("all"));
  return absl::StrCat(table.Render(TableStyle::kPlain), "\n", op_types.size(),
                      " operators: ", absl::StrJoin(op_types, " "),
                      "\nlatencies and times are guesses, made before anything is measured\n");
}

}  // namespace latcast::bench
