#include "server/core/calibration_spec.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "analyzer/zoo/zoo.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::server {
namespace {

struct Choice {
  const char* field;
  std::string CalibrationSpec::*value;
  std::vector<std::string_view> words;
};

const std::vector<Choice>& Choices() {
  static const auto& choices = *new std::vector<Choice>{
      {"plan", &CalibrationSpec::plan, {"quick", "classic"}},
      {"precision", &CalibrationSpec::precision, {"", "float32", "tf32", "float16", "bfloat16"}},
      {"layout", &CalibrationSpec::layout, {"", "nchw", "nhwc"}},
      {"execution", &CalibrationSpec::execution, {"", "eager", "graph"}},
      {"metric", &CalibrationSpec::metric, {"", "gpu", "wall"}},
  };
  return choices;
}

absl::Status Bad(std::string_view field, const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat("spec.", ToAbsl(field), ": ", what));
}

}  // namespace

absl::Status Validate(const CalibrationSpec& spec) {
  if (!(spec.budget_s > 0.0 && spec.budget_s <= kMaxBudget_s)) {
    return Bad("budget_s", absl::StrCat(spec.budget_s, " is not within 0 to ", kMaxBudget_s, " s"));
  }
  if (spec.threads < 1 || spec.threads > 1024) {
    return Bad("threads", absl::StrCat(spec.threads, " is not within 1 to 1024"));
  }
  for (const Choice& choice : Choices()) {
    const std::string& value = spec.*choice.value;
    if (std::ranges::find(choice.words, std::string_view(value)) == choice.words.end()) {
      std::vector<absl::string_view> words;
      for (const std::string_view word : choice.words) {
        if (!word.empty()) words.push_back(ToAbsl(word));
      }
      return Bad(choice.field,
                 absl::StrCat("'", value, "' is none of ", absl::StrJoin(words, ", ")));
    }
  }
  if (spec.networks.size() > kMaxNetworks) {
    return Bad("networks", absl::StrCat(spec.networks.size(), "; at most ", kMaxNetworks));
  }
  std::set<std::string_view> seen;
  for (size_t i = 0; i < spec.networks.size(); ++i) {
    const std::string& network = spec.networks[i];
    const std::string field = absl::StrCat("networks[", i, "]");
    if (zoo::FindZooEntry(network) == nullptr) {
      return Bad(field, absl::StrCat("no network of the zoo is called '", network, "'"));
    }
    if (!seen.insert(network).second) return Bad(field, absl::StrCat("'", network, "' twice"));
  }
  return absl::OkStatus();
}

}  // namespace latcast::server
