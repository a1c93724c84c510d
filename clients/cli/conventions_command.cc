// latcast conventions: the tools whose way of counting is known, or one of them with its columns.
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "analyzer/conventions/convention.h"
#include "base/text.h"
#include "base/text_table.h"
#include "clients/cli/command.h"
#include "clients/cli/convention_output.h"
#include "clients/cli/output.h"

namespace latcast::cli {
namespace {

using conventions::Column;
using conventions::Convention;
using Json = nlohmann::ordered_json;

struct Options {
  std::string name;
  std::string format = "text";
};

constexpr size_t kIndent = 16;

std::string_view UnitName(conventions::Unit unit) {
  constexpr std::string_view kNames[] = {"count", "parameters", "elements",
                                         "MACs",  "FLOPs",      "bytes"};
  return kNames[static_cast<size_t>(unit)];
}

std::string ListText() {
  std::string text;
  for (const Convention& convention : conventions::BuiltinConventions()) {
    absl::StrAppendFormat(&text, "%-14s  %s\n%16s%s\n", ToAbsl(convention.name),
                          ToAbsl(convention.tool), "", Wrap(convention.doc, kIndent));
    if (!convention.gaps.empty()) {
      absl::StrAppendFormat(&text, "%16s%s\n", "",
                            Wrap(absl::StrCat("gaps: ", ToAbsl(convention.gaps)), kIndent));
    }
  }
  return text + "\nlatcast conventions NAME explains the columns of one.\n";
}

std::string ColumnsText(std::string_view title, const std::vector<Column>& columns) {
  if (columns.empty()) return "";
  TextTable table({{std::string(title)}, {"unit"}, {"what it is"}});
  for (const Column& column : columns) {
    table.AddRow(
        {std::string(column.name), std::string(UnitName(column.unit)), std::string(column.doc)});
  }
  return "\n" + table.Render(TableStyle::kPlain);
}

std::string OneText(const Convention& convention) {
  std::string text = absl::StrCat(ToAbsl(convention.name), ": ", ToAbsl(convention.tool), "\n",
                                  Wrap(convention.doc, 0), "\n");
  if (!convention.gaps.empty()) {
    absl::StrAppend(&text, "\n", Wrap(absl::StrCat("gaps: ", ToAbsl(convention.gaps)), 0), "\n");
  }
  return text + ColumnsText("column", convention.columns) + ColumnsText("total", convention.totals);
}

Json ColumnsJson(const std::vector<Column>& columns) {
  Json list = Json::array();
  for (const Column& column : columns) {
    list.push_back({{"name", column.name}, {"unit", UnitName(column.unit)}, {"doc", column.doc}});
  }
  return list;
}

Json ConventionJson(const Convention& convention) {
  return {{"name", convention.name},
          {"tool", convention.tool},
          {"doc", convention.doc},
          {"gaps", convention.gaps},
          {"columns", ColumnsJson(convention.columns)},
          {"totals", ColumnsJson(convention.totals)}};
}

std::string ListJson() {
  Json list = Json::array();
  for (const Convention& convention : conventions::BuiltinConventions()) {
    list.push_back(ConventionJson(convention));
  }
  return JsonText({{"schema_version", kJsonSchemaVersion}, {"conventions", std::move(list)}});
}

std::string OneJson(const Convention& convention) {
  Json out = {{"schema_version", kJsonSchemaVersion}};
  out.update(ConventionJson(convention));
  return JsonText(out);
}

absl::StatusOr<int> Run(const Options& options) {
  const bool json = options.format == "json";
  if (options.name.empty()) {
    Print(json ? ListJson() : ListText());
    return kSuccess;
  }
  const Convention* convention = conventions::FindConvention(options.name);
  if (convention == nullptr) return UnknownConvention(options.name);
  Print(json ? OneJson(*convention) : OneText(*convention));
  return kSuccess;
}

Action Declare(Flags& flags) {
  const auto options = std::make_shared<Options>();
  flags.Optional("NAME", options->name, "one of them, with its columns");
  flags.Choice("--format", {"text", "json"}, options->format, "form of the output");
  return [options] { return Run(*options); };
}

}  // namespace

Command ConventionsCommand() {
  return {"conventions", "list the tools that analyze --convention can count like",
          "latcast conventions torchvision", Declare};
}

}  // namespace latcast::cli
