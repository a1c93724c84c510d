// torchinfo: multiply-adds from the sizes of parameters, and bytes of inputs, outputs and
// parameters.
#include <algorithm>

#include "analyzer/conventions/calls.h"
#include "analyzer/conventions/convention.h"
#include "analyzer/conventions/modules.h"
#include "analyzer/conventions/notes.h"
#include "analyzer/conventions/tools.h"
#include "analyzer/cost/parameters.h"
#include "base/status_macros.h"

namespace latcast::conventions {
namespace {

// Of the tensor's own object, which sys.getsizeof() adds to its bytes.
constexpr int64_t kBytesOfAStorageObject = 56;

// The product of the dimensions from `begin` up to `end`, as far as there are that many.
Checked Product(const graph::Shape& shape, size_t begin, size_t end) {
  Checked product = 1;
  for (size_t i = begin; i < std::min(end, shape.size()); ++i) product *= shape[i];
  return product;
}

// A parameter is used once an output position by convolutions, once a vector by linear layers, once
// a step by recurrent layers, and once a sample by all else.
Checked MultAdds(const SeenCall& call) {
  const graph::Shape& out = call.out.shape;
  const Checked samples = Product(out, 0, 1);
  Checked uses = samples;
  if (call.call.class_name.find("Conv") != std::string::npos) {
    uses = samples * Product(out, 2, out.size());
  } else if (call.call.class_name.find("Linear") != std::string::npos && !out.empty()) {
    uses = Product(out, 0, out.size() - 1);
  }
  Checked total;
  for (const graph::ValueId id : call.call.parameters) {
    const graph::Value& value = call.graph.value(id);
    if (value.kind != graph::ValueKind::kParameter) continue;
    const std::string_view name = std::string_view(value.name).substr(value.name.rfind('.') + 1);
    const Checked elements = Numel(value.shape);
    if (name == "weight" || name == "bias") {
      total += elements * uses;
    } else if (name.find("weight") != name.npos || name.find("bias") != name.npos) {
      total += elements * Product(out, 0, 2);
    }
  }
  return total;
}

Checked ParametersOnce(const SeenCall& call) {
  return call.call.index == 0 ? call.Parameters() : Checked(0);
}

// The output and its gradient, of layers that have parameters.
Checked ForwardBackwardBytes(const SeenCall& call) {
  if (call.Parameters().Value("parameters").value_or(1) == 0) return 0;
  return call.Out() * graph::ByteSize(call.out.dtype) * 2;
}

constexpr CallRule kMultAdds[] = {{kAny, MultAdds}};
constexpr CallRule kParameters[] = {{kAny, ParametersOnce}};
constexpr CallRule kBytes[] = {{kAny, ForwardBackwardBytes}};

absl::StatusOr<Table> Count(const graph::Graph& graph) {
  ASSIGN_OR_RETURN(Table table, CountCalls(graph, {kMultAdds, kParameters, kBytes}));
  ASSIGN_OR_RETURN(const std::vector<cost::ParameterCount> counts, cost::CountParameters(graph));
  const cost::ParameterCount& all = counts.front();
  Checked input_bytes;
  for (const graph::ValueId id : graph.inputs) {
    const graph::Value& input = graph.value(id);
    input_bytes += Numel(input.shape) * graph::ByteSize(input.dtype) + kBytesOfAStorageObject;
  }
  ASSIGN_OR_RETURN(const double parameters, Exact(all.parameters(), "parameters"));
  ASSIGN_OR_RETURN(const double parameter_bytes, Exact(all.parameter_bytes, "parameter bytes"));
  ASSIGN_OR_RETURN(const double inputs, Exact(input_bytes, "input bytes"));
  table.totals = {table.totals[0], parameters, inputs, table.totals[2], parameter_bytes};
  return table;
}

}  // namespace

Convention Torchinfo() {
  return {
      .name = "torchinfo",
      .tool = "torchinfo, after 1.8.0",
      .doc =
          "Mult-adds: the parameters of a module without modules inside, biases too, times "
          "the positions of its output if it is a convolution, the vectors it takes if it is "
          "a linear layer, else times the batch. Bytes: inputs, outputs of layers with "
          "parameters twice (for the gradients), parameters; megabytes are 10^6.",
      .gaps =
          "Functions and attention with its projections count nothing, and transposed "
          "convolutions are counted on their output.",
      .columns = {{"Mult-Adds", Unit::kMacs, "of the call"},
                  {"Param #", Unit::kParameters, "of the module, at its first call"},
                  {"fwd/bwd bytes", Unit::kBytes, "twice the output of a layer with parameters"}},
      .totals = {{"torchinfo_multadds", Unit::kMacs, "total_mult_adds"},
                 {"torchinfo_params", Unit::kParameters, "total_params"},
                 {"torchinfo_input_bytes", Unit::kBytes,
                  "total_input: 56 bytes of Python's own for every tensor included"},
                 {"torchinfo_fwdbwd_bytes", Unit::kBytes, "total_output_bytes"},
                 {"torchinfo_param_bytes", Unit::kBytes, "total_param_bytes"}},
      .count = Count};
}

}  // namespace latcast::conventions
