#include "analyzer/blocks/block_library.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "analyzer/blocks/families.h"
#include "analyzer/graph/verify.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::blocks {
namespace {

constexpr std::string_view kPrefix = "block:";
constexpr std::string_view kClassicPrefix = "classic/";
constexpr size_t kMaxSpecLength = 4096;

struct Resolved {
  const BlockFamily* family = nullptr;
  const BlockPreset* preset = nullptr;
};

template <typename List>
auto FindByName(const List& list, std::string_view name) {
  const auto it = std::find_if(list.begin(), list.end(),
                               [name](const auto& entry) { return entry.name == name; });
  return it == list.end() ? nullptr : &*it;
}

// A family before a preset of the same name, which "classic/" reaches.
absl::StatusOr<Resolved> Resolve(std::string_view name) {
  const bool classic = name.substr(0, kClassicPrefix.size()) == kClassicPrefix;
  const std::string_view bare = classic ? name.substr(kClassicPrefix.size()) : name;
  if (const BlockFamily* family = FindByName(BuiltinFamilies(), name)) return Resolved{family};
  if (const BlockPreset* preset = FindByName(ClassicBlocks(), bare)) {
    return Resolved{FindByName(BuiltinFamilies(), preset->family), preset};
  }
  std::vector<std::string_view> names;
  for (const BlockPreset& preset : ClassicBlocks()) names.push_back(preset.name);
  if (!classic) {
    for (const BlockFamily& family : BuiltinFamilies()) names.push_back(family.name);
  }
  return absl::NotFoundError(
      absl::StrCat("no block '", ToAbsl(name), "'", DidYouMean(bare, names)));
}

absl::Status UnknownParameter(const BlockFamily& family, std::string_view name) {
  std::vector<std::string_view> names;
  for (const BlockParameter& parameter : family.parameters) names.push_back(parameter.name);
  return absl::InvalidArgumentError(absl::StrCat("no parameter '", ToAbsl(name), "' in ",
                                                 ToAbsl(family.name), DidYouMean(name, names)));
}

// Complete, nothing unknown, everything within its limits.
absl::Status CheckArguments(const BlockFamily& family, const BlockArguments& arguments) {
  for (const auto& [name, value] : arguments) {
    const BlockParameter* parameter = FindByName(family.parameters, name);
    if (parameter == nullptr) return UnknownParameter(family, name);
    if (value < parameter->min || value > parameter->max) {
      return absl::InvalidArgumentError(absl::StrCat("parameter '", name, "': ", value,
                                                     " is not within ", parameter->min, " and ",
                                                     parameter->max));
    }
  }
  for (const BlockParameter& parameter : family.parameters) {
    if (!arguments.contains(parameter.name)) {
      return absl::InvalidArgumentError(
          absl::StrCat("parameter '", ToAbsl(parameter.name), "' is missing"));
    }
  }
  return absl::OkStatus();
}

absl::Status ParseArguments(std::string_view query, BlockArguments& arguments) {
  std::set<std::string_view> given;
  for (const absl::string_view pair : absl::StrSplit(ToAbsl(query), '&')) {
    const auto [key, value] = std::pair<absl::string_view, absl::string_view>(
        absl::StrSplit(pair, absl::MaxSplits('=', 1)));
    if (key.empty() || pair.size() == key.size()) {
      return absl::InvalidArgumentError(absl::StrCat("'", pair, "' is not key=value"));
    }
    if (!given.insert(ToStd(key)).second) {
      return absl::InvalidArgumentError(absl::StrCat("parameter '", key, "' is given twice"));
    }
    const absl::StatusOr<int64_t> number = ParseInt(ToStd(value));
    if (!number.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("parameter '", key, "': ", number.status().message()));
    }
    arguments[std::string(key)] = *number;
  }
  return absl::OkStatus();
}

absl::Status ParseInto(std::string_view query, bool has_query, BlockSpec& spec) {
  ASSIGN_OR_RETURN(const Resolved found, Resolve(spec.name));
  spec.family = found.family;
  for (const BlockParameter& parameter : found.family->parameters) {
    spec.arguments.emplace(parameter.name, parameter.default_value);
  }
  if (found.preset != nullptr) {
    for (const auto& [name, value] : found.preset->arguments) {
      spec.arguments[std::string(name)] = value;
    }
  }
  if (has_query) RETURN_IF_ERROR(ParseArguments(query, spec.arguments));
  return CheckArguments(*spec.family, spec.arguments);
}

}  // namespace

std::span<const BlockFamily> BuiltinFamilies() {
  static const auto* const families =
      new std::vector<BlockFamily>{BasicBlockFamily(),         BottleneckFamily(),
                                   RegNetBlockFamily(),        RepVggBlockFamily(),
                                   VggStageFamily(),           DenseLayerFamily(),
                                   TransitionFamily(),         FireFamily(),
                                   InceptionFamily(),          InvertedResidualFamily(),
                                   MobileNetV3BlockFamily(),   MBConvFamily(),
                                   ShuffleUnitFamily(),        GhostBottleneckFamily(),
                                   DepthwiseSeparableFamily(), ConvNextBlockFamily(),
                                   TransformerEncoderFamily(), Nb201CellFamily(),
                                   Nb201ReductionFamily(),     OfaBlockFamily(),
                                   FbnetBlockFamily(),         ConvBnActFamily(),
                                   ResNetStemFamily(),         InceptionStemFamily(),
                                   PatchStemFamily(),          GlobalPoolFamily(),
                                   PoolHeadFamily(),           ConvHeadFamily(),
                                   ClassifierFamily()};
  return *families;
}

std::string BlockSpec::ToString() const {
  std::string text = absl::StrCat(ToAbsl(kPrefix), ToAbsl(family->name));
  char separator = '?';
  for (const BlockParameter& parameter : family->parameters) {
    absl::StrAppend(&text, std::string(1, separator), ToAbsl(parameter.name), "=",
                    arguments.find(parameter.name)->second);
    separator = '&';
  }
  return text;
}

absl::StatusOr<BlockSpec> ParseBlockSpec(std::string_view spec) {
  if (spec.size() > kMaxSpecLength) {
    return absl::InvalidArgumentError(
        absl::StrCat("block spec of ", spec.size(), " characters, at most ", kMaxSpecLength));
  }
  if (spec.substr(0, kPrefix.size()) == kPrefix) spec.remove_prefix(kPrefix.size());
  const size_t mark = spec.find('?');
  const bool has_query = mark != std::string_view::npos;
  BlockSpec parsed;
  parsed.name = spec.substr(0, mark);
  RETURN_IF_ERROR(Annotate(ParseInto(has_query ? spec.substr(mark + 1) : "", has_query, parsed),
                           absl::StrCat("block '", parsed.name, "'")));
  return parsed;
}

absl::StatusOr<graph::Graph> BuildBlock(const BlockSpec& spec) {
  const auto build = [&spec]() -> absl::StatusOr<graph::Graph> {
    if (spec.family == nullptr) return absl::InvalidArgumentError("no family");
    RETURN_IF_ERROR(CheckArguments(*spec.family, spec.arguments));
    ASSIGN_OR_RETURN(graph::Graph graph, spec.family->build(spec.arguments));
    graph.name = spec.name;
    RETURN_IF_ERROR(graph::Verify(graph));
    return graph;
  };
  return Annotate(build(), absl::StrCat("block '", spec.name, "'"));
}

absl::StatusOr<graph::Graph> BuildBlock(std::string_view spec) {
  ASSIGN_OR_RETURN(const BlockSpec parsed, ParseBlockSpec(spec));
  return BuildBlock(parsed);
}

}  // namespace latcast::blocks
