#include "bench/agent/bench_command.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "base/units.h"

namespace latcast::bench {
namespace {

bool IsPlainName(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
  });
}

// One word an argument, so that no value is taken for a flag.
std::string Flag(std::string_view name, std::string_view value) {
  return absl::StrCat("--", ToAbsl(name), "=", ToAbsl(value));
}

struct Settings {
  int threads = 1;
  std::string precision{};
  std::string layout{};
  std::string execution{};
  std::string metric{};
};

BenchRun MakeRun(const BenchSetup& setup, const Settings& settings, std::string phase,
                 const std::string& folder) {
  BenchRun run;
  run.journal = absl::StrCat(folder, "/", phase, ".journal.jsonl");
  run.points = absl::StrCat(folder, "/", phase, ".csv");
  run.phase = std::move(phase);
  run.command = {setup.program,
                 "run",
                 Flag("device", setup.device),
                 Flag("threads", absl::StrCat(settings.threads)),
                 Flag("journal", run.journal),
                 Flag("out", run.points)};
  for (const auto& [name, value] :
       {std::pair("precision", settings.precision), std::pair("layout", settings.layout),
        std::pair("execution", settings.execution), std::pair("metric", settings.metric)}) {
    if (!value.empty()) run.command.push_back(Flag(name, value));
  }
  run.command.insert(run.command.end(), setup.extra.begin(), setup.extra.end());
  return run;
}

}  // namespace

absl::StatusOr<std::vector<BenchRun>> JobRuns(const BenchSetup& setup,
                                              const v1::CalibrationSpec& spec,
                                              const std::string& folder) {
  if (spec.plan() != "quick" && spec.plan() != "classic") {
    return absl::InvalidArgumentError(
        absl::StrCat("spec.plan: '", spec.plan(), "' is none of quick, classic"));
  }
  if (!(spec.budget_s() > 0.0)) {
    return absl::InvalidArgumentError(
        absl::StrCat("spec.budget_s: ", spec.budget_s(), " is no time to measure in"));
  }
  if (spec.threads() < 1) {
    return absl::InvalidArgumentError(absl::StrCat("spec.threads: ", spec.threads()));
  }
  const Settings settings = {.threads = spec.threads(),
                             .precision = spec.precision(),
                             .layout = spec.layout(),
                             .execution = spec.execution(),
                             .metric = spec.metric()};
  std::vector<BenchRun> runs = {MakeRun(setup, settings, "blocks", folder)};
  runs[0].command.push_back(Flag("plan", spec.plan()));
  runs[0].command.push_back(Flag("budget", absl::StrCat(FormatExact(spec.budget_s()), "s")));
  if (spec.networks().empty()) return runs;
  BenchRun networks = MakeRun(setup, settings, "networks", folder);
  for (const std::string& network : spec.networks()) {
    if (!IsPlainName(network)) {
      return absl::InvalidArgumentError(
          absl::StrCat("spec.networks: '", network, "' is no name of a network"));
    }
    networks.command.push_back(Flag("model", network));
  }
  runs.push_back(std::move(networks));
  return runs;
}

std::string ProbePlan() {
  return R"({"version": 1, "settings": {"plan": "probes"},
 "items": [
  {"spec": "block:BasicBlock?batch=1&cin=64&h=28&w=28&cout=64", "group": "BasicBlock"},
  {"spec": "block:Bottleneck?batch=1&cin=256&h=14&w=14&width=64&cout=256", "group": "Bottleneck"},
  {"spec": "block:InvertedResidual?batch=1&cin=32&h=28&w=28&cout=32&expand=6", "group": "InvertedResidual"},
  {"spec": "block:DenseLayer?batch=1&cin=128&h=28&w=28&growth=32", "group": "DenseLayer"},
  {"spec": "block:TransformerEncoder?batch=1&tokens=50&dim=192&heads=3&hidden=768", "group": "TransformerEncoder"}
 ]}
)";
}

BenchRun ProbeRun(const BenchSetup& setup, const v1::Mode& mode, const std::string& plan_path,
                  const std::string& folder) {
  Settings settings = {.threads = std::max(1, mode.threads())};
  if (setup.device != "cpu") {  // which has but one of each
    settings.precision = mode.precision();
    settings.layout = mode.layout();
    settings.execution = mode.execution();
    settings.metric = mode.metric();
  }
  BenchRun run = MakeRun(setup, settings, "probes", folder);
  run.command.push_back(Flag("plan", plan_path));
  return run;
}

absl::StatusOr<std::string> JoinPoints(std::string_view blocks, std::string_view networks) {
  if (networks.empty()) return std::string(blocks);
  const size_t header = networks.find('\n');
  if (header == std::string_view::npos || !blocks.starts_with(networks.substr(0, header + 1))) {
    return absl::InternalError("the points of blocks and of networks have different columns");
  }
  return absl::StrCat(ToAbsl(blocks), blocks.ends_with('\n') ? "" : "\n",
                      ToAbsl(networks.substr(header + 1)));
}

std::optional<v1::Progress> LastProgress(std::string_view log) {
  std::optional<v1::Progress> last;
  for (const absl::string_view line : absl::StrSplit(ToAbsl(log), '\n')) {
    // <done> of <total> measured, about <minutes>:<seconds> left
    const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
    if (words.size() != 7 || words[1] != "of" || words[3] != "measured,") continue;
    const std::vector<absl::string_view> left = absl::StrSplit(words[5], ':');
    if (left.size() != 2) continue;
    const auto done = ParseInt(ToStd(words[0]));
    const auto total = ParseInt(ToStd(words[2]));
    const auto minutes = ParseInt(ToStd(left[0]));
    const auto seconds = ParseInt(ToStd(left[1]));
    if (!done.ok() || !total.ok() || !minutes.ok() || !seconds.ok()) continue;
    last.emplace();
    last->set_done(*done);
    last->set_total(*total);
    last->set_left_s(static_cast<double>(*minutes * 60 + *seconds));
  }
  return last;
}

std::string LastLine(std::string_view log) {
  constexpr size_t kMaxLength = 500;
  const std::vector<absl::string_view> lines =
      absl::StrSplit(ToAbsl(log), '\n', absl::SkipWhitespace());
  if (lines.empty()) return "it said nothing";
  absl::string_view line = lines.back();
  absl::ConsumePrefix(&line, "latcast-bench: ");
  return std::string(line.substr(0, kMaxLength));
}

bool IsOperationName(std::string_view name) {
  constexpr std::string_view kPrefix = "calibration-";
  return name.starts_with(kPrefix) && name.size() == kPrefix.size() + 16 &&
         std::ranges::all_of(name.substr(kPrefix.size()), [](char c) {
           return absl::ascii_isdigit(static_cast<unsigned char>(c)) || (c >= 'a' && c <= 'f');
         });
}

}  // namespace latcast::bench
