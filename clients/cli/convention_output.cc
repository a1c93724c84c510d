#include "clients/cli/convention_output.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "analyzer/conventions/convention.h"
#include "analyzer/cost/graph_cost.h"
#include "base/csv.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "base/text_table.h"
#include "base/units.h"
#include "clients/cli/exit_status.h"
#include "clients/cli/output.h"

namespace latcast::cli {
namespace {

using conventions::Column;
using conventions::Convention;
using conventions::Row;
using conventions::Table;
using Json = nlohmann::ordered_json;

// The row of `--convention all --format csv`: scripts rely on these columns and their order.
constexpr std::string_view kAllColumns[] = {"fvcore_flops",
                                            "fvcore_activations",
                                            "ptflops_aten_macs",
                                            "ptflops_pytorch_macs",
                                            "deepspeed_macs",
                                            "deepspeed_flops",
                                            "thop_macs",
                                            "thop_params",
                                            "thoplw_macs",
                                            "thoplw_params",
                                            "torchinfo_multadds",
                                            "torchinfo_params",
                                            "torchinfo_input_bytes",
                                            "torchinfo_fwdbwd_bytes",
                                            "torchinfo_param_bytes",
                                            "torchscan_flops",
                                            "torchscan_macs",
                                            "torchscan_dmas",
                                            "torchscan_bytes",
                                            "torchprofile_macs",
                                            "torchstat_flops",
                                            "torchstat_madd",
                                            "torchstat_memr",
                                            "torchstat_memw",
                                            "torchstat_mem_bytes",
                                            "dnn_macs",
                                            "dnn_params",
                                            "dnn_storage_bytes",
                                            "dnn_infmem_bytes",
                                            "dnn_rw_bytes",
                                            "dnn_rows"};

std::string Cell(const std::optional<double>& value) { return value ? FormatExact(*value) : ""; }

Json Number(const std::optional<double>& value) {
  if (!value) return nullptr;
  const bool whole = *value == static_cast<double>(static_cast<int64_t>(*value));
  return whole ? Json(static_cast<int64_t>(*value)) : Json(*value);
}

std::string InputText(const graph::Graph& graph) {
  std::string text;
  for (const graph::ValueId id : graph.inputs) {
    absl::StrAppend(&text, text.empty() ? "" : ",", graph::ToString(graph.value(id).shape));
  }
  return text;
}

std::vector<TableColumn> RowHeader(const Convention& convention) {
  std::vector<TableColumn> header = {{"name"}, {"module"}, {"op"}};
  for (const Column& column : convention.columns) {
    header.push_back({std::string(column.name), Align::kRight});
  }
  return header;
}

std::string Rows(const graph::Graph& graph, const Convention& convention, const Table& table,
                 TableStyle style) {
  TextTable text(RowHeader(convention));
  for (const Row& row : table.rows) {
    std::vector<std::string> cells = {
        row.name, row.call == graph::kNone ? "" : graph.calls[static_cast<size_t>(row.call)].path,
        row.op == graph::kNone ? "" : graph.ops[static_cast<size_t>(row.op)].type};
    for (const auto& value : row.values) cells.push_back(Cell(value));
    text.AddRow(std::move(cells));
  }
  return text.Render(style);
}

std::string Markdown(const graph::Graph& graph, const Convention& convention, const Table& table) {
  TextTable totals({{"total"}, {"value", Align::kRight}});
  for (size_t i = 0; i < convention.totals.size(); ++i) {
    totals.AddRow({std::string(convention.totals[i].name), Cell(table.totals[i])});
  }
  std::string text = Rows(graph, convention, table, TableStyle::kMarkdown) + "\n" +
                     totals.Render(TableStyle::kMarkdown);
  for (const std::string& note : table.notes) absl::StrAppend(&text, "\nNote: ", note, "\n");
  return text;
}

std::vector<graph::Shape> Shapes(const graph::Graph& graph,
                                 const std::vector<graph::ValueId>& ids) {
  std::vector<graph::Shape> shapes;
  for (const graph::ValueId id : ids) {
    if (id == graph::kNone) continue;
    const graph::Value& value = graph.value(id);
    const bool own =
        value.kind == graph::ValueKind::kParameter || value.kind == graph::ValueKind::kBuffer;
    if (!own) shapes.push_back(value.shape);
  }
  return shapes;
}

Json Layer(const graph::Graph& graph, const Convention& convention, const Row& row) {
  Json out = {{"name", row.name}};
  if (row.call != graph::kNone) {
    const graph::ModuleCall& call = graph.calls[static_cast<size_t>(row.call)];
    int depth = 0;
    for (graph::CallId at = row.call; graph.calls[static_cast<size_t>(at)].parent != graph::kNone;
         at = graph.calls[static_cast<size_t>(at)].parent) {
      ++depth;
    }
    out["path"] = call.path;
    out["class"] = call.class_name;
    out["call"] = call.index;
    out["depth"] = depth;
    if (row.op == graph::kNone) {
      out["input_shapes"] = Shapes(graph, call.inputs);
      out["output_shapes"] = Shapes(graph, call.outputs);
    }
  }
  if (row.op != graph::kNone) {
    const graph::Op& op = graph.ops[static_cast<size_t>(row.op)];
    out["op"] = op.type;
    out["input_shapes"] = Shapes(graph, op.inputs);
    out["output_shapes"] = Shapes(graph, op.outputs);
  }
  Json values = Json::object();
  for (size_t i = 0; i < convention.columns.size(); ++i) {
    values[std::string(convention.columns[i].name)] = Number(row.values[i]);
  }
  out["values"] = std::move(values);
  return out;
}

// What every JSON document of a convention starts with. The status is ours, not the tool's: partial
// where the graph holds operators nobody knows.
Json Head(const graph::Graph& graph, std::string_view model, std::string_view convention,
          const cost::GraphCost& cost) {
  Json inputs = Json::array();
  for (const graph::ValueId id : graph.inputs) {
    const graph::Value& input = graph.value(id);
    inputs.push_back(
        {{"name", input.name}, {"dtype", graph::Name(input.dtype)}, {"shape", input.shape}});
  }
  Json unknown = Json::array();
  for (const cost::UnknownOp& op : cost.unknown_ops) {
    unknown.push_back({{"op", op.type}, {"calls", op.calls}});
  }
  const bool complete = cost.total.completeness == cost::Completeness::kComplete;
  return {{"schema_version", kJsonSchemaVersion},
          {"model", model},
          {"inputs", std::move(inputs)},
          {"convention", convention},
          {"status", complete ? "complete" : "partial"},
          {"unknown_ops", std::move(unknown)}};
}

void AddTotals(Json& totals, const Convention& convention, const Table& table) {
  for (size_t i = 0; i < convention.totals.size(); ++i) {
    totals[std::string(convention.totals[i].name)] = Number(table.totals[i]);
  }
}

absl::StatusOr<std::string> OneOutput(const graph::Graph& graph, std::string_view model,
                                      const Convention& convention, std::string_view format,
                                      const conventions::PrintOptions& options) {
  ASSIGN_OR_RETURN(const Table table, convention.count(graph));
  if (format == "csv") return Rows(graph, convention, table, TableStyle::kCsv);
  if (format == "md") return Markdown(graph, convention, table);
  if (format == "json") {
    ASSIGN_OR_RETURN(const cost::GraphCost cost, cost::ComputeCost(graph));
    Json out = Head(graph, model, convention.name, cost);
    out["totals"] = Json::object();
    AddTotals(out["totals"], convention, table);
    out["layers"] = Json::array();
    for (const Row& row : table.rows) out["layers"].push_back(Layer(graph, convention, row));
    out["notes"] = table.notes;
    return JsonText(out);
  }
  if (convention.print != nullptr) return convention.print(graph, table, options);
  return conventions::TableText(convention, table);
}

// By module call, with everything inside; empty where no operator's duration is known.
std::vector<double> CallDurations(const graph::Graph& graph, std::span<const double> layer_ms) {
  if (layer_ms.size() != graph.ops.size()) return {};
  std::vector<double> call_ms(graph.calls.size(), 0.0);
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    for (graph::CallId call = graph.ops[i].call; call != graph::kNone;
         call = graph.calls[static_cast<size_t>(call)].parent) {
      call_ms[static_cast<size_t>(call)] += layer_ms[i];
    }
  }
  return call_ms;
}

// Every convention with its table; one that refuses the network has no numbers and says why.
using Counted = std::vector<std::pair<const Convention*, Table>>;

Counted CountAll(const graph::Graph& graph) {
  Counted all;
  for (const Convention& convention : conventions::BuiltinConventions()) {
    absl::StatusOr<Table> table = convention.count(graph);
    if (!table.ok()) {
      Table none;
      none.totals.resize(convention.totals.size());
      none.notes = {std::string(table.status().message())};
      table = std::move(none);
    }
    all.emplace_back(&convention, *std::move(table));
  }
  return all;
}

std::string AllCsv(const graph::Graph& graph, std::string_view model, const Counted& all,
                   const cost::GraphCost& cost) {
  absl::flat_hash_map<std::string_view, std::string> totals;
  for (const auto& [convention, table] : all) {
    for (size_t i = 0; i < convention->totals.size(); ++i) {
      totals[convention->totals[i].name] = Cell(table.totals[i]);
    }
  }
  std::vector<std::string> header = {"model", "input", "params", "buffers_bytes",
                                     "conv_matmul_macs"};
  std::vector<std::string> row = {
      std::string(model), InputText(graph), absl::StrCat(cost.parameters.parameters()),
      absl::StrCat(cost.parameters.buffer_bytes), totals["conv_matmul_macs"]};
  for (const std::string_view name : kAllColumns) {
    header.emplace_back(name);
    row.push_back(totals[name]);
  }
  return FormatCsvRow(header) + FormatCsvRow(row);
}

// Notes only where they say why a number is absent.
std::string AllText(const Counted& all, TableStyle style) {
  TextTable text({{"tool"}, {"total"}, {"value", Align::kRight}});
  for (const auto& [convention, table] : all) {
    for (size_t i = 0; i < convention->totals.size(); ++i) {
      const std::string cell = Cell(table.totals[i]);
      text.AddRow({i == 0 ? std::string(convention->name) : "",
                   std::string(convention->totals[i].name), cell.empty() ? "-" : cell});
    }
  }
  std::string all_text = text.Render(style);
  for (const auto& [convention, table] : all) {
    if (std::ranges::all_of(table.totals, [](const auto& t) { return t.has_value(); })) continue;
    for (const std::string& note : table.notes) {
      absl::StrAppend(&all_text, "note: ", ToAbsl(convention->name), ": ", note, "\n");
    }
  }
  return all_text;
}

absl::StatusOr<std::string> AllOutput(const graph::Graph& graph, std::string_view model,
                                      std::string_view format) {
  const Counted all = CountAll(graph);
  ASSIGN_OR_RETURN(const cost::GraphCost cost, cost::ComputeCost(graph));
  if (format == "csv") return AllCsv(graph, model, all, cost);
  if (format == "json") {
    Json out = Head(graph, model, "all", cost);
    out["totals"] = {{"params", cost.parameters.parameters()},
                     {"buffers_bytes", cost.parameters.buffer_bytes}};
    out["notes"] = Json::object();
    for (const auto& [convention, table] : all) {
      AddTotals(out["totals"], *convention, table);
      if (!table.notes.empty()) out["notes"][std::string(convention->name)] = table.notes;
    }
    return JsonText(out);
  }
  return AllText(all, format == "md" ? TableStyle::kMarkdown : TableStyle::kPlain);
}

}  // namespace

