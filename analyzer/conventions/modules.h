// What tools that hook modules see of a call: its class, its first input and output, its own
// parameters. Shared by the conventions of such tools.
#ifndef LATCAST_ANALYZER_CONVENTIONS_MODULES_H_
#define LATCAST_ANALYZER_CONVENTIONS_MODULES_H_

#include <initializer_list>
#include <string_view>
#include <vector>

#include "analyzer/graph/graph.h"
#include "base/checked.h"

namespace latcast::conventions {

// 1 for a scalar.
Checked Numel(const graph::Shape& shape);

// Calls of modules that have no modules inside, in execution order, every call of a reused module.
std::vector<graph::CallId> LeafCalls(const graph::Graph& graph);

bool HasClass(const graph::ModuleCall& call, std::initializer_list<std::string_view> names);

// nullptr where the call takes no tensor, or returns none.
const graph::Value* FirstInput(const graph::Graph& graph, const graph::ModuleCall& call);
const graph::Value* FirstOutput(const graph::Graph& graph, const graph::ModuleCall& call);

// The module's own tensor by its name within the module ("weight", "bias", "running_mean").
const graph::Value* OwnTensor(const graph::Graph& graph, const graph::ModuleCall& call,
                              std::string_view name);

// Elements of the module's own parameters; of its own buffers.
Checked OwnParameters(const graph::Graph& graph, const graph::ModuleCall& call);
Checked OwnBuffers(const graph::Graph& graph, const graph::ModuleCall& call);

}  // namespace latcast::conventions

#endif  // LATCAST_ANALYZER_CONVENTIONS_MODULES_H_
