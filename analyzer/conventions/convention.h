// Counting conventions: what the analysers people already use would say of a network, to the last
// digit, their known gaps included.
//
// A convention is one file with one declaration, listed in registry.cc. It turns a graph into the
// tool's table: rows as the tool has them (a module call, an operator, a module), the tool's
// columns, and its totals. The totals' names are unique over all conventions ("thop_macs"), so that
// one row of a CSV can hold them all.
//
// Numbers are doubles that hold whole counts exactly; a count beyond 2^53 is OUT_OF_RANGE.
#ifndef LATCAST_ANALYZER_CONVENTIONS_CONVENTION_H_
#define LATCAST_ANALYZER_CONVENTIONS_CONVENTION_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "analyzer/graph/graph.h"
#include "base/checked.h"

namespace latcast::conventions {

enum class Unit : uint8_t { kCount, kParameters, kElements, kMacs, kFlops, kBytes };

struct Column {
  std::string_view name;  // rows: as the tool calls it; totals: "thop_macs"
  Unit unit = Unit::kCount;
  std::string_view doc;
};

struct Row {
  graph::CallId call = graph::kNone;  // the module call the row stands for or lies in
  graph::OpId op = graph::kNone;      // the operator the row stands for, if it is one
  std::string name;                   // as the tool prints it
  // By column; absent where the tool has no number.
  std::vector<std::optional<double>> values;
};

struct Table {
  std::vector<Row> rows;
  std::vector<std::optional<double>> totals;  // by total; absent where the tool has no number
  // Why a number is absent, or what the tool misses in this network: one sentence each.
  std::vector<std::string> notes;
};

// How a tool's own layout is printed where it has a choice.
struct PrintOptions {
  // torchscan: rows below this depth of the module tree are added to the row above them.
  std::optional<int> max_depth = std::nullopt;
  // torchscan: the column of receptive fields; with it, those of effective stride and padding.
  bool receptive_field = false;
  bool effective_rf_stats = false;
  // dnn-analyzer: how long each module call took, by CallId, NaN where nobody knows; empty where
  // nothing was measured, which leaves the column out.
  std::span<const double> call_ms = {};
  // nns: its training phase, and "B", "k", "M" or "G" (decimal) for FLOPs and memory.
  bool training = false;
  std::string_view flops_unit = "G";
  std::string_view memory_unit = "M";
  // thoplw: "text", "csv" or "md"; and "raw", "clever" or "ratio".
  std::string_view kind = "text";
  std::string_view units = "clever";
};

struct Convention {
  std::string_view name;  // "thop"
  std::string_view tool;  // "THOP 0.1.1", whose numbers these are
  std::string_view doc;   // what is counted, one or two sentences
  std::string_view gaps;  // what the tool gets wrong or leaves out; empty if nothing
  std::vector<Column> columns;
  std::vector<Column> totals;
  // INVALID_ARGUMENT naming the operator when a shape contradicts its operator, OUT_OF_RANGE.
  absl::StatusOr<Table> (*count)(const graph::Graph& graph) = nullptr;
  // The tool's own layout; nullptr where it has none worth keeping: TableText() then.
  std::string (*print)(const graph::Graph& graph, const Table& table,
                       const PrintOptions& options) = nullptr;
};

// Every convention there is but "true", which is what analyzer/cost counts; the only list to
// extend.
std::span<const Convention> BuiltinConventions();
// By its name, "_" being as good as "-"; nullptr for a name nobody knows.
const Convention* FindConvention(std::string_view name);

// A whole count as a number of a table; OUT_OF_RANGE naming `what` beyond 2^53.
absl::StatusOr<double> Exact(const Checked& count, std::string_view what);

// The sum of those columns over all rows, absent numbers left out; OUT_OF_RANGE as Exact().
absl::StatusOr<double> Total(const Table& table, std::initializer_list<size_t> columns,
                             std::string_view what);

// The rows with a total line, and the notes beneath: for conventions without a layout of their own.
std::string TableText(const Convention& convention, const Table& table);

}  // namespace latcast::conventions

#endif  // LATCAST_ANALYZER_CONVENTIONS_CONVENTION_H_
