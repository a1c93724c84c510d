// latcast analyze: what a model costs, statically; with a profile, where its time would go.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "analyzer/report/json_writer.h"
#include "analyzer/report/report_builder.h"
#include "analyzer/report/table_writer.h"
#include "analyzer/report/totals_writer.h"
#include "analyzer/report/tree_writer.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/text_table.h"
#include "clients/cli/command.h"
#include "clients/cli/convention_output.h"
#include "clients/cli/exit_status.h"
#include "clients/cli/layer_latencies.h"
#include "clients/cli/model_flags.h"
#include "clients/cli/output.h"

namespace latcast::cli {
namespace {

constexpr int64_t kMaxRulesBytes = 1 << 20;

struct Options {
  std::string model;
  ModelFlags shapes;
  ConventionFlags convention;
  std::optional<int64_t> depth;
  int top = 0;
  std::string format = "tree";
  LatencyFlags latency;
  std::string rules;
  std::string optimizer = "sgd";
};

absl::StatusOr<cost::Rules> ReadRules(const std::string& path) {
  if (path.empty()) return cost::Rules{};
  ASSIGN_OR_RETURN(const std::string json, ReadFile(path, kMaxRulesBytes));
  return At(cost::ParseRules(json), path);
}

// 0: all.
int Depth(const Options& options) {
  return static_cast<int>(std::min<int64_t>(options.depth.value_or(3), INT32_MAX));
}

std::string Tree(const report::AnalysisReport& report, const Options& options) {
  std::string text =
      report::ModuleTree(report, {.max_depth = Depth(options)}) + "\n" + report::TotalsText(report);
  if (options.top > 0) {
    absl::StrAppend(&text, "\nthe ", options.top, " layers with the largest ",
                    report.latency_ms ? "latency" : "number of MACs", "\n",
                    report::LayerTable(report, {.style = TableStyle::kPlain,
                                                .top = static_cast<size_t>(options.top)}));
  }
  return text;
}

std::string Table(const report::AnalysisReport& report, const Options& options) {
  const auto top = static_cast<size_t>(options.top);
  if (options.format == "csv") {
    return report::LayerTable(report, {.style = TableStyle::kCsv, .top = top});
  }
  if (options.format == "md") {
    return absl::StrCat(report::LayerTable(report, {.style = TableStyle::kMarkdown, .top = top}),
                        "\n```\n", report::TotalsText(report), "```\n");
  }
  return report::LayerTable(report, {.style = TableStyle::kPsql, .top = top}) +
         report::TotalsText(report);
}

absl::StatusOr<int> RunConvention(const graph::Graph& graph, const Options& options) {
  if (options.top > 0 || !options.rules.empty()) {
    return UsageError("--top and --rules go with --convention true");
  }
  if (options.latency.IsAsked() && !options.convention.HasDurations()) {
    return UsageError("--profile and --measure go with --convention true or dnn-analyzer");
  }
  ASSIGN_OR_RETURN(const std::optional<LayerLatencies> latencies,
                   At(FindLatencies(graph, options.latency, {}), options.model));
  ASSIGN_OR_RETURN(
      const std::string text,
      ConventionOutput(graph, options.model, options.convention, options.format, options.depth,
                       latencies ? latencies->layer_ms : std::vector<double>()));
  Print(text);
  return kSuccess;
}

absl::StatusOr<int> Run(const Options& options) {
  ASSIGN_OR_RETURN(const graph::Graph graph, LoadModel(options.model, options.shapes));
  if (!options.convention.IsTrue()) return RunConvention(graph, options);
  ASSIGN_OR_RETURN(const cost::Rules rules, ReadRules(options.rules));
  report::AnalyzeOptions analysis{.rules = &rules,
                                  .training = options.convention.phase == "training"};
  ASSIGN_OR_RETURN(analysis.memory.optimizer, memory::ParseOptimizer(options.optimizer));
  ASSIGN_OR_RETURN(report::AnalysisReport report,
                   At(report::Analyze(graph, analysis), options.model));
  report.model = options.model;
  ASSIGN_OR_RETURN(const std::optional<LayerLatencies> latencies,
                   At(FindLatencies(graph, options.latency, rules), options.model));
  if (latencies) {
    RETURN_IF_ERROR(report::SetLatencies(report, latencies->layer_ms, latencies->whole_ms));
    report.is_measured = latencies->is_measured;
  }
  if (options.format == "json") {
    Print(report::ToJson(report));
  } else if (options.format == "tree") {
    Print(Tree(report, options));
  } else {
    Print(Table(report, options));
  }
  return kSuccess;
}

Action Declare(Flags& flags) {
  const auto options = std::make_shared<Options>();
  flags.Positional("MODEL", options->model, kModelHelp);
  options->shapes.Declare(flags);
  flags.Value("--depth", "N", options->depth, 0, "levels of modules the tree shows (3); 0: all");
  flags.Value("--top", "K", options->top, 1,
              "the K costliest layers: under the tree, or instead of all rows of a table");
  flags.Choice("--format", {"tree", "table", "csv", "md", "json"}, options->format,
               "form of the output; csv and json have exact numbers");
  flags.Choice("--optimizer", {"sgd", "momentum", "adam", "adamw", "adam8bit"}, options->optimizer,
               "whose states the memory of --phase training counts (sgd: none)");
  options->convention.Declare(flags);
  options->latency.Declare(flags);
  flags.Value(
      "--rules", "FILE", options->rules,
      "formulas for operators and module classes of your own, JSON (analyzer/cost/rules.h)");
  return [options] { return Run(*options); };
}

}  // namespace

Command AnalyzeCommand() {
  return {"analyze", "count what a model costs: parameters, MACs, FLOPs, memory, kernels",
          "latcast analyze resnet18 --depth 2", Declare};
}

}  // namespace latcast::cli
