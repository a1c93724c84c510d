// latcast diff: what one model costs more or less than another, and where.
#include <memory>
#include <string>
#include <vector>

#include "analyzer/insight/diff.h"
#include "analyzer/report/diff_writer.h"
#include "base/status_macros.h"
#include "clients/cli/command.h"
#include "clients/cli/model_flags.h"
#include "clients/cli/output.h"
#include "clients/cli/timed_report.h"

namespace latcast::cli {
namespace {

struct Options {
  std::string before;
  std::string after;
  ModelFlags shapes;
  LatencyFlags latency;
  std::string format = "table";
  bool all = false;
};

absl::StatusOr<int> Run(const Options& options) {
  ASSIGN_OR_RETURN(const graph::Graph graph_a, LoadModel(options.before, options.shapes));
  ASSIGN_OR_RETURN(const graph::Graph graph_b, LoadModel(options.after, options.shapes));
  ASSIGN_OR_RETURN(const report::AnalysisReport before,
                   TimedReport(graph_a, options.before, {}, options.latency));
  ASSIGN_OR_RETURN(const report::AnalysisReport after,
                   TimedReport(graph_b, options.after, {}, options.latency));
  const std::vector<insight::LayerPair> layers = insight::AlignLayers(graph_a, graph_b);
  const report::Comparison comparison{before, after, layers};
  if (options.format == "json") {
    Print(report::DiffJson(comparison));
  } else {
    const TableStyle style = options.format == "md" ? TableStyle::kMarkdown : TableStyle::kPlain;
    Print(report::DiffText(comparison, {.style = style, .all_layers = options.all}));
  }
  return kSuccess;
}

Action Declare(Flags& flags) {
  const auto options = std::make_shared<Options>();
  flags.Positional("A", options->before, kModelHelp);
  flags.Positional("B", options->after, "the model to hold against it");
  options->shapes.Declare(flags);
  flags.Value("--profile", "FILE", options->latency.profile, "adds forecast latencies");
  flags.Switch("--all", options->all, "lists layers that are the same too");
  flags.Choice("--format", {"table", "md", "json"}, options->format,
               "form of the output; json has every layer and exact numbers");
  return [options] { return Run(*options); };
}

}  // namespace

Command DiffCommand() {
  return {"diff", "compare two models: totals, operator types, layers",
          "latcast diff resnet18 resnet50", Declare};
}

}  // namespace latcast::cli
