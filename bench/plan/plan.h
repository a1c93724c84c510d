// A plan: which points to measure. Kept in a file, it can be carried to a machine without network
// and measured there.
//
//   {"version": 1, "settings": {"plan": "quick", "seed": "1"},
//    "items": [{"spec": "block:BasicBlock?batch=1&...", "group": "BasicBlock"},
//              {"spec": "block:Fire?batch=2&...", "group": "Fire", "use": "check"}, ...]}
#ifndef LATCAST_BENCH_PLAN_PLAN_H_
#define LATCAST_BENCH_PLAN_PLAN_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace latcast::bench {

inline constexpr int kPlanVersion = 1;

inline constexpr char kNetworkGroup[] = "network";

struct PlanItem {
  std::string spec;          // a MODEL: block spec, zoo name or file; unique in the plan
  std::string group;         // the block's family, or kNetworkGroup
  bool is_held_out = false;  // measured to check a model, not to fit it; "use": "check" in a file
  friend bool operator==(const PlanItem&, const PlanItem&) = default;
};

struct Plan {
  std::vector<PlanItem> items;
  std::map<std::string, std::string> settings;  // how it came about; for the record
  std::vector<std::string> notes;               // what was left out and why; not part of the file
};

// Strict. INVALID_ARGUMENT naming the item and field ("items[3].group: a text expected") for a
// missing, unknown or wrong field, an empty plan or a repeated spec; FAILED_PRECONDITION for
// another version. Whether a spec can be built is not looked at.
absl::StatusOr<Plan> ParsePlan(std::string_view json);
absl::StatusOr<Plan> ReadPlan(const std::string& path);

// One item a line; equal plans give equal text.
std::string FormatPlan(const Plan& plan);

// INVALID_ARGUMENT naming the item that repeats.
absl::Status CheckUnique(const Plan& plan);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_PLAN_PLAN_H_
