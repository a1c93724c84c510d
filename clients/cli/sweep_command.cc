// latcast sweep: one model at several batches, input sizes and types.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "analyzer/ops/infer.h"
#include "analyzer/report/sweep_writer.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "clients/cli/analysis_output.h"
#include "clients/cli/command.h"
#include "clients/cli/model_flags.h"
#include "clients/cli/output.h"
#include "clients/cli/timed_report.h"

namespace latcast::cli {
namespace {

struct Options {
  std::string model;
  std::vector<std::string> batches;
  std::vector<std::string> inputs;
  std::vector<std::string> dtypes;
  std::vector<std::string> columns;
  LatencyFlags latency;
  std::string format = "table";
};

constexpr size_t kMaxCombinations = 10'000;

// What is asked of each axis; one absent choice where a flag is.
struct Axes {
  std::vector<std::optional<int64_t>> batches = {std::nullopt};
  std::vector<std::vector<graph::Shape>> inputs = {{}};
  std::vector<std::optional<graph::DType>> dtypes = {std::nullopt};
};

absl::StatusOr<Axes> ReadAxes(const Options& options) {
  Axes axes;
  if (!options.batches.empty()) axes.batches.clear();
  for (const std::string& text : options.batches) {
    const absl::StatusOr<int64_t> batch = ParseInt(text);
    if (!batch.ok() || *batch < 1) {
      return UsageError(absl::StrCat("--batch: '", text, "' is no number of at least 1"));
    }
    axes.batches.emplace_back(*batch);
  }
  if (!options.inputs.empty()) axes.inputs.clear();
  for (const std::string& text : options.inputs) {
    std::vector<graph::Shape>& shapes = axes.inputs.emplace_back();
    for (const absl::string_view one : absl::StrSplit(text, '+')) {
      absl::StatusOr<graph::Shape> shape = ParseDims(ToStd(one));
      if (!shape.ok()) return UsageError(absl::StrCat("--input: ", shape.status().message()));
      shapes.push_back(*std::move(shape));
    }
  }
  if (!options.dtypes.empty()) axes.dtypes.clear();
  for (const std::string& name : options.dtypes) {
    ASSIGN_OR_RETURN(const graph::DType dtype, ParseFloatType(name));
    axes.dtypes.emplace_back(dtype);
  }
  if (axes.batches.size() * axes.inputs.size() * axes.dtypes.size() > kMaxCombinations) {
    return UsageError(absl::StrCat("more than ", kMaxCombinations, " combinations"));
  }
  return axes;
}

absl::StatusOr<report::AnalysisReport> Analyze(const graph::Graph& graph,
                                               const report::SweepRow& row,
                                               const Options& options) {
  ops::Reshape reshape{.inputs = row.inputs, .batch = row.batch, .dtype = row.dtype};
  // The batch stands for that of every input size.
  if (row.batch) {
    for (graph::Shape& shape : reshape.inputs) shape.front() = *row.batch;
  }
  ASSIGN_OR_RETURN(const graph::Graph reshaped, ops::WithInputs(graph, reshape));
  return TimedReport(reshaped, options.model, {}, options.latency);
}

absl::StatusOr<int> Run(const Options& options) {
  ASSIGN_OR_RETURN(const std::vector<const report::Column*> columns,
                   FindColumns(options.columns, "--columns"));
  if (!columns.empty() && options.format == "json") {
    return UsageError("--columns does not go with --format json");
  }
  ASSIGN_OR_RETURN(const Axes axes, ReadAxes(options));
  ASSIGN_OR_RETURN(const graph::Graph graph, LoadModel(options.model, {}));
  std::vector<report::SweepRow> rows;
  for (const std::vector<graph::Shape>& inputs : axes.inputs) {
    for (const std::optional<graph::DType> dtype : axes.dtypes) {
      for (const std::optional<int64_t> batch : axes.batches) {
        report::SweepRow& row = rows.emplace_back();
        row.inputs = inputs;
        row.batch = batch;
        row.dtype = dtype;
        absl::StatusOr<report::AnalysisReport> report = Analyze(graph, row, options);
        row.status = report.status();
        if (!report.ok()) continue;
        row.report = *std::move(report);
        row.report.layers = {};  // totals are all that is shown
      }
    }
  }
  if (options.format == "json") {
    Print(report::SweepJson(options.model, rows));
  } else {
    const TableStyle style = options.format == "csv"  ? TableStyle::kCsv
                             : options.format == "md" ? TableStyle::kMarkdown
                                                      : TableStyle::kPlain;
    Print(report::SweepTable(rows, {.style = style, .columns = columns}));
  }
  const bool any =
      std::ranges::any_of(rows, [](const report::SweepRow& row) { return row.status.ok(); });
  return any ? kSuccess : kBadInput;
}

Action Declare(Flags& flags) {
  const auto options = std::make_shared<Options>();
  flags.Positional("MODEL", options->model, kModelHelp);
  flags.List("--batch", "N,...", options->batches, "batch sizes");
  flags.List("--input", "SHAPE,...", options->inputs,
             "input shapes, 1x3x224x224; those of a model of several inputs joined by +");
  flags.List("--dtype", "TYPE,...", options->dtypes,
             "floating-point types of inputs and parameters");
  flags.Value("--profile", "FILE", options->latency.profile, "adds the forecast latency");
  flags.List("--columns", "NAMES", options->columns,
             "columns, separated by commas ('latcast analyze --columns help' lists them)");
  flags.Choice("--format", {"table", "csv", "md", "json"}, options->format,
               "form of the output; csv and json have exact numbers");
  return [options] { return Run(*options); };
}

}  // namespace

Command SweepCommand() {
  return {"sweep", "one model at several batches, input sizes and types",
          "latcast sweep resnet18 --batch 1,8,32 --input 1x3x192x192,1x3x224x224", Declare};
}

}  // namespace latcast::cli
