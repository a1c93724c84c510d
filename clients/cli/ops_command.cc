// latcast ops: the operators whose shapes and costs are known.
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "analyzer/ops/op_def.h"
#include "base/text.h"
#include "clients/cli/command.h"
#include "clients/cli/output.h"

namespace latcast::cli {
namespace {

constexpr size_t kIndent = 22;

std::string Text() {
  std::string text;
  std::string_view family;
  for (const ops::OpDef& op : ops::BuiltinOps()) {
    if (op.family != family) {
      absl::StrAppend(&text, family.empty() ? "" : "\n", ToAbsl(op.family), "\n");
      family = op.family;
    }
    absl::StrAppendFormat(&text, "  %-19s %s\n", ToAbsl(op.type), Wrap(op.doc, kIndent));
  }
  return text;
}

std::string Json() {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const ops::OpDef& op : ops::BuiltinOps()) {
    list.push_back({{"op", op.type},
                    {"family", op.family},
                    {"doc", op.doc},
                    {"inputs", op.inputs},
                    {"is_view", op.is_view}});
  }
  const nlohmann::ordered_json out = {{"schema_version", kJsonSchemaVersion}, {"ops", list}};
  return JsonText(out);
}

Action Declare(Flags& flags) {
  const auto format = std::make_shared<std::string>("text");
  flags.Choice("--format", {"text", "json"}, *format, "form of the output");
  return [format]() -> absl::StatusOr<int> {
    Print(*format == "json" ? Json() : Text());
    return kSuccess;
  };
}

}  // namespace

Command OpsCommand() {
  return {"ops", "list the operators whose shapes and costs are known", "latcast ops", Declare};
}

}  // namespace latcast::cli
