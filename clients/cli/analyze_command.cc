// latcast analyze: what a model costs, statically; with a profile, where its time would go.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/memory/autocast.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "clients/cli/analysis_output.h"
#include "clients/cli/command.h"
#include "clients/cli/convention_output.h"
#include "clients/cli/exit_status.h"
#include "clients/cli/layer_latencies.h"
#include "clients/cli/model_flags.h"
#include "clients/cli/output.h"
#include "clients/cli/timed_report.h"

namespace latcast::cli {
namespace {

constexpr int64_t kMaxRulesBytes = 1 << 20;

struct Options {
  std::string model;
  ModelFlags shapes;
  ConventionFlags convention;
  AnalysisFlags output;
  LatencyFlags latency;
  std::string rules;
  std::string optimizer;  // empty: sgd
  std::string autocast;   // empty: none
};

std::string_view OrElse(std::string_view text, std::string_view fallback) {
  return text.empty() ? fallback : text;
}

absl::StatusOr<cost::Rules> ReadRules(const std::string& path) {
  if (path.empty()) return cost::Rules{};
  ASSIGN_OR_RETURN(const std::string json, ReadFile(path, kMaxRulesBytes));
  return At(cost::ParseRules(json), path);
}

absl::StatusOr<int> RunConvention(const graph::Graph& graph, const Options& options) {
  RETURN_IF_ERROR(options.output.CheckUnderConvention());
  if (!options.rules.empty()) return UsageError("--rules goes with --convention true");
  if (!options.optimizer.empty() || !options.autocast.empty()) {
    return UsageError("--optimizer and --autocast go with --convention true");
  }
  if (options.output.depth && !options.convention.HasDepth()) {
    return UsageError("--depth goes with --convention true or torchscan");
  }
  if (options.latency.IsAsked() && !options.convention.HasDurations()) {
    return UsageError("--profile and --measure go with --convention true or dnn-analyzer");
  }
  ASSIGN_OR_RETURN(const std::optional<LayerLatencies> latencies,
                   At(FindLatencies(graph, options.latency, {}), options.model));
  ASSIGN_OR_RETURN(const std::string text,
                   ConventionOutput(graph, options.model, options.convention,
                                    options.output.Format(), options.output.depth,
                                    latencies ? latencies->layer_ms : std::vector<double>()));
  Print(text);
  return kSuccess;
}

absl::StatusOr<int> Run(const Options& options) {
  if (options.output.AsksForColumnHelp()) {
    Print(ColumnHelp());
    return kSuccess;
  }
  RETURN_IF_ERROR(options.convention.Check());
  ASSIGN_OR_RETURN(const graph::Graph graph, LoadModel(options.model, options.shapes));
  if (!options.convention.IsTrue()) return RunConvention(graph, options);
  if (!options.optimizer.empty() && options.convention.phase != "training") {
    return UsageError("--optimizer goes with --phase training");
  }
  ASSIGN_OR_RETURN(const cost::Rules rules, ReadRules(options.rules));
  report::AnalyzeOptions analysis{.rules = &rules,
                                  .training = options.convention.phase == "training"};
  ASSIGN_OR_RETURN(analysis.memory.optimizer,
                   memory::ParseOptimizer(OrElse(options.optimizer, "sgd")));
  ASSIGN_OR_RETURN(analysis.memory.autocast,
                   memory::ParseAutocast(OrElse(options.autocast, "none")));
  ASSIGN_OR_RETURN(const report::AnalysisReport report,
                   TimedReport(graph, options.model, analysis, options.latency));
  AnalysisFlags output = options.output;
  output.units = options.convention.units;
  ASSIGN_OR_RETURN(const std::string text, AnalysisText(report, output));
  Print(text);
  return kSuccess;
}

Action Declare(Flags& flags) {
  const auto options = std::make_shared<Options>();
  flags.Positional("MODEL", options->model, kModelHelp);
  options->shapes.Declare(flags);
  options->output.Declare(flags);
  flags.Choice("--optimizer", {"sgd", "momentum", "adam", "adamw", "adam8bit"}, options->optimizer,
               "whose states the memory of --phase training counts (sgd: none)");
  flags.Choice("--autocast", {"none", "float16", "bfloat16"}, options->autocast,
               "memory in mixed precision: products in that type, master weights in float32");
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
