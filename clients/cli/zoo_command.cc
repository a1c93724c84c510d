// latcast zoo: the captured networks that ship inside the program.
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/str_cat.h"
#include "analyzer/report/report_builder.h"
#include "analyzer/zoo/zoo.h"
#include "base/status_macros.h"
#include "base/text_table.h"
#include "base/units.h"
#include "clients/cli/command.h"
#include "clients/cli/model_flags.h"
#include "clients/cli/output.h"

namespace latcast::cli {
namespace {

absl::StatusOr<std::vector<report::AnalysisReport>> AnalyzeAll() {
  std::vector<report::AnalysisReport> reports;
  for (const zoo::ZooEntry& entry : zoo::ZooEntries()) {
    ASSIGN_OR_RETURN(const graph::Graph graph, LoadModel(entry.name, {}));
    ASSIGN_OR_RETURN(report::AnalysisReport report, report::Analyze(graph));
    report.model = std::string(entry.name);
    reports.push_back(std::move(report));
  }
  return reports;
}

std::vector<graph::Shape> InputShapes(const report::AnalysisReport& report) {
  std::vector<graph::Shape> shapes;
  for (const report::InputRow& input : report.inputs) shapes.push_back(input.shape);
  return shapes;
}

std::string Text(const std::vector<report::AnalysisReport>& reports) {
  TextTable table({{"network"},
                   {"input"},
                   {"params", Align::kRight},
                   {"MACs", Align::kRight},
                   {"captured by"}});
  for (const report::AnalysisReport& report : reports) {
    table.AddRow({report.model, report::DisplayShapes(InputShapes(report)),
                  absl::StrCat(report.parameters.parameters()), absl::StrCat(report.totals.macs),
                  report.producer});
  }
  return table.Render(TableStyle::kPlain);
}

std::string Json(const std::vector<report::AnalysisReport>& reports) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const report::AnalysisReport& report : reports) {
    list.push_back({{"name", report.model},
                    {"inputs", InputShapes(report)},
                    {"params", report.parameters.parameters()},
                    {"macs", report.totals.macs},
                    {"producer", report.producer}});
  }
  const nlohmann::ordered_json out = {{"schema_version", kJsonSchemaVersion}, {"networks", list}};
  return JsonText(out);
}

Action Declare(Flags& flags) {
  const auto format = std::make_shared<std::string>("text");
  flags.Choice("--format", {"text", "json"}, *format, "form of the output");
  return [format]() -> absl::StatusOr<int> {
    ASSIGN_OR_RETURN(const std::vector<report::AnalysisReport> reports, AnalyzeAll());
    Print(*format == "json" ? Json(reports) : Text(reports));
    return kSuccess;
  };
}

}  // namespace

Command ZooCommand() {
  return {"zoo", "list the networks that ship with the program", "latcast zoo", Declare};
}

}  // namespace latcast::cli
