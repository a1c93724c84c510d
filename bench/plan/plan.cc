#include "bench/plan/plan.h"

#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::bench {
namespace {

using nlohmann::json;

absl::Status Bad(std::string_view where, std::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(ToAbsl(where), ": ", ToAbsl(what)));
}

absl::StatusOr<std::string> Text(const json& object, const std::string& where, const char* field) {
  const auto it = object.find(field);
  if (it == object.end()) return Bad(absl::StrCat(where, field), "missing");
  if (!it->is_string()) return Bad(absl::StrCat(where, field), "a text expected");
  std::string text = it->get<std::string>();
  if (text.empty()) return Bad(absl::StrCat(where, field), "empty");
  return text;
}

absl::Status OnlyFields(const json& object, const std::string& where,
                        const std::set<std::string>& known) {
  for (const auto& [key, unused] : object.items()) {
    if (!known.contains(key)) return Bad(absl::StrCat(where, key), "unknown field");
  }
  return absl::OkStatus();
}

absl::StatusOr<PlanItem> ParseItem(const json& object, size_t index) {
  const std::string where = absl::StrCat("items[", index, "]");
  if (!object.is_object()) return Bad(where, "an object expected");
  RETURN_IF_ERROR(OnlyFields(object, where + ".", {"spec", "group", "use"}));
  PlanItem item;
  ASSIGN_OR_RETURN(item.spec, Text(object, where + ".", "spec"));
  ASSIGN_OR_RETURN(item.group, Text(object, where + ".", "group"));
  if (object.contains("use")) {
    ASSIGN_OR_RETURN(const std::string use, Text(object, where + ".", "use"));
    if (use != "fit" && use != "check") {
      return Bad(where + ".use", absl::StrCat("'", use, "' is neither fit nor check"));
    }
    item.is_held_out = use == "check";
  }
  return item;
}

absl::StatusOr<Plan> FromJson(const json& object) {
  if (!object.is_object()) return Bad("plan", "an object expected");
  const auto version = object.find("version");
  if (version == object.end() || !version->is_number_integer()) {
    return Bad("version", "a whole number expected");
  }
  if (*version != kPlanVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("version: ", version->dump(), ", this program reads ", kPlanVersion));
  }
  RETURN_IF_ERROR(OnlyFields(object, "", {"version", "items", "settings"}));
  Plan plan;
  if (const auto settings = object.find("settings"); settings != object.end()) {
    if (!settings->is_object()) return Bad("settings", "an object expected");
    for (const auto& [key, unused] : settings->items()) {
      ASSIGN_OR_RETURN(plan.settings[key], Text(*settings, "settings.", key.c_str()));
    }
  }
  const auto items = object.find("items");
  if (items == object.end() || !items->is_array()) return Bad("items", "a list expected");
  if (items->empty()) return Bad("items", "nothing to measure");
  for (const json& item : *items) {
    ASSIGN_OR_RETURN(PlanItem parsed, ParseItem(item, plan.items.size()));
    plan.items.push_back(std::move(parsed));
  }
  RETURN_IF_ERROR(CheckUnique(plan));
  return plan;
}

}  // namespace

absl::StatusOr<Plan> ParsePlan(std::string_view text) {
  json object;
  try {
    object = json::parse(text);
  } catch (const json::exception& e) {
    return absl::InvalidArgumentError(absl::StrCat("not JSON: ", e.what()));
  }
  return FromJson(object);
}

absl::StatusOr<Plan> ReadPlan(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  return Annotate(ParsePlan(text), path);
}

std::string FormatPlan(const Plan& plan) {
  std::string text =
      absl::StrCat("{\"version\": ", kPlanVersion, ",\n \"settings\": ", json(plan.settings).dump(),
                   ",\n \"items\": [");
  const char* separator = "\n  ";
  for (const PlanItem& item : plan.items) {
    json object = {{"spec", item.spec}, {"group", item.group}};
    if (item.is_held_out) object["use"] = "check";
    absl::StrAppend(&text, separator, object.dump());
    separator = ",\n  ";
  }
  return absl::StrCat(text, "\n ]}\n");
}

absl::Status CheckUnique(const Plan& plan) {
  std::set<std::string_view> specs;
  for (size_t i = 0; i < plan.items.size(); ++i) {
    if (!specs.insert(plan.items[i].spec).second) {
      return Bad(absl::StrCat("items[", i, "].spec"),
                 absl::StrCat("'", plan.items[i].spec, "' is planned twice"));
    }
  }
  return absl::OkStatus();
}

}  // namespace latcast::bench