void ConventionFlags::Declare(Flags& flags) {
  flags.Value("--convention", "NAME", convention,
              "counts as another tool does (latcast conventions lists them); all: every tool's "
              "totals; true: our own count");
  flags.Choice("--phase", {"inference", "training"}, phase,
               "training adds the backward pass and the memory of a training step; also for nns");
  flags.Choice("--units", {"clever", "raw", "ratio"}, units,
               "numbers with the unit that fits, exact, or as shares of the whole");
  flags.Choice("--kind", {"text", "csv", "md"}, kind, "thoplw: layout (text)");
  flags.Choice("--flops-unit", {"B", "k", "M", "G"}, flops_unit, "nns: unit of FLOPs (G)");
  flags.Choice("--memory-unit", {"B", "k", "M", "G"}, memory_unit, "nns: unit of memory (M)");
  flags.Switch("--receptive-field", receptive_field, "torchscan: the column of receptive fields");
  flags.Switch("--effective-rf-stats", effective_rf_stats,
               "torchscan: the same, with effective stride and padding");
}

absl::Status ConventionFlags::Check() const {
  struct Use {
    std::string_view flag;
    bool set = false;
    std::vector<std::string_view> conventions;
  };
  const Use uses[] = {{"--kind", !kind.empty(), {"thoplw"}},
                      {"--units", !units.empty(), {"true", "thoplw"}},
                      {"--flops-unit", !flops_unit.empty(), {"nns"}},
                      {"--memory-unit", !memory_unit.empty(), {"nns"}},
                      {"--phase training", phase == "training", {"true", "nns"}},
                      {"--receptive-field", receptive_field, {"torchscan"}},
                      {"--effective-rf-stats", effective_rf_stats, {"torchscan"}}};
  for (const Use& use : uses) {
    if (!use.set || std::ranges::count(use.conventions, convention) > 0) continue;
    if (convention != "all" && !IsTrue() && conventions::FindConvention(convention) == nullptr) {
      return UnknownConvention(convention);
    }
    return UsageError(absl::StrCat(ToAbsl(use.flag), " goes with --convention ",
                                   absl::StrJoin(use.conventions, " or ", [](auto* out, auto name) {
                                     absl::StrAppend(out, ToAbsl(name));
                                   })));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ConventionOutput(const graph::Graph& graph, std::string_view model,
                                             const ConventionFlags& flags, std::string_view format,
                                             std::optional<int64_t> depth,
                                             std::span<const double> layer_ms) {
  if (flags.convention == "all") return At(AllOutput(graph, model, format), model);
  const Convention* convention = conventions::FindConvention(flags.convention);
  if (convention == nullptr) return UnknownConvention(flags.convention);
  conventions::PrintOptions options;
  options.training = flags.phase == "training";
  if (!flags.kind.empty()) options.kind = flags.kind;
  if (!flags.units.empty()) options.units = flags.units;
  if (!flags.flops_unit.empty()) options.flops_unit = flags.flops_unit;
  if (!flags.memory_unit.empty()) options.memory_unit = flags.memory_unit;
  options.receptive_field = flags.receptive_field || flags.effective_rf_stats;
  options.effective_rf_stats = flags.effective_rf_stats;
  const std::vector<double> call_ms = CallDurations(graph, layer_ms);
  options.call_ms = call_ms;
  if (depth && *depth > 0) {  // 0: all
    options.max_depth = static_cast<int>(std::min<int64_t>(*depth, INT32_MAX));
  }
  return At(OneOutput(graph, model, *convention, format, options), model);
}

absl::Status UnknownConvention(std::string_view name) {
  std::vector<std::string_view> names = {"true", "all"};
  for (const Convention& known : conventions::BuiltinConventions()) names.push_back(known.name);
  const std::string nearest = DidYouMean(name, names);
  return UsageError(absl::StrCat("unknown convention '", ToAbsl(name), "'", nearest,
                                 nearest.empty() ? "; latcast conventions lists them" : ""));
}

}  // namespace latcast::cli
