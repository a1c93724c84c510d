// `latcast analyze` under a counting convention: what the tool says of the network, in the tool's
// own layout or in ours.
#ifndef LATCAST_CLIENTS_CLI_CONVENTION_OUTPUT_H_
#define LATCAST_CLIENTS_CLI_CONVENTION_OUTPUT_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "analyzer/graph/graph.h"
#include "clients/cli/flags.h"

namespace latcast::cli {

struct ConventionFlags {
  std::string convention = "true";  // our own count: the report of analyzer/report
  std::string phase = "inference";
  std::string units;        // empty: clever
  std::string kind;         // empty: text
  std::string flops_unit;   // empty: G
  std::string memory_unit;  // empty: M
  bool receptive_field = false;
  bool effective_rf_stats = false;

  void Declare(Flags& flags);
  // A usage error for a flag that only other conventions have a use for, naming them.
  absl::Status Check() const;
  bool IsTrue() const { return convention == "true"; }
  // Whether the tool's own layout has a column of durations.
  bool HasDurations() const { return convention == "dnn-analyzer"; }
  // Whether it has rows of modules that a depth cuts.
  bool HasDepth() const { return IsTrue() || convention == "torchscan"; }
};

// The form is one of `analyze --format`: a tool's own layout (tree, table) or rows and totals (csv,
// md, json). Under "all" the totals of every tool; as csv one header and one row, whose columns
// are a fixed list, empty where a tool has no number. `layer_ms`, by operator, is for tools
// that show durations. A usage error names a convention that does
// not exist, or a form that conventions do not have.
absl::StatusOr<std::string> ConventionOutput(const graph::Graph& graph, std::string_view model,
                                             const ConventionFlags& flags, std::string_view format,
                                             std::optional<int64_t> depth,
                                             std::span<const double> layer_ms = {});

// A usage error that suggests the nearest name.
absl::Status UnknownConvention(std::string_view name);

}  // namespace latcast::cli

#endif  // LATCAST_CLIENTS_CLI_CONVENTION_OUTPUT_H_
