// What tools that hook modules see of a call: its class, its first input and output, its own
// parameters. Shared by the conventions of such tools.
#ifndef LATCAST_ANALYZER_CONVENTIONS_MODULES_H_
#define LATCAST_ANALYZER_CONVENTIONS_MODULES_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
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

// False for what returns a tuple: several tensors or none, attention, recurrent layers. A container
// with a single tensor cannot be told from the tensor.
bool ReturnsOneTensor(const graph::ModuleCall& call);

// "layer1.0.relu (ReLU)": the place that errors and notes name.
std::string CallName(const graph::ModuleCall& call);

// INVALID_ARGUMENT where input and output have not the same number of dimensions, as those of
// nearly every layer have.
absl::Status CheckSameRank(const graph::Value& in, const graph::Value& out);

// An argument of the constructor of the module, `call` being one of graph.calls; where the graph
// was made without them, that of an operator it runs, which has the same name. nullptr where
// neither has it: None, in PyTorch.
const graph::Attribute* ConstructorArgument(const graph::Graph& graph,
                                            const graph::ModuleCall& call, std::string_view name);

// The same as ints, a single one as a list of one; a convolution's kernel_size also from its
// weight. INVALID_ARGUMENT where it is absent, something else, or has an int below `least`.
absl::StatusOr<std::vector<int64_t>> ConstructorInts(const graph::Graph& graph,
                                                     const graph::ModuleCall& call,
                                                     std::string_view name, int64_t least = 1);

// The module's own tensor by its name within the module ("weight", "bias", "running_mean").
const graph::Value* OwnTensor(const graph::Graph& graph, const graph::ModuleCall& call,
                              std::string_view name);

// Elements of the module's own parameters; of its own buffers.
Checked OwnParameters(const graph::Graph& graph, const graph::ModuleCall& call);
Checked OwnBuffers(const graph::Graph& graph, const graph::ModuleCall& call);

}  // namespace latcast::conventions

#endif  // LATCAST_ANALYZER_CONVENTIONS_MODULES_H_
