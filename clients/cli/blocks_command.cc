// latcast blocks: the block families and presets, or one of them with its parameters.
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "analyzer/blocks/block_library.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "base/text_table.h"
#include "clients/cli/command.h"
#include "clients/cli/output.h"

namespace latcast::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string name;
  std::string format = "text";
};

std::string Arguments(const blocks::BlockPreset& preset) {
  return absl::StrJoin(preset.arguments, "&", [](std::string* out, const auto& argument) {
    absl::StrAppend(out, ToAbsl(argument.first), "=", argument.second);
  });
}

constexpr size_t kIndent = 23;

std::string ListText() {
  std::string text = "families\n";
  for (const blocks::BlockFamily& family : blocks::BuiltinFamilies()) {
    const std::string names = absl::StrJoin(
        family.parameters, " ", [](std::string* out, const blocks::BlockParameter& parameter) {
          absl::StrAppend(out, ToAbsl(parameter.name));
        });
    absl::StrAppendFormat(&text, "  %-20s %s\n%23s%s\n", ToAbsl(family.name),
                          Wrap(family.doc, kIndent), "", Wrap(names, kIndent));
  }
  text += "\nclassic blocks: families with some parameters set\n";
  for (const blocks::BlockPreset& preset : blocks::ClassicBlocks()) {
    absl::StrAppendFormat(&text, "  %-20s %s\n%23s%s?%s\n", ToAbsl(preset.name),
                          Wrap(preset.doc, kIndent), "", ToAbsl(preset.family), Arguments(preset));
  }
  return text + "\nlatcast blocks NAME explains the parameters of one.\n";
}

std::string OneText(const blocks::BlockSpec& spec) {
  TextTable table({{"parameter"},
                   {"value", Align::kRight},
                   {"min", Align::kRight},
                   {"max", Align::kRight},
                   {"what it is"}});
  for (const blocks::BlockParameter& parameter : spec.family->parameters) {
    table.AddRow(
        {std::string(parameter.name), absl::StrCat(spec.arguments.find(parameter.name)->second),
         absl::StrCat(parameter.min), absl::StrCat(parameter.max), std::string(parameter.doc)});
  }
  return absl::StrCat(ToAbsl(spec.family->name), "\n", Wrap(spec.family->doc, 0), "\n\n",
                      table.Render(TableStyle::kPlain), "\n", spec.ToString(), "\n");
}

Json FamilyJson(const blocks::BlockFamily& family) {
  Json parameters = Json::array();
  for (const blocks::BlockParameter& parameter : family.parameters) {
    parameters.push_back({{"name", parameter.name},
                          {"doc", parameter.doc},
                          {"default", parameter.default_value},
                          {"min", parameter.min},
                          {"max", parameter.max}});
  }
  return {{"name", family.name}, {"doc", family.doc}, {"parameters", std::move(parameters)}};
}

std::string ListJson() {
  Json out = {{"schema_version", kJsonSchemaVersion},
              {"families", Json::array()},
              {"presets", Json::array()}};
  for (const blocks::BlockFamily& family : blocks::BuiltinFamilies()) {
    out["families"].push_back(FamilyJson(family));
  }
  for (const blocks::BlockPreset& preset : blocks::ClassicBlocks()) {
    Json arguments = Json::object();
    for (const auto& [name, value] : preset.arguments) arguments[std::string(name)] = value;
    out["presets"].push_back({{"name", preset.name},
                              {"family", preset.family},
                              {"doc", preset.doc},
                              {"arguments", std::move(arguments)}});
  }
  return JsonText(out);
}

std::string OneJson(const blocks::BlockSpec& spec) {
  const Json out = {{"schema_version", kJsonSchemaVersion},
                    {"name", spec.name},
                    {"spec", spec.ToString()},
                    {"family", FamilyJson(*spec.family)},
                    {"arguments", spec.arguments}};
  return JsonText(out);
}

absl::StatusOr<int> Run(const Options& options) {
  const bool json = options.format == "json";
  if (options.name.empty()) {
    Print(json ? ListJson() : ListText());
    return kSuccess;
  }
  ASSIGN_OR_RETURN(const blocks::BlockSpec spec,
                   At(blocks::ParseBlockSpec(options.name), options.name));
  Print(json ? OneJson(spec) : OneText(spec));
  return kSuccess;
}

Action Declare(Flags& flags) {
  const auto options = std::make_shared<Options>();
  flags.Optional("NAME", options->name, "a family, a classic block or a whole block:NAME?...");
  flags.Choice("--format", {"text", "json"}, options->format, "form of the output");
  return [options] { return Run(*options); };
}

}  // namespace

Command BlocksCommand() {
  return {"blocks", "list the block families and their parameters",
          "latcast blocks InvertedResidual", Declare};
}

}  // namespace latcast::cli
