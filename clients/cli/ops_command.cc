// latcast ops: the operators whose shapes and costs are known.
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_join.h"
#include "analyzer/ops/op_def.h"
#include "base/text_table.h"
#include "clients/cli/command.h"
#include "clients/cli/output.h"

namespace latcast::cli {
namespace {

std::string Text() {
  TextTable table({{"operator"}, {"family"}, {"what it computes and how it is counted"}});
  for (const ops::OpDef& op : ops::BuiltinOps()) {
    table.AddRow({std::string(op.type), std::string(op.family), std::string(op.doc)});
  }
  return table.Render(TableStyle::kPlain);
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
