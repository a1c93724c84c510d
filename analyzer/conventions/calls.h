// How a tool that hooks modules is written down: one table of rules a column, a rule being classes
// and what one call of such a module counts.
//
//   constexpr CallRule kMacs[] = {
//       {"BatchNorm1d BatchNorm2d", [](const SeenCall& call) { return call.In() * 2; }},
//   };
//   return CountCalls(graph, {kMacs});
#ifndef LATCAST_ANALYZER_CONVENTIONS_CALLS_H_
#define LATCAST_ANALYZER_CONVENTIONS_CALLS_H_

#include <initializer_list>
#include <span>
#include <string_view>

#include "absl/status/statusor.h"
#include "analyzer/conventions/convention.h"
#include "base/checked.h"

namespace latcast::conventions {

// A call of a module that takes a tensor and returns one.
struct SeenCall {
  const graph::Graph& graph;
  const graph::ModuleCall& call;
  const graph::Value& in;   // the first one
  const graph::Value& out;  // the first one

  Checked In() const;
  Checked Out() const;
  Checked Parameters() const;  // its own
  // Its own tensor of this name ("weight"); nullptr where it has none.
  const graph::Value* Own(std::string_view name) const;
  bool Has(std::string_view name) const { return Own(name) != nullptr; }
  // The constructor's argument; the fallback where it is absent or something else.
  int64_t Int(std::string_view name, int64_t fallback) const;
  std::string_view Text(std::string_view name) const;
  // The product of kernel_size over `dims` dimensions.
  Checked Kernel(size_t dims) const;
};

using CallFn = Checked (*)(const SeenCall& call);

struct CallRule {
  std::string_view classes;  // with spaces between; kAny: every module without modules inside
  CallFn count = nullptr;
};

// A module's class says nothing sure of the shapes it sees: 1 where there is no such dimension.
int64_t SizeOf(const graph::Shape& shape, size_t dim);

// The multiply-accumulates of a convolution module by its output; a transposed one's by its input.
Checked ConvMacs(const SeenCall& call);
Checked LinearMacs(const SeenCall& call);
// 1 an output where the module has a bias.
Checked Bias(const SeenCall& call);

// What hooks on recurrent modules and cells count: for each step of each sample the weights of one
// direction (as FLOPs two each less one a row), biases, and 1, 7 or 10 a unit (RNN, GRU, LSTM);
// both directions alike.
Checked RecurrentWork(const SeenCall& call, bool as_flops);
inline constexpr std::string_view kRecurrentClasses = "RNN GRU LSTM RNNCell GRUCell LSTMCell";

inline constexpr std::string_view kConvClasses = "Conv1d Conv2d Conv3d";
inline constexpr std::string_view kTransposedClasses =
    "ConvTranspose1d ConvTranspose2d ConvTranspose3d";
inline constexpr std::string_view kBatchNormClasses = "BatchNorm1d BatchNorm2d BatchNorm3d";
inline constexpr std::string_view kInstanceNormClasses =
    "InstanceNorm1d InstanceNorm2d InstanceNorm3d";
inline constexpr std::string_view kMaxPoolClasses = "MaxPool1d MaxPool2d MaxPool3d";
inline constexpr std::string_view kAvgPoolClasses = "AvgPool1d AvgPool2d AvgPool3d";
inline constexpr std::string_view kAdaptiveMaxPoolClasses =
    "AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d";
inline constexpr std::string_view kAdaptiveAvgPoolClasses =
    "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d";

// One row a call whose class a rule names, every call of a reused module; a column's total is its
// sum. The notes say which multiply-accumulates the first column misses.
absl::StatusOr<Table> CountCalls(const graph::Graph& graph,
                                 std::initializer_list<std::span<const CallRule>> columns);

}  // namespace latcast::conventions

#endif  // LATCAST_ANALYZER_CONVENTIONS_CALLS_H_
